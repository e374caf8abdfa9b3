"""Shapes, bounds and relations of maxima, comparisons, roots and quotients.

docs/spec/arithmetic.md, 'Nodes', 'No wrap-around'; docs/spec/protocol.md, 'Relations'.
"""

from __future__ import annotations

from math import prod

from zkpot.reference.verifier.interval import FAR, Interval
from zkpot.reference.verifier.program import ArgMax, Divide, Max, Positive, Program, Root
from zkpot.reference.verifier.refusal import require


def places(program: Program, source: int, out: int) -> int:
    """The number of elements that one of a maximum is taken over."""
    shape, kept = program.tensors[source].shape, program.tensors[out].shape
    fits = len(kept) < len(shape) and shape[: len(kept)] == kept
    require(fits, f"program: maximum '{program.tensors[out].name}'")
    return prod(shape[len(kept) :])


def check_function(program: Program, node: object, known: list[Interval]) -> None:
    """Checks a node that is neither linear nor a table.

    Raises:
        Refusal: Its shapes do not fit, or its integers may reach half the field.
    """
    if isinstance(node, Max):
        places(program, node.input, node.out)
        inside, largest = known[node.input], known[node.out]
        narrow = inside.hi - min(inside.lo, largest.lo) < FAR
        narrow = narrow and largest.hi - inside.lo < FAR
        require(narrow, f"program: the spread of '{program.tensors[node.out].name}'")
    elif isinstance(node, ArgMax):
        count = places(program, node.input, node.max)
        _check_bits(program, node.input, node.out)
        inside, largest = known[node.input], known[node.max]
        wide = max(inside.hi - min(inside.lo, largest.lo), largest.hi - inside.lo)
        narrow = (wide + 1) * count < FAR
        require(narrow, f"program: the spread of '{program.tensors[node.out].name}'")
    elif isinstance(node, Positive):
        _check_bits(program, node.input, node.out)
        narrow = known[node.input].magnitude < FAR
        require(narrow, f"program: the argument of '{program.tensors[node.out].name}'")
    elif isinstance(node, Root):
        _check_root(program, node, known)
    elif isinstance(node, Divide):
        _check_divide(program, node, known)


def _check_bits(program: Program, source: int, out: int) -> None:
    tensor = program.tensors[out]
    fits = program.tensors[source].shape == tensor.shape and tensor.range is not None
    fits = fits and tensor.range is not None and (tensor.range.lo, tensor.range.bits) == (0, 1)
    require(fits, f"program: the zeros and ones of '{tensor.name}'")


def _check_root(program: Program, node: Root, known: list[Interval]) -> None:
    source, tensor = program.tensors[node.input], program.tensors[node.out]
    require(source.shape == tensor.shape and 0 <= node.shift <= 48, f"program: '{tensor.name}'")
    root = known[node.out]
    require(root.lo >= 1 and root.hi < 1 << 31, f"program: range of root '{tensor.name}'")
    (known[node.input].times(1 << node.shift) + root).within_field(tensor.name)
    (root * root + Interval(0, 2 * root.hi)).within_field(tensor.name)


def _check_divide(program: Program, node: Divide, known: list[Interval]) -> None:
    name, out = program.tensors[node.out].name, program.tensors[node.out].shape
    lengths = program.tensors[node.denominator].shape
    fits = program.tensors[node.numerator].shape == out and len(node.axes) == len(lengths)
    fits = fits and len(set(node.axes)) == len(node.axes) and max(node.axes, default=-1) < len(out)
    fits = fits and [out[axis] for axis in node.axes] == lengths
    require(fits and 0 <= node.shift <= 48, f"program: quotient '{name}'")
    top, bottom = known[node.numerator], known[node.denominator]
    require(bottom.lo >= 1 and bottom.hi < 1 << 46, f"program: divisor of '{name}'")
    (top.times(2 << node.shift) + bottom).within_field(name)
    back = (bottom * known[node.out]).times(2)
    (back + Interval(0, 2 * bottom.hi)).within_field(name)

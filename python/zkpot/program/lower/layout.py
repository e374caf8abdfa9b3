"""Operators that move, repeat or join elements: tensors read through indices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.graph import coarsest, nested
from zkpot.program.index import Index, affine, identity, place, plain
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op, Shape
    from zkpot.program.lower.context import Lowering


def _passes_number(low: Lowering, op: Op) -> bool:
    """Whether the input is one number, which the output then is too."""
    number = low.scalar(op.inputs[0])
    if number is not None:
        low.affine[op.output] = number
    return number is not None


def reshape(low: Lowering, op: Op) -> None:
    """The same elements in another shape; axes of length one come and go."""
    argument = low.places.get(op.inputs[0])
    if argument is not None and low.shape(op.output) == (*low.shape(argument)[:-1], 1):
        low.places[op.output] = argument
        return
    if _passes_number(low, op) or not low.tensor(op, op.inputs[0]):
        return
    change_shape(low, op.inputs[0], op.output, low.shape(op.output))


def change_shape(low: Lowering, source: str, out: str, shape: Shape) -> str:
    """Add a reshape; `refine.py` decides how it is read where axes merge."""
    before = low.program.shapes[source]
    long = [n for n in before if n != 1]
    if long != [n for n in shape if n != 1]:
        common = coarsest([before, shape])
        if not nested(before, shape):
            # Merged first, then split in another way.
            source = low.apply("Reshape", (source,), f"{out}/flat", common)
        return low.apply("Reshape", (source,), out, shape)
    targets = iter([axis for axis, n in enumerate(shape) if n != 1])
    axes = [place(0) if n == 1 else Index(((next(targets), 1),)) for n in before]
    return low.view(source, out, shape, axes)


def expand(low: Lowering, op: Op) -> None:
    """Repetition along axes of length one and new ones."""
    if _passes_number(low, op) or not low.tensor(op, op.inputs[0]):
        return
    shape = low.shape(op.output)
    low.define(op.output, shape, [Term(Fraction(1), low.operand(op.inputs[0], shape))])


def tile(low: Lowering, op: Op) -> None:
    """Each axis as often as `repeats` says: an axis of copies before it, merged."""
    if _passes_number(low, op) or not low.tensor(op, op.inputs[0]):
        return
    source = op.inputs[0]
    shape = low.shape(source)
    copies = [n for pair in zip(op.attributes["repeats"], shape, strict=True) for n in pair]
    axes = plain(range(1, len(copies), 2))
    low.view(source, f"{op.output}/copies", tuple(copies), axes)
    change_shape(low, f"{op.output}/copies", op.output, low.shape(op.output))


def transpose(low: Lowering, op: Op) -> None:
    """A permutation of labels."""
    if _passes_number(low, op) or not low.tensor(op, op.inputs[0]):
        return
    permutation = op.attributes["perm"]
    axes = plain(permutation.index(axis) for axis in range(len(permutation)))
    low.view(op.inputs[0], op.output, low.shape(op.output), axes)


def cut(low: Lowering, op: Op) -> None:
    """``Slice``: ``start + step * label`` along each axis."""
    if _passes_number(low, op) or not low.tensor(op, op.inputs[0]):
        return
    bounds = zip(op.attributes["starts"], op.attributes["steps"], strict=True)
    axes = [affine({axis: step}, start) for axis, (start, step) in enumerate(bounds)]
    low.view(op.inputs[0], op.output, low.shape(op.output), axes)


def concatenate(low: Lowering, op: Op) -> None:
    """A sum of parts, each zero outside of its place."""
    shape, axis = low.shape(op.output), op.attributes["axis"]
    terms, start = [], 0
    complete = True
    for name in op.inputs:
        number = low.scalar(name)
        # What is zero needs no term.
        if number is None or any(number.values()):
            if low.tensor(op, name):
                terms.append(Term(Fraction(1), _placed(name, len(shape), axis, start)))
            else:
                complete = False
        start += low.shape(name)[axis]
    if complete:
        low.define(op.output, shape, terms)


def _placed(name: str, rank: int, axis: int, start: int) -> Operand:
    """A tensor that begins at `start` of an axis."""
    axes = list(identity(rank))
    axes[axis] = affine({axis: 1}, -start)
    return Operand(name, tuple(axes))


def pad(low: Lowering, op: Op) -> None:
    """Zeros around, or another number, which is a constant tensor with a hole."""
    if not low.tensor(op, op.inputs[0]):
        return
    shape, before = low.shape(op.output), low.shape(op.inputs[0])
    starts, value = op.attributes["starts"], op.attributes["value"]
    axes = tuple(affine({axis: 1}, -start) for axis, start in enumerate(starts))
    terms = [Term(Fraction(1), Operand(op.inputs[0], axes))]
    if value:
        changed = [a for a, start in enumerate(starts) if start or shape[a] != before[a]]
        frame = np.full([shape[a] for a in changed], float(value))
        frame[tuple(slice(max(starts[a], 0), starts[a] + before[a]) for a in changed)] = 0
        name = low.add_constant(f"{op.output}/frame", frame)
        terms.append(Term(Fraction(1), Operand(name, plain(changed))))
    low.define(op.output, shape, terms)

"""Products: with numbers, element by element, of matrices, and Einstein sums."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import Index, place
from zkpot.program.lower.selection import multiply_by_choice
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpot.program.graph import Op, Shape
    from zkpot.program.lower.context import Lowering
    from zkpot.program.public import Affine


def scale(low: Lowering, op: Op, tensor: str, affine: Affine) -> None:
    """A tensor times a number that may depend on learning rates."""
    shape = low.shape(op.output)
    operand = low.operand(tensor, shape)
    terms = [Term(value, operand, scalar=rate) for rate, value in affine.items() if value]
    low.define(op.output, shape, terms)


def multiply(low: Lowering, op: Op) -> None:
    """``a * b``, broadcast."""
    left, right = (low.scalar(name) for name in op.inputs)
    if left is not None and right is not None:
        low.affine[op.output] = low.public.multiply(left, right)
    elif left is not None or right is not None:
        tensor = op.inputs[0] if left is None else op.inputs[1]
        if low.tensor(op, tensor):
            scale(low, op, tensor, left or right or {})
    elif low.tensors(op, op.inputs):
        shape = low.shape(op.output)
        a, b = (low.operand(name, shape) for name in op.inputs)
        low.define(op.output, shape, [Term(Fraction(1), a, b)])


def matmul(low: Lowering, op: Op) -> None:
    """Matrix product over the last two axes; leading axes are broadcast, vectors are rows."""
    left, right = (low.shape(name) for name in op.inputs)
    matrix = low.graph.constants.get(op.inputs[1])
    if matrix is not None and len(right) == 2 and op.inputs[0] in low.program.shapes:
        choice = np.asarray(matrix, np.float64)
        if multiply_by_choice(low, op.inputs[0], op.output, len(left) - 1, choice):
            return
    rank = max(len(left), len(right), 2)
    leading = [f"batch{a}" for a in range(rank - 2)]
    names = [
        [*leading[rank - len(left) :], "row", "summed"][-len(left) :],
        [*leading[rank - len(right) :], "summed", "column"] if len(right) > 1 else ["summed"],
    ]
    out = [*leading, *["row"][: len(left) - 1], *["column"][: len(right) - 1]]
    contract(low, op, names, out)


def einsum(low: Lowering, op: Op) -> None:
    """An Einstein sum of one or two tensors, in which no tensor repeats a letter."""
    letters: list[list[str]] = op.attributes["letters"]
    if len(letters) > 2 or any(len(set(own)) < len(own) for own in letters):
        low.complaints.form(op.name, op.kind, f"its equation is '{op.attributes['text']}'")
        return
    contract(low, op, letters, op.attributes["result"])


def contract(low: Lowering, op: Op, names: Sequence[Sequence[str]], out: Sequence[str]) -> None:
    """The sum over all names that `out` lacks of the product of one or two tensors.

    `names` has a name for each axis of each input. Axes of one name have one length or length one,
    which is broadcast.
    """
    if not low.tensors(op, op.inputs):
        return
    shapes: list[Shape] = [low.shape(name) for name in op.inputs]
    lengths: dict[str, int] = {}
    for own, shape in zip(names, shapes, strict=True):
        for name, length in zip(own, shape, strict=True):
            lengths[name] = max(lengths.get(name, 1), length)
    summed = [name for name in lengths if name not in out]
    labels = {name: label for label, name in enumerate([*out, *summed])}
    operands = [
        Operand(
            tensor,
            tuple(
                Index(((labels[name], 1),)) if length == lengths[name] else place(0)
                for name, length in zip(own, shape, strict=True)
            ),
        )
        for tensor, own, shape in zip(op.inputs, names, shapes, strict=True)
    ]
    term = Term(
        Fraction(1),
        operands[0],
        operands[1] if len(operands) > 1 else None,
        summed=tuple(lengths[name] for name in summed),
    )
    low.define(op.output, low.shape(op.output), [term])

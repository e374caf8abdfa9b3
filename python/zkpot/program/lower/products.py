"""Products: with numbers, element by element, and of matrices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Affine, Lowering


def _affine_product(low: Lowering, op: Op, left: Affine, right: Affine) -> None:
    product: Affine = {}
    for a, x in left.items():
        for b, y in right.items():
            if a is not None and b is not None:
                low.complaints.form(op.name, op.kind, "it multiplies two learning rates")
                return
            rate = a if a is not None else b
            product[rate] = product.get(rate, Fraction(0)) + x * y
    low.affine[op.output] = product


def scale(low: Lowering, op: Op, tensor: str, affine: Affine) -> None:
    """A tensor times a number that may depend on learning rates."""
    shape = low.shape(op.output)
    operand, _ = low.operand(tensor, shape, len(shape))
    terms = [Term(value, operand, scalar=rate) for rate, value in affine.items() if value]
    low.define(op.output, shape, terms, Fraction(0))


def multiply(low: Lowering, op: Op) -> None:
    """``a * b``, broadcast."""
    left, right = (low.scalar(name) for name in op.inputs)
    if left is not None and right is not None:
        _affine_product(low, op, left, right)
    elif left is not None or right is not None:
        tensor = op.inputs[0] if left is None else op.inputs[1]
        if low.tensor(op, tensor):
            scale(low, op, tensor, left or right or {})
    elif all(low.tensor(op, name) for name in op.inputs):
        shape = low.shape(op.output)
        a, fresh = low.operand(op.inputs[0], shape, len(shape))
        b, _ = low.operand(op.inputs[1], shape, fresh)
        low.define(op.output, shape, [Term(Fraction(1), a, b)], Fraction(0))


def matmul(low: Lowering, op: Op) -> None:
    """Matrix product over the last two axes; leading axes are broadcast."""
    if not all(low.tensor(op, name) for name in op.inputs):
        return
    left, right = (low.shape(name) for name in op.inputs)
    if len(left) < 2 or len(right) < 2:
        low.complaints.form(op.name, op.kind, "an input has fewer than two axes")
        return
    out = low.shape(op.output)
    rank = len(out)
    summed, fresh = rank, rank + 1
    operands = []
    for shape, name, tail in (
        (left, op.inputs[0], (rank - 2, summed)),
        (right, op.inputs[1], (summed, rank - 1)),
    ):
        axes = []
        for axis, length in enumerate(shape[:-2]):
            label = axis + rank - len(shape)
            if length == out[label]:
                axes.append(label)
            else:
                axes.append(fresh)
                fresh += 1
        operands.append(Operand(name, (*axes, *tail)))
    low.define(op.output, out, [Term(Fraction(1), operands[0], operands[1])], Fraction(0))

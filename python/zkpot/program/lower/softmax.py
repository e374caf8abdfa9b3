"""Exp, log and division, as they stand; `program/softmax.py` finds the softmax in them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.lower.products import scale

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering


def exponential(low: Lowering, op: Op) -> None:
    """``exp``."""
    if low.tensor(op, op.inputs[0]):
        low.apply("Exp", op.inputs, op.output, low.shape(op.output))


def logarithm(low: Lowering, op: Op) -> None:
    """``log``."""
    if low.tensor(op, op.inputs[0]):
        low.apply("Log", op.inputs, op.output, low.shape(op.output))


def divide(low: Lowering, op: Op) -> None:
    """By a number: a scale. By a tensor: left to `program/softmax.py`."""
    top, bottom = (low.scalar(name) for name in op.inputs)
    if bottom is not None:
        divisor = bottom.get(None, Fraction(0))
        if set(bottom) != {None} or divisor == 0:
            low.complaints.form(op.name, op.kind, "it divides by zero or by a learning rate")
            return
        if top is not None:
            low.affine[op.output] = {rate: value / divisor for rate, value in top.items()}
        elif low.tensor(op, op.inputs[0]):
            scale(low, op, op.inputs[0], {None: 1 / divisor})
        return
    if all(low.tensor(op, name) for name in op.inputs):
        low.apply("Divide", op.inputs, op.output, low.shape(op.output))

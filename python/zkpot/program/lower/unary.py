"""Functions of one tensor, as they stand; `program/softmax.py` finds the softmax in exp and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering


def table(low: Lowering, op: Op) -> None:
    """A function that a table computes (`program/unary.py`)."""
    if low.tensor(op, op.inputs[0]):
        expression = op.attributes["expression"]
        low.apply("Table", op.inputs, op.output, low.shape(op.output), expression)


def exponential(low: Lowering, op: Op) -> None:
    """``exp``."""
    if low.tensor(op, op.inputs[0]):
        low.apply("Exp", op.inputs, op.output, low.shape(op.output))


def logarithm(low: Lowering, op: Op) -> None:
    """``log``."""
    if low.tensor(op, op.inputs[0]):
        low.apply("Log", op.inputs, op.output, low.shape(op.output))

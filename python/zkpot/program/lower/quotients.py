"""Quotients: by a number, and by a tensor."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.lower import products
from zkpot.program.real import Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering
    from zkpot.program.public import Affine


def divide(low: Lowering, op: Op) -> None:
    """By a number: a scale. By a tensor: a quotient."""
    top, bottom = (low.scalar(name) for name in op.inputs)
    if bottom is not None:
        inverse = low.public.power(bottom, Fraction(-1))
        if inverse is None:
            low.complaints.form(op.name, op.kind, "it divides by zero")
        elif top is not None:
            low.affine[op.output] = low.public.multiply(top, inverse)
        elif low.tensor(op, op.inputs[0]):
            products.scale(low, op, op.inputs[0], inverse)
        return
    if not low.tensor(op, op.inputs[1]):
        return
    if top is not None:
        quotient(low, op, top, op.inputs[1])
    elif low.tensor(op, op.inputs[0]):
        quotient(low, op, None, op.inputs[1], op.inputs[0])


def quotient(
    low: Lowering, op: Op, factor: Affine | None, bottom: str, top: str | None = None
) -> None:
    """``factor * top / bottom``; without a top the dividend is one everywhere."""
    shape = low.shape(op.output)
    factor = None if factor == {None: Fraction(1)} else factor
    out = f"{op.output}/quotient" if factor is not None else op.output
    if top is None:
        dividend = f"{op.output}/one"
        low.define(dividend, shape, [], Fraction(1))
    elif low.shape(top) != shape:
        dividend = f"{op.output}/dividend"
        low.define(dividend, shape, [Term(Fraction(1), low.operand(top, shape))])
    else:
        dividend = top
    divisor = bottom
    if low.shape(bottom) != shape:
        # `program/quotients.py` finds out again which axes it has.
        divisor = f"{op.output}/divisor"
        low.define(divisor, shape, [Term(Fraction(1), low.operand(bottom, shape))])
    low.apply("Divide", (dividend, divisor), out, shape)
    if factor is not None:
        if len(factor) == 1:
            ((scalar, coefficient),) = factor.items()
            low.program.factors[out] = (op.output, coefficient, scalar)
        # The output's name is its shape's, so the scale reads the quotient under its own.
        low.graph.shapes[out] = shape
        products.scale(low, op, out, factor)

"""Powers with constant exponents, roots among them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import identity
from zkpot.program.lower.quotients import quotient
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering
    from zkpot.program.public import Affine


def square_root(low: Lowering, op: Op) -> None:
    """``sqrt``, of a tensor or of a public number."""
    public = low.scalar(op.inputs[0])
    if public is not None:
        _public(low, op, low.public.power(public, Fraction(1, 2)))
    elif low.tensor(op, op.inputs[0]):
        low.apply("Root", op.inputs, op.output, low.shape(op.output))


def power(low: Lowering, op: Op) -> None:
    """Powers with small whole and half exponents, or of public numbers."""
    base, exponent = (low.scalar(name) for name in op.inputs)
    if exponent is not None and base is not None:
        constants = [
            v.get(None, Fraction(0)) if set(v) == {None} else None for v in (base, exponent)
        ]
        if constants[1] is not None:
            _public(low, op, low.public.power(base, constants[1]))
        elif constants[0] is not None:
            _public(low, op, low.public.exponential(constants[0], exponent))
        else:
            low.complaints.form(op.name, op.kind, "its base and exponent both vary")
        return
    value = exponent.get(None) if exponent is not None and set(exponent) == {None} else None
    if value is None or value.denominator > 2 or not 0 < abs(value) <= 4:
        low.complaints.form(op.name, op.kind, "its exponent is no constant such as 2, 3, 0.5 or -1")
        return
    if not low.tensor(op, op.inputs[0]):
        return
    shape, source = low.shape(op.output), op.inputs[0]
    factors = [source] * (int(abs(value)))
    if value.denominator == 2:
        factors.append(low.apply("Root", (source,), f"{source}/root", shape))
    result = factors[0]
    for number, factor in enumerate(factors[1:]):
        last = number == len(factors) - 2 and value > 0
        out = op.output if last else f"{op.output}/{number}"
        axes = identity(len(shape))
        low.define(out, shape, [Term(Fraction(1), Operand(result, axes), Operand(factor, axes))])
        result = out
    if value < 0:
        low.graph.shapes.setdefault(result, shape)
        quotient(low, op, None, result)
    elif result != op.output:
        low.view(result, op.output, shape, identity(len(shape)))


def _public(low: Lowering, op: Op, value: Affine | None) -> None:
    if value is None:
        low.complaints.form(op.name, op.kind, "it has no real result")
    else:
        low.affine[op.output] = value

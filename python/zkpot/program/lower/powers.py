"""Powers with constant exponents, roots among them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.expression import MOST_FACTORS
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
    if value is None or value.denominator > 2 or not 0 < abs(value) <= MOST_FACTORS:
        low.complaints.form(op.name, op.kind, "its exponent is no constant such as 2, 3, 0.5 or -1")
        return
    if not low.tensor(op, op.inputs[0]):
        return
    shape, source = low.shape(op.output), op.inputs[0]
    last = op.output if value > 0 else f"{op.output}/inverse"
    whole = int(abs(value))
    if value.denominator == 1:
        result = _whole_power(low, op, whole, last)
    else:
        result = low.apply("Root", (source,), f"{source}/root", shape)
        if whole:
            result = _product(low, _whole_power(low, op, whole, None), result, last)
    if value < 0:
        low.graph.shapes.setdefault(result, shape)
        quotient(low, op, None, result)
    elif result != op.output:
        low.view(result, op.output, shape, identity(len(shape)))


def _whole_power(low: Lowering, op: Op, exponent: int, out: str | None) -> str:
    """A tensor's power: the product of those of the halves of its exponent, each made once."""
    if exponent == 1:
        return op.inputs[0]
    out = out or f"{op.output}/{exponent}"
    if out in low.program.shapes:
        return out
    left = _whole_power(low, op, exponent - exponent // 2, None)
    right = _whole_power(low, op, exponent // 2, None)
    return _product(low, left, right, out)


def _product(low: Lowering, left: str, right: str, out: str) -> str:
    shape = low.program.shapes[left]
    axes = identity(len(shape))
    return low.define(out, shape, [Term(Fraction(1), Operand(left, axes), Operand(right, axes))])


def _public(low: Lowering, op: Op, value: Affine | None) -> None:
    if value is None:
        low.complaints.form(op.name, op.kind, "it has no real result")
    else:
        low.affine[op.output] = value

"""Tables of the non-linear functions."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zkpot.program.rational import nearest
from zkpot.program.units import scale_of

if TYPE_CHECKING:
    from fractions import Fraction

    from zkpot.program.ranges import Range

#: Binary places of an exponential's value.
EXP_FRACTION_BITS = 16


def step_table(argument: Range) -> dict[str, Any]:
    """``1`` for positive arguments, else ``0``, over the whole range of the argument. Exact."""
    values = [int(i > 0) for i in range(argument.lo, argument.hi + 1)]
    return {
        "name": f"[x > 0] on {argument.bits} bits",
        "first": argument.lo,
        "bits": argument.bits,
        "columns": [values],
    }


def exp_table(unit: Fraction, bits: int) -> dict[str, Any]:
    """``max(1, round(exp(-x * unit) * 2^16))`` for ``0 <= x < 2^bits``.

    The error is at most half a unit, 2^-17, where ``x * unit`` is below 11.78, and at most
    2^-16 beyond: values there are kept at one unit, so that a sum of them is never zero and a
    softmax with 16 places never reaches 2^16. Decimal arithmetic makes the table the same on
    every machine.
    """
    values = _exponentials(unit, bits)
    scale = scale_of(unit)
    parts = (scale["numerator"], scale["denominator"])
    fraction = "" if parts == (1, 1) else f"{parts[0]}/{parts[1]} * "
    return {
        "name": f"exp(-x * {fraction}2^-{scale['fraction_bits']}) * 2^{EXP_FRACTION_BITS}",
        "first": 0,
        "bits": bits,
        "columns": [list(values)],
    }


@lru_cache(maxsize=16)
def _exponentials(unit: Fraction, bits: int) -> tuple[int, ...]:
    context = Context(prec=40)
    half = Decimal("0.5")
    power = Decimal(1 << EXP_FRACTION_BITS)
    ratio = context.exp(context.divide(Decimal(-unit.numerator), Decimal(unit.denominator)))
    # Repeated multiplication adds up errors: 40 digits leave room for 2^22 of them.
    values: list[int] = []
    while len(values) < 1 << bits and power >= 1 + half:
        values.append(int((power + half).to_integral_value(rounding=ROUND_FLOOR)))
        power = context.multiply(power, ratio)
    return (*values, *[1] * ((1 << bits) - len(values)))


def constant(value: Fraction, unit: Fraction) -> int:
    """A constant in units."""
    return nearest(value / unit)

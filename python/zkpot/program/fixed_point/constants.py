"""Units of public tensors: masks and tables that are the same in every step."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.rational import nearest, power, recognise
from zkpot.program.units import unit_for

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.real import Constant


def add_constant(draft: Draft, node: Constant) -> None:
    """Add a public tensor: small multiples of one number exactly, others to the options' bits."""
    values = [recognise(value) for value in node.values]
    unit = _unit(values, draft)
    integers = [nearest(value / unit) for value in values]
    draft.build.constant(node.out, draft.program.shapes[node.out], unit, integers)


def _unit(values: list[Fraction], draft: Draft) -> Fraction:
    magnitudes = {abs(value) for value in values if value}
    if not magnitudes:
        return Fraction(1)
    greatest, bits = max(magnitudes), draft.options.coefficient_bits
    unit = greatest
    for value in magnitudes:
        unit = _common(unit, value)
        if greatest > unit * power(bits):
            return unit_for(float(greatest), bits)
    return unit


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The greatest number of which both are multiples."""
    numerator = math.gcd(a.numerator * b.denominator, b.numerator * a.denominator)
    return Fraction(numerator, a.denominator * b.denominator)

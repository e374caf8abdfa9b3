"""Units: the real value of one integer step of a tensor, and how to add across them.

A unit is a positive rational. Products multiply units. Terms of a sum need integer
coefficients, so the sum's unit is chosen such that every term's own unit is a multiple of it,
exactly or to a stated relative error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.rational import ceil_log2, floor_log2, nearest, power, split

if TYPE_CHECKING:
    from collections.abc import Sequence

#: No sum is refined by more binary places than this to approximate a factor.
_DEEPEST = 80


@dataclass(frozen=True)
class Alignment:
    """Integer coefficients in a common unit, and the largest relative error among them."""

    unit: Fraction
    coefficients: tuple[int, ...]
    error: Fraction


def _coefficients(
    naturals: list[Fraction], unit: Fraction, tolerances: Sequence[Fraction]
) -> Alignment | None:
    coefficients = []
    worst = Fraction(0)
    for natural, tolerance in zip(naturals, tolerances, strict=True):
        ratio = natural / unit
        rounded = nearest(abs(ratio))
        if rounded == 0:
            return None
        error = abs(rounded - abs(ratio)) / abs(ratio)
        if error > tolerance:
            return None
        worst = max(worst, error)
        coefficients.append(rounded if ratio > 0 else -rounded)
    return Alignment(unit, tuple(coefficients), worst)


def align_to(naturals: list[Fraction], base: Fraction, tolerances: Sequence[Fraction]) -> Alignment:
    """The coarsest unit ``base / 2^k``, any integer k, in which all coefficients are integers.

    `naturals` are the real values of one unit of each term, signed, and `tolerances` the relative
    errors that their coefficients may have.
    """
    smallest = min(abs(n) for n in naturals)
    start = floor_log2(base / smallest)
    # A coefficient below one half rounds to zero, so nothing coarser can do.
    for k in range(start - 1, start + _DEEPEST):
        found = _coefficients(naturals, base / power(k), tolerances)
        if found is not None:
            return found
    raise AssertionError("some power of two always approximates")


def align(naturals: list[Fraction], tolerance: Fraction) -> Alignment:
    """The unit ``2^-k / d``, d odd, with the smallest coefficients.

    Odd numerators become coefficients, so that they do not pile up from layer to layer; odd
    denominators (of a batch mean, say) stay in the unit, where they cost nothing.
    """
    tolerances = [tolerance] * len(naturals)
    denominators = [split(abs(n))[1] for n in naturals]
    candidates = dict.fromkeys([*denominators, math.lcm(*denominators)])
    best: Alignment | None = None
    for denominator in candidates:
        if denominator > 1 << 40:
            continue
        found = align_to(naturals, Fraction(1, denominator), tolerances)
        size = max(abs(c) for c in found.coefficients)
        if best is None or size < max(abs(c) for c in best.coefficients):
            best = found
    return best or align_to(naturals, Fraction(1), tolerances)


def short(ratio: Fraction, tolerance: Fraction) -> Fraction:
    """``c * 2^e`` next to a positive ratio, with the smallest odd c, scaled into ``[1, 2)``."""
    mantissa = ratio / power(floor_log2(ratio))
    for bits in range(1, _DEEPEST):
        c = nearest(mantissa * power(bits - 1))
        if abs(Fraction(c) / power(bits - 1) - mantissa) <= tolerance * mantissa:
            value = Fraction(c) / power(bits - 1)
            return value / power(floor_log2(value))
    return mantissa


def mantissa(value: Fraction) -> Fraction:
    """The value scaled by a power of two into ``[1, 2)``."""
    return value / power(floor_log2(value))


def unit_for(maximum: float, magnitude_bits: int, odd: Fraction = Fraction(1)) -> Fraction:
    """The finest unit ``odd * 2^e`` in which `maximum` is at most ``2^magnitude_bits``."""
    wanted = Fraction(maximum) / power(magnitude_bits) / odd
    return odd * power(ceil_log2(wanted))


def scale_of(unit: Fraction) -> dict[str, int]:
    """The unit as the program writes it: ``numerator / denominator * 2^-fraction_bits``."""
    p, q, e = split(unit)
    return {"numerator": p, "denominator": q, "fraction_bits": -e}


def unit_of(scale: dict[str, int]) -> Fraction:
    """The inverse of :func:`scale_of`."""
    return Fraction(scale["numerator"], scale["denominator"]) * power(-scale["fraction_bits"])

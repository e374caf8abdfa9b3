"""Exact numbers out of floating-point constants."""

from __future__ import annotations

import math
from fractions import Fraction

#: A float32 constant is taken for the simplest fraction within half a unit of its last place.
_FLOAT32_EPSILON = Fraction(1, 2**24)
_LARGEST_DENOMINATOR = 1 << 20


def recognise(value: float) -> Fraction:
    """The number that the author of a constant meant: 0.01 rather than the float next to it.

    Returns the simplest fraction with a denominator up to 2^20 that rounds to the same
    float32, and the exact value of `value` where there is none.
    """
    exact = Fraction(value)
    if exact == 0:
        return exact
    limit = 1
    while limit <= _LARGEST_DENOMINATOR:
        simple = exact.limit_denominator(limit)
        if abs(simple - exact) <= abs(exact) * _FLOAT32_EPSILON:
            return simple
        limit *= 2
    return exact


def split(value: Fraction) -> tuple[int, int, int]:
    """Odd numerator, odd denominator and exponent: ``value = p / q * 2^e``, value positive."""
    p, q, e = value.numerator, value.denominator, 0
    shift = (p & -p).bit_length() - 1
    p, e = p >> shift, e + shift
    shift = (q & -q).bit_length() - 1
    return p, q >> shift, e - shift


def power(exponent: int) -> Fraction:
    """``2^exponent``, exactly."""
    return Fraction(2) ** exponent


def floor_log2(value: Fraction) -> int:
    """The largest e with ``2^e <= value``, value positive."""
    e = value.numerator.bit_length() - value.denominator.bit_length()
    return e if power(e) <= value else e - 1


def ceil_log2(value: Fraction) -> int:
    """The least e with ``2^e >= value``, value positive."""
    e = floor_log2(value)
    return e if power(e) == value else e + 1


def nearest(value: Fraction) -> int:
    """Nearest integer, half up."""
    return math.floor(value + Fraction(1, 2))

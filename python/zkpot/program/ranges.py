"""Integer intervals, by the same rules as the program checker's bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkpot.errors import ProgramTooWide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Half the field, exclusive.
LIMIT = 0xFFFF_FFFF_0000_0001 // 2


@dataclass(frozen=True)
class Range:
    """The half-open interval ``[lo, lo + 2^bits)`` of a committed tensor."""

    lo: int
    bits: int

    @property
    def hi(self) -> int:
        """Greatest admissible value."""
        return self.lo + (1 << self.bits) - 1

    def interval(self) -> Interval:
        """As a closed interval."""
        return Interval(self.lo, self.hi)


@dataclass(frozen=True)
class Interval:
    """A closed interval of integers."""

    lo: int
    hi: int

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __mul__(self, other: Interval) -> Interval:
        corners = [a * b for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return Interval(min(corners), max(corners))

    def times(self, factor: int) -> Interval:
        """Times a number."""
        ends = (self.lo * factor, self.hi * factor)
        return Interval(min(ends), max(ends))

    def hull(self, other: Interval) -> Interval:
        """The smallest interval around both."""
        return Interval(min(self.lo, other.lo), max(self.hi, other.hi))

    @property
    def magnitude(self) -> int:
        """Largest absolute value."""
        return max(abs(self.lo), abs(self.hi))

    @property
    def bits(self) -> int:
        """Bits of a signed integer that holds every value."""
        return max((-self.lo - 1).bit_length() if self.lo < 0 else 0, self.hi.bit_length()) + 1


def signed(bits: int) -> Range:
    """``[-2^(bits-1), 2^(bits-1))``."""
    return Range(-(1 << (bits - 1)), bits)


def term_interval(
    coefficient: int,
    scalar: Interval | None,
    operands: Iterable[Interval],
    summed: Iterable[int],
) -> Interval:
    """Interval of one term; `summed` are the lengths of its summed labels."""
    product: Interval | None = None
    for operand in operands:
        product = operand if product is None else product * operand
    assert product is not None
    product = product.times(math.prod(summed)).times(coefficient)
    return product if scalar is None else product * scalar


def sum_interval(
    name: str, terms: Sequence[Interval], constant: int, groups: Iterable[int]
) -> Interval:
    """Interval of a sum; partial sums stay inside its magnitude in any order.

    `groups` are sets of terms that meet, as bits.

    Raises:
        ProgramTooWide: the magnitudes reach half the field.
    """
    total: Interval | None = None
    magnitude = 0
    for group in groups:
        met = [term for number, term in enumerate(terms) if group >> number & 1]
        own = Interval(constant, constant)
        for term in met:
            own = own + term
        total = own if total is None else total.hull(own)
        magnitude = max(magnitude, sum(term.magnitude for term in met))
    check(name, Interval(0, abs(constant) + magnitude))
    return total or Interval(constant, constant)


def check(name: str, interval: Interval) -> Interval:
    """The interval, where it is within half the field.

    Raises:
        ProgramTooWide: it is not; the message says how many bits to take off.
    """
    if interval.magnitude >= LIMIT:
        bits = interval.magnitude.bit_length()
        raise ProgramTooWide(
            f"node '{name}': values can need {bits} bits but proofs have room for 62; take "
            f"{bits - 62} bits off the scales of its inputs, or shorten links (max_steps)"
        )
    return interval


def largest(intervals: Mapping[str, Interval]) -> tuple[str, int]:
    """The widest tensor and its bits, sign aside."""
    name = max(intervals, key=lambda n: intervals[n].magnitude)
    return name, intervals[name].magnitude.bit_length()

"""Intervals of integers, and half the field.

docs/spec/arithmetic.md, 'No wrap-around'.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.reference.verifier.field import MODULUS
from zkpot.reference.verifier.refusal import require

HALF = MODULUS // 2
FAR = 1 << 48


@dataclass(frozen=True)
class Interval:
    """`lo .. hi`, both included."""

    lo: int
    hi: int

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __mul__(self, other: Interval) -> Interval:
        corners = [a * b for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return Interval(min(corners), max(corners))

    def times(self, factor: int) -> Interval:
        """The interval times an integer."""
        return self * Interval(factor, factor)

    def hull(self, other: Interval) -> Interval:
        """The least interval that holds both."""
        return Interval(min(self.lo, other.lo), max(self.hi, other.hi))

    @property
    def magnitude(self) -> int:
        """The greatest distance from zero."""
        return max(abs(self.lo), abs(self.hi))

    def within_field(self, place: str) -> Interval:
        """The interval itself, if it lies within half the field."""
        require(self.magnitude < HALF, f"program: {place} may reach half the field")
        return self

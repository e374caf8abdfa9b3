"""What one assignment of units teaches the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from zkpot.program.fixed_point.shifts import LEAST_SHIFT

#: Odd parts can chase each other through a weight decay, and binary places through a large one;
#: after so many assignments they are left as they are, and coefficients or coarse roundings
#: settle what remains.
_ODD_ATTEMPTS, _ATTEMPTS = 3, 8
#: More finer bits than a rounding can be too coarse by gain nothing.
_FINEST = LEAST_SHIFT - 1


@dataclass
class Adjustments:
    """By state: odd parts of units, and bits by which units are to be coarser or finer."""

    odd: dict[str, Fraction] = field(default_factory=dict)
    coarser: dict[str, int] = field(default_factory=dict)
    finer: dict[str, int] = field(default_factory=dict)
    attempts: int = 0

    def learn(
        self, odd: Mapping[str, Fraction], coarser: Mapping[str, int], finer: Mapping[str, int]
    ) -> bool:
        """Carry over what an assignment taught; whether another is worth trying.

        It is not, sooner or later: after `_ATTEMPTS` nothing is taken in any more.
        """
        before = (dict(self.odd), dict(self.coarser), dict(self.finer))
        self.attempts += 1
        if self.attempts <= _ODD_ATTEMPTS:
            self.odd.update(odd)
        if self.attempts <= _ATTEMPTS:
            for state, bits in coarser.items():
                self.coarser[state] = self.coarser.get(state, 0) + bits
            for state, bits in finer.items():
                self.finer[state] = min(_FINEST, self.finer.get(state, 0) + bits)
        return before != (self.odd, self.coarser, self.finer)

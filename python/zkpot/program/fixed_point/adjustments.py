"""What one assignment of units teaches the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class Adjustments:
    """By state: odd parts of units, and bits by which units should be coarser."""

    odd: dict[str, Fraction] = field(default_factory=dict)
    coarser: dict[str, int] = field(default_factory=dict)

    def learn(self, odd: Mapping[str, Fraction], coarser: Mapping[str, int]) -> bool:
        """Carry over what an assignment taught; whether it was anything new."""
        before = (dict(self.odd), dict(self.coarser))
        self.odd.update(odd)
        for state, bits in coarser.items():
            self.coarser[state] = self.coarser.get(state, 0) + bits
        return before != (self.odd, self.coarser)

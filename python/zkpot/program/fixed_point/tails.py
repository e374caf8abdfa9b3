"""More bits for tensors that are far larger in some steps than in others.

Gradients are: one batch in a thousand gives a recurrent network fifty times the usual ones. In
units that fit that batch, the others keep few binary places, and Adam, which divides a gradient by
its usual size, learns from little more than the rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: A calibrated maximum is so many binary places above a usual step's in tensors that get none.
USUAL_BITS = 2
#: No tensor gets more bits than this.
MOST_BITS = 6
#: From so many bits on, one of them is for values that are larger still.
LONG_BITS = 4


@dataclass(frozen=True)
class Widening:
    """Bits beyond those of other tensors: all, and those of them above the calibrated maximum."""

    bits: int
    above: int

    @property
    def below(self) -> int:
        """Bits by which the unit is finer."""
        return self.bits - self.above


def widening(tail: float) -> Widening:
    """What a tensor gets whose largest value is `tail` times that of a usual step.

    An even number of bits, so that fewer widths occur, whose tables a proof has one by one.
    """
    beyond = math.ceil(math.log2(tail)) - USUAL_BITS
    bits = min(MOST_BITS, max(0, beyond + beyond % 2))
    return Widening(bits, int(bits >= LONG_BITS))

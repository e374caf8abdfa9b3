"""By how many bits a sum may be rounded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zkpot.program.rational import power

if TYPE_CHECKING:
    from zkpot.program.units import Alignment

#: Half-up rounding of fewer bits than this is visibly biased.
LEAST_SHIFT = 4


def admissible(alignment: Alignment, shift: int, *, coarsen: bool = True) -> tuple[Alignment, int]:
    """A shift that the rules allow.

    A sum that is coarse already is multiplied up, so that rounding is exact; otherwise at least
    four bits are rounded away, because half-up rounding of fewer is visibly biased.
    """
    if shift >= LEAST_SHIFT or (shift > 0 and not coarsen):
        return alignment, shift
    if shift > 0:
        return alignment, LEAST_SHIFT
    up = 1 - shift
    finer = replace(
        alignment,
        unit=alignment.unit / power(up),
        coefficients=tuple(c << up for c in alignment.coefficients),
    )
    return finer, 1

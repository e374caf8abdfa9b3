"""Rounding a wide sum into a committed tensor."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.errors import ProgramTooWide
from zkpot.program.emit import LARGEST_RANGE
from zkpot.program.rational import ceil_log2

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.ranges import Range

#: Suffix of a sum before it is rounded.
WIDE = "/wide"


def add_rounded(
    draft: Draft,
    name: str,
    shape: tuple[int, ...],
    unit: Fraction,
    committed: Range,
    shift: int,
    largest: float,
) -> None:
    """Round the sum that is called `name` and `WIDE` by `shift` bits.

    Args:
        draft: the program.
        name: of the rounded tensor.
        shape: of both.
        unit: of the rounded tensor.
        committed: its range.
        shift: bits that are rounded away.
        largest: greatest magnitude in the calibration, in real units.

    Raises:
        ProgramTooWide: more bits than the prover can round away.
    """
    build = draft.build
    if shift > LARGEST_RANGE:
        raise ProgramTooWide(
            f"node '{name}': {shift} bits would be rounded away and may be {LARGEST_RANGE}; "
            "take bits off the scales of its inputs"
        )
    build.tensor(name, shape, unit, committed)
    build.node("Rescale", input=build.ids[name + WIDE], out=build.ids[name], shift=shift)
    draft.notes.rescales.append(
        {
            "tensor": name,
            "elements": math.prod(shape),
            "shift": shift,
            "bits": committed.bits,
            "calibrated_bits": _bits_of(largest, unit),
        }
    )


def _bits_of(largest: float, unit: Fraction) -> int:
    """Bits of a signed integer that holds the calibrated maximum."""
    steps = Fraction(largest) / unit
    return 1 + (max(0, ceil_log2(steps)) if steps > 0 else 0)

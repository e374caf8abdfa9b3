"""The largest values of the float run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.errors import CalibrationFailed

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft


def largest_of(draft: Draft, tensor: str) -> float:
    """The largest absolute value of the float run; zero where nothing is known."""
    try:
        return draft.largest(tensor)
    except CalibrationFailed:
        return 0.0

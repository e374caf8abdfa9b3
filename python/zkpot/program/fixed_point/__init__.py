"""From real numbers to integers: units, ranges, and where to round.

Requires: a fused real program with its softmaxes found, and a calibration.
Does, in order: gives data, states and learning rates their units; walks the nodes, giving each
sum the unit that needs the smallest coefficients; rounds (``Rescale``) where a tensor is read
non-linearly or multiplied and is wider than `Options.bits` and two; rounds each gradient once,
straight from its accumulator into the update of its state.
Ensures: a program that the checker accepts, or :class:`~zkpot.errors.ProgramTooWide`.
"""

from __future__ import annotations

from zkpot.program.fixed_point.program import Fixed, Notes
from zkpot.program.fixed_point.search import fix

__all__ = ["Fixed", "Notes", "fix"]

"""A fixed-point program, and what people should know about its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zkpot.program.ranges import Interval, Range


@dataclass
class Notes:
    """What people should know about the chosen numbers."""

    rescales: list[dict[str, Any]] = field(default_factory=list)
    approximations: list[dict[str, Any]] = field(default_factory=list)
    rates: list[dict[str, Any]] = field(default_factory=list)
    defaults: dict[str, float] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    updates: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fixed:
    """A program, what was chosen for its tensors by name, and notes.

    `best` is the most economical way of adding to weights that was allowed.
    """

    json: dict[str, Any]
    units: dict[str, Fraction]
    ranges: dict[str, Range]
    intervals: dict[str, Interval]
    notes: Notes
    best: str

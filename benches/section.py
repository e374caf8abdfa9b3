"""What a section is: cases to measure, and a page and pictures made from what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benches.record import Facts, Record, Values

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Unavailable(Exception):
    """Something that a section needs is not here; says what, and how to get it."""


@dataclass(frozen=True)
class Prepared:
    """A case that is ready.

    Attributes:
        facts: what is known of it.
        rounds: measures a round whenever the next one is asked for.
    """

    facts: Facts
    rounds: Iterator[Values]


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    Attributes:
        name: names it in the record.
        prepare: makes what it needs in a folder of its own.
        times: how many rounds.
    """

    name: str
    prepare: Callable[[Path], Prepared]
    times: int = 3


def _no_plots(_: Record) -> Mapping[str, Figure]:
    return {}


@dataclass(frozen=True)
class Section:
    """A section of docs/benchmarks.md.

    Attributes:
        name: of its record, and for `make bench SECTIONS=...`.
        title: its heading.
        cases: what to measure; the smallest of it where it is asked for a quick look. None where
            another command measures.
        document: what the page says under its title.
        plots: pictures by the name of their file.
        packages: whose versions matter.
    """

    name: str
    title: str
    cases: Callable[[bool], Sequence[Case]] | None
    document: Callable[[Record], str]
    plots: Callable[[Record], Mapping[str, Figure]] = _no_plots
    packages: tuple[str, ...] = ("torch",)


def repeated(measure: Callable[[], Values]) -> Iterator[Values]:
    """Rounds that are all alike."""
    while True:
        yield measure()

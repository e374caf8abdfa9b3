"""What wrapped mode costs: the same run hidden and wrapped, in turn, in one process.

The wrapped channel hashes with Poseidon2 over BN254's scalar field, which a circuit repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import zkpot
from benches import markdown, programs
from benches.child import child
from benches.record import Measured, Record, Values
from benches.section import Case, Prepared, Section
from benches.sections.zero_knowledge import prove
from benches.sources import Catalogued
from zkpot.artifacts.channel import Channel

TARGET = 10
_STEPS = 16
_CHANNELS: tuple[Channel, ...] = ("hiding", "wrapped")


def _cases(quick: bool) -> Sequence[Case]:
    steps = 4 if quick else _STEPS

    def prepare(folder: Path) -> Prepared:
        facts = programs.build(Catalogued("mlp-small"), folder, steps)
        return Prepared(facts | {"steps": steps}, _pairs(folder, steps))

    return [Case(f"digits 64-32-10, B = 32, {steps} steps", prepare, times=5)]


def _pairs(folder: Path, steps: int) -> Iterator[Values]:
    """Runs on both channels; one pair before them warms memory up."""
    with child() as pool:
        pool.submit(_pair, folder, steps).result()
        while True:
            yield pool.submit(_pair, folder, steps).result()


def _pair(folder: Path, steps: int) -> Values:
    program = zkpot.Program.read(folder / programs.PROGRAM)
    hiding, wrapped = (prove(program, folder, steps, channel) for channel in _CHANNELS)
    return hiding | wrapped


def ratios(case: Measured) -> list[float]:
    """Processor time of wrapped to hiding, of each pair."""
    hiding, wrapped = (case.values(f"{channel}/processors") for channel in _CHANNELS)
    return [over / under for under, over in zip(hiding, wrapped, strict=True)]


def _document(record: Record) -> str:
    rows, worst = [], 0.0
    for name, case in record.cases.items():
        worst = max(worst, median(ratios(case)))
        for channel in _CHANNELS:
            rows.append(
                [
                    name if channel == "hiding" else "",
                    channel,
                    markdown.spread(case.values(f"{channel}/processors")),
                    markdown.seconds(case.median(f"{channel}/run")),
                    markdown.size(case.median(f"{channel}/bytes")),
                ]
            )
    met = "met" if worst <= TARGET else "**not met**"
    return "\n\n".join(
        [
            markdown.conditions(record),
            "The same run on the hiding and on the wrapped channel "
            "([Wrapped mode](spec/wrapped.md)), in turn in one process, after a pair that warms "
            "memory up. Processor time is that of all processors for the run and for verifying it.",
            markdown.table(["work", "channel", "processor time", "the whole run", "links"], rows),
            f"Asked was at most {TARGET} times the processor time of the hiding channel; the "
            f"median of the pairs is {worst:.1f} times: {met}. Wrapped runs need AVX-512 IFMA to "
            "be as fast.",
        ]
    )


SECTION = Section("wrapped", "Wrapped mode", _cases, _document)

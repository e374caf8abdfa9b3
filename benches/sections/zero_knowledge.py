"""What zero knowledge costs: the same run in the clear and hidden, in turn, in one process.

On the clear channel scalars are sent as they are, and commitments are plain WHIR.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from time import process_time

import zkpot
from benches import markdown, programs
from benches.child import child
from benches.record import Measured, Record, Values
from benches.section import Case, Prepared, Section
from benches.sources import Catalogued, Source
from zkpot.artifacts.channel import Channel
from zkpot.data import read_dataset

TARGET = 1.7
_STEPS = 64
_PAIRS = 5


def _cases(quick: bool) -> Sequence[Case]:
    digits, mnist = Catalogued("mlp-small"), Catalogued("mlp")
    small = pairs("digits 64-32-10, B = 32", digits, 4 if quick else _STEPS)
    return [small] if quick else [small, pairs("MNIST 784-128-10, B = 64", mnist, _STEPS)]


def pairs(name: str, source: Source, steps: int, times: int = _PAIRS) -> Case:
    """A round proves the same run on each channel; one pair before them warms memory up."""

    def prepare(folder: Path) -> Prepared:
        facts = programs.build(source, folder, steps)
        return Prepared(facts | {"steps": steps}, _pairs(folder, steps))

    return Case(f"{name}, {steps} steps", prepare, times)


def _pairs(folder: Path, steps: int) -> Iterator[Values]:
    with child() as pool:
        pool.submit(_pair, folder, steps).result()
        while True:
            yield pool.submit(_pair, folder, steps).result()


def _pair(folder: Path, steps: int) -> Values:
    program = zkpot.Program.read(folder / programs.PROGRAM)
    return prove(program, folder, steps, "clear") | prove(program, folder, steps, "hiding")


def prove(program: zkpot.Program, folder: Path, steps: int, channel: Channel) -> Values:
    """One run on a channel, from its commitments to its end."""
    data = read_dataset(folder / programs.ROWS)
    clear, wrapped = channel == "clear", channel == "wrapped"
    run = zkpot.Run(program, data, folder / "run", seed=1, clear=clear, wrapped=wrapped)
    started = process_time()
    summary = run.prove(steps)
    processors = process_time() - started
    shutil.rmtree(folder / "run")
    assert summary.zero_knowledge == (channel == "hiding")
    return {
        f"{channel}/links": summary.seconds_proving,
        f"{channel}/run": summary.seconds,
        f"{channel}/processors": processors,
        f"{channel}/bytes": summary.proof_bytes,
    }


def ratios(case: Measured, part: str) -> list[float]:
    """Hiding to clear, of each pair."""
    clear, hiding = case.values(f"clear/{part}"), case.values(f"hiding/{part}")
    return [over / under for under, over in zip(clear, hiding, strict=True)]


_PARTS = {
    "links": "proving the links",
    "run": "the whole run",
    "processors": "processor time",
    "bytes": "all links",
}


def _document(record: Record) -> str:
    rows = []
    for name, case in record.cases.items():
        for part, title in _PARTS.items():
            show = markdown.size if part == "bytes" else markdown.seconds
            single = ratios(case, part)
            clear, hiding = case.median(f"clear/{part}"), case.median(f"hiding/{part}")
            rows.append(
                [
                    name if part == "links" else "",
                    title,
                    show(clear),
                    show(hiding),
                    f"{hiding / clear:.2f}",
                    f"{min(single):.2f} to {max(single):.2f}",
                ]
            )
    worst = max((median(ratios(case, "links")) for case in record.cases.values()), default=0.0)
    met = "met" if worst <= TARGET else "**not met**"
    return "\n\n".join(
        [
            markdown.conditions(record),
            "The same run on the clear channel over plain WHIR and on the hiding channel over "
            "hiding WHIR, in turn in one process; medians of pairs, after one that warms memory "
            'up. "Processor time" is that of all processors for the run and for verifying it; '
            "other work on the machine hardly changes it.",
            markdown.table(["work", "", "clear", "hiding", "ratio", "of single pairs"], rows),
            f"Asked was at most {TARGET} times the clear channel on plain WHIR: {met}. Small "
            "polynomials pay more, since the masks that openings commit to and open shrink less "
            "than the polynomial does. Both channels use the same folds and rates at the same "
            "security level; what commitments and openings cost by themselves is in "
            "[rust/pcs](../rust/pcs/README.md#costs).",
        ]
    )


SECTION = Section("zero_knowledge", "Zero knowledge", _cases, _document)

"""How much several workers help: the same run by one process, and by workers of one core each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benches import markdown, programs
from benches.record import Measured, Record, Values
from benches.runs import Run
from benches.section import Case, Prepared, Section, repeated
from benches.sources import Catalogued
from zkpot.artifacts.run_directory import RunDirectory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class _Way:
    """Options of `zkpot prove`, and how many threads its own process may use."""

    name: str
    options: Sequence[object] = ()
    threads: int | None = None


_WAYS = (
    _Way("one process, one thread", threads=1),
    _Way("one process, all threads"),
    _Way("--workers 2: one process, two links at a time", ("--workers", 2)),
    _Way("--ray --workers 1", ("--ray", "--workers", 1)),
    _Way("--ray --workers 2", ("--ray", "--workers", 2)),
)
_LINKS, _LINK_STEPS = 7, 16


def _cases(quick: bool) -> Sequence[Case]:
    if quick:
        return [_case("mlp-small", _WAYS[:2], 3, 2)]
    return [_case("mlp", _WAYS, _LINKS, _LINK_STEPS)]


def _case(model: str, ways: Sequence[_Way], links: int, link_steps: int) -> Case:
    """A round proves the run in each way, in turn, in processes of their own."""

    def prepare(folder: Path) -> Prepared:
        source = Catalogued(model)
        steps = links * link_steps
        facts = programs.build(source, folder, steps)
        facts |= {"title": source.title, "links": links, "link_steps": link_steps}
        runs = {w.name: Run(folder, steps, link_steps, w.options, w.threads) for w in ways}

        def measure() -> Values:
            values: Values = {}
            for name, run in runs.items():
                found = run.prove()
                values |= {
                    f"links/{name}": _after_the_first(run),
                    f"process/{name}": found["process"],
                    f"peak/{name}": found["peak_bytes"],
                }
            return values

        return Prepared(facts, repeated(measure))

    return Case(model, prepare)


def _after_the_first(run: Run) -> float:
    """Seconds from the record of the first training link to that of the last."""
    records = RunDirectory(run.directory).journal.records
    files = sorted((run.directory / "secret" / "journal").iterdir())
    written = [
        file.stat().st_mtime
        for file, record in zip(files, records, strict=True)
        if record.kind == "training"
    ]
    return written[-1] - written[0]


def _ways(case: Measured) -> list[str]:
    return [n.partition("/")[2] for n in case.rounds[0].values if n.startswith("links/")]


def _a_link(case: Measured, way: str) -> list[float]:
    return [seconds / (case.number("links") - 1) for seconds in case.values(f"links/{way}")]


def _document(record: Record) -> str:
    parts = [
        markdown.conditions(record),
        'One run in each way in turn, in processes of their own. "A link" is the time from the '
        "first training link's record to the last one's, without the start of Ray, the first "
        'commitments and the seal; "process" is the whole command. Memory is that of the '
        "command's own process, without Ray's workers.",
    ]
    for case in record.cases.values():
        ways = _ways(case)
        alone = median(_a_link(case, ways[0]))
        rows = [
            [
                f"`{way}`" if way.startswith("--ray") else way,
                markdown.spread(_a_link(case, way)),
                f"{alone / median(_a_link(case, way)):.2f}",
                markdown.spread(case.values(f"process/{way}")),
                markdown.size(case.median(f"peak/{way}")),
            ]
            for way in ways
        ]
        head = ["way", "a link", f"times as fast as {ways[0]}", "process", "peak memory"]
        parts += [
            f"{case.facts['title']}, B = {case.facts['batch']}, {case.facts['links']} links of "
            f"{case.facts['link_steps']} steps:",
            markdown.table(head, rows),
        ]
    return "\n\n".join([*parts, "![Workers](images/benchmarks/workers.svg)"])


def _plots(record: Record) -> Mapping[str, Figure]:
    from benches import drawing

    case = next(iter(record.cases.values()))
    ways = _ways(case)
    picture, (axes,) = drawing.figure(width=7.0, height=2.4)
    middles = [median(_a_link(case, way)) for way in ways]
    below = [m - min(_a_link(case, way)) for m, way in zip(middles, ways, strict=True)]
    above = [max(_a_link(case, way)) - m for m, way in zip(middles, ways, strict=True)]
    axes.barh(ways, middles, xerr=(below, above), color=drawing.COLOURS[0], capsize=3)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("seconds a link")
    return {"workers": picture}


SECTION = Section(
    "workers", "Several workers", _cases, _document, _plots, packages=("torch", "ray")
)

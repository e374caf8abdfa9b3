"""Cost of a step against parameters, batch and steps in a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benches import markdown, programs
from benches.record import Measured, Record
from benches.runs import Run
from benches.section import Case, Prepared, Section, repeated
from benches.sources import Perceptron

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BATCH = 16
_STEPS = 4
# Deep and wide ones diverge with a greater one.
_RATE = 2**-8
_FAMILY: tuple[tuple[int, ...], ...] = (
    (64, 16, 10),
    (128, 64, 10),
    (256, 128, 10),
    (512, 256, 10),
    (784, 512, 10),
    (1024, 1024, 10),
    (1024, 1024, 1024, 10),
    (1024, 1024, 1024, 1024, 1024, 10),
)
# Below, blocks of pairs of steps cost more than the weights in whose place they stand.
_LEAST_WINDOWED = 100_000
_WIDTHS = (128, 64, 10)
_BATCHES: tuple[int, ...] = (8, 16, 32, 64, 128, 256)
_BATCHED_STEPS = 16
_LENGTHS: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
# From here on a round takes many seconds, of which one has to do.
_LARGE = 1_500_000

# Name in the record, heading, the fact that varies, what it is called.
_SERIES = (
    ("parameters", "parameters", "parameters"),
    ("windows", "parameters", "parameters"),
    ("batch", "batch", "rows in a batch"),
    ("steps", "steps", "steps in a link"),
)


def _cases(quick: bool) -> Sequence[Case]:
    family, batches, lengths = _FAMILY, _BATCHES, _LENGTHS
    if quick:
        family, batches, lengths = family[:2], batches[:2], lengths[:2]
    perceptrons = [Perceptron(widths, _BATCH, _RATE) for widths in family]
    windowed = [p for p in perceptrons if _parameters(p) > _LEAST_WINDOWED]
    return [
        *(_case(f"parameters/{p.name}", p, _STEPS) for p in perceptrons),
        *(_case(f"windows/{p.name}", p, _STEPS, window=_STEPS) for p in windowed),
        *(_case(f"batch/{b}", Perceptron(_WIDTHS, b), _BATCHED_STEPS) for b in batches),
        *(_case(f"steps/{n}", Perceptron(_WIDTHS, _BATCH), n) for n in lengths),
    ]


def _parameters(perceptron: Perceptron) -> int:
    return sum(a * b for a, b in pairwise(perceptron.widths))


def _case(name: str, source: Perceptron, steps: int, *, window: int = 1) -> Case:
    def prepare(folder: Path) -> Prepared:
        facts = programs.build(source, folder, steps, window=window)
        run = Run(folder, steps)
        return Prepared(facts | {"widths": source.name, "steps": steps}, repeated(run.prove))

    return Case(name, prepare, 1 if _parameters(source) > _LARGE else 3)


def _points(record: Record, series: str) -> list[Measured]:
    return [case for name, case in record.cases.items() if name.startswith(series + "/")]


def _document(record: Record) -> str:
    parts = [
        markdown.conditions(record),
        "Multilayer perceptrons without biases, squared error, plain SGD, random data, zero "
        'knowledge on. "A step" is exact training and proving of the one training link, divided '
        'by its steps; "own clock" is the whole run, from the start of the process to its seal; '
        "the proof is that of the whole run, with import and seal. A link's first touch of memory "
        "is in it.",
    ]
    titles = {
        "parameters": f"### Against parameters\n\nB = {_BATCH}, links of {_STEPS} steps.",
        "windows": f"The same, the {_STEPS} steps of a link proven as one window.",
        "batch": f"### Against the batch\n\n{_dashed(_WIDTHS)}, links of {_BATCHED_STEPS} steps.",
        "steps": f"### Against steps in a link\n\n{_dashed(_WIDTHS)}, B = {_BATCH}.",
    }
    for series, fact, title in _SERIES:
        points = _points(record, series)
        if not points:
            continue
        parts += [titles[series], _table(points, fact, title)]
        if series != "windows":
            parts.append(f"![{series}](images/benchmarks/{series}.svg)")
    return "\n\n".join(parts)


def _table(points: Sequence[Measured], fact: str, title: str) -> str:
    shape = fact == "parameters"
    head = [*(["network"] if shape else []), title, "a step", "own clock", "peak memory"]
    rows = [
        [
            *([str(point.facts["widths"])] if shape else []),
            f"{point.number(fact):,.0f}",
            markdown.spread(point.values("step")),
            markdown.spread(point.values("seconds")),
            markdown.size(point.median("peak_bytes")),
            markdown.size(point.median("proof_bytes")),
            markdown.size(point.median("proof_bytes") / point.number("steps")),
        ]
        for point in points
    ]
    return markdown.table([*head, "proof", "a step"], rows)


def _plots(record: Record) -> Mapping[str, Figure]:
    from benches import drawing

    pictures = {}
    for series, fact, title in _SERIES:
        if series == "windows" or not _points(record, series):
            continue
        shown = {"one by one": _points(record, series)}
        if series == "parameters" and _points(record, "windows"):
            shown[f"windows of {_STEPS}"] = _points(record, "windows")
        picture, panels = drawing.figure(3, width=3.6, height=3.0)
        for axes, (up, name, unit) in zip(
            panels,
            (
                ("seconds a step", "step", 1.0),
                ("peak memory, MB", "peak_bytes", 1e6),
                ("proof, kB a step", "proof_bytes", 1e3),
            ),
            strict=True,
        ):
            lines = {
                key: [
                    (
                        point.number(fact),
                        point.median(name)
                        / unit
                        / (point.number("steps") if name == "proof_bytes" else 1),
                    )
                    for point in points
                ]
                for key, points in shown.items()
            }
            drawing.logarithmic(axes, lines, title, up, legend=name == "step")
        pictures[series] = picture
    return pictures


def _dashed(widths: Sequence[int]) -> str:
    return "-".join(map(str, widths))


SECTION = Section("steps", "Parameters, batch and steps", _cases, _document, _plots)

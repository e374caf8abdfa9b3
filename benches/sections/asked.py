"""What was asked of zkpot, and what it takes: proving, verifying and first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

from benches import markdown, programs
from benches.record import Facts, Measured, Record, Values
from benches.runs import Run
from benches.section import Case, Prepared, Section
from benches.sources import Catalogued, Perceptron, Source

ONE_STEP = "128-64-10, B = 16, one step"
LINK = "128-64-10, B = 16, 64 steps"
MNIST = "MNIST 784-128-10, B = 64, 64 steps"
ALL_MNIST = "the same, committing to all 60,000 rows"
FIRST_USE = "64-32-10 with momentum, digits"

_SMALL = Perceptron((128, 64, 10), 16)
# How often a run is verified after each time that it was proven.
_VERIFIED = 3


def _cases(quick: bool) -> Sequence[Case]:
    mnist = Catalogued("mlp")
    cases = [
        _proven(ONE_STEP, _SMALL, 1),
        _proven(LINK, _SMALL, 64),
        _proven(MNIST, mnist, 64),
        _proven(ALL_MNIST, mnist, 64, rows=60_000),
        Case(FIRST_USE, _first_use),
    ]
    return [*cases[:2], cases[-1]] if quick else cases


def _proven(name: str, source: Source, steps: int, *, rows: int | None = None) -> Case:
    def prepare(folder: Path) -> Prepared:
        facts = programs.build(source, folder, steps, rows=rows)
        return Prepared(facts | {"steps": steps}, _rounds(Run(folder, steps)))

    return Case(name, prepare)


def _rounds(run: Run) -> Iterator[Values]:
    while True:
        values = run.prove()
        for number in range(_VERIFIED):
            values[f"verify/{number + 1}"] = run.verify()["verify"]
        yield values


def _first_use(folder: Path) -> Prepared:
    """Compiles, proves and verifies: two processes."""
    facts: Facts = programs.build(Catalogued("mlp-small"), folder, 64, rows=1437)
    run = Run(folder, 64, source=programs.STEP)

    def rounds() -> Iterator[Values]:
        while True:
            started = monotonic()
            values = run.prove() | run.verify()
            yield values | {"both": monotonic() - started}

    return Prepared(facts | {"steps": 64}, rounds())


def _verified(case: Measured) -> list[float]:
    return [each.values[f"verify/{n + 1}"] for each in case.rounds for n in range(_VERIFIED)]


def _document(record: Record) -> str:
    proven = {name: case for name, case in record.cases.items() if name != FIRST_USE}
    proving = markdown.table(
        ["work", "process", "own clock", "a step", "peak memory", "proof", "links"],
        (
            [
                name,
                markdown.spread(case.values("process")),
                markdown.spread(case.values("seconds")),
                "" if case.facts["steps"] == 1 else markdown.seconds(_whole_step(case)),
                markdown.size(case.median("peak_bytes")),
                markdown.size(case.median("proof_bytes")),
                f"{case.median('links'):.0f}",
            ]
            for name, case in proven.items()
        ),
    )
    verifying = markdown.table(
        ["run", "whole run, own clock", "largest link", "all links"],
        (
            [
                name,
                markdown.spread(_verified(case)),
                markdown.size(case.median("largest_link_bytes")),
                markdown.size(case.median("proof_bytes")),
            ]
            for name, case in proven.items()
        ),
    )
    return "\n\n".join(
        [
            markdown.conditions(record),
            _asked(record),
            "All of it was asked for without zero knowledge, and is measured with it.",
            "### Proving",
            '"Process" is until the process has ended, and so has verified its own proof; "own '
            'clock" is what `zkpot prove` reports as `seconds`: from the start of the process, '
            "commitments included, to the sealed run. A run has two links, the training steps and "
            "the seal, and three where it is faster to import the owners' commitments first. "
            '"A step" is the own clock divided by the steps.',
            proving,
            "128-64-10 has no biases and squared error, MNIST biases and cross entropy; both are "
            "trained by plain SGD ([models/mlp.py](../models/mlp.py)). MNIST's data is MNIST; the "
            "other data is random. The time of a proof depends on data only through the ranges "
            "that compiling finds, and these matter where they make the witness exceed a power of "
            "two of entries. Committing to all rows is paid once in a run, so that a longer run "
            "shares it between more steps.",
            "### Verifying",
            verifying,
            "### First use",
            *_used(record),
        ]
    )


def _used(record: Record) -> list[str]:
    case = record.cases.get(FIRST_USE)
    if case is None:
        return []
    return [
        f"Compile, prove 64 steps and verify, for 64-32-10 with momentum on scikit-learn's digits: "
        f"{markdown.spread(case.values('both'))} for both processes, "
        f"{markdown.size(case.median('peak_bytes'))} in the one that compiles and proves."
    ]


def sentence(record: Record) -> str:
    """For README.md."""
    one, many = record.cases[ONE_STEP], record.cases[LINK]
    alone, each = markdown.seconds(_whole_step(one)), markdown.seconds(_whole_step(many))
    checked = [markdown.seconds(median(_verified(case))) for case in (one, many)]
    return (
        f"On {record.machine.cores} cores a step of 128-64-10 with 16 rows is proven in {alone}, "
        f"or {each} a step in a\nlink of 64, and such runs with their seals verify in "
        f"{checked[0]} and {checked[1]}."
    )


@dataclass(frozen=True)
class _Wish:
    """A figure that was asked for: at most so much, in the unit that `show` writes."""

    case: str
    what: str
    limit: float
    found: Callable[[Measured], float]
    show: Callable[[float], str]


def _whole_step(case: Measured) -> float:
    return case.median("seconds") / case.number("steps")


_WISHES = (
    _Wish(ONE_STEP, "one step of 128-64-10, B = 16", 1, _whole_step, markdown.seconds),
    _Wish(ONE_STEP, "the same, memory", 5e8, lambda c: c.median("peak_bytes"), markdown.size),
    _Wish(LINK, "a step of 128-64-10 in a link of 64", 0.03, _whole_step, markdown.seconds),
    _Wish(MNIST, "a step of MNIST in a link of 64", 0.12, _whole_step, markdown.seconds),
    _Wish(MNIST, "the same, memory", 5e9, lambda c: c.median("peak_bytes"), markdown.size),
    _Wish(
        MNIST,
        "verifying a link of MNIST: its run, divided by its links",
        0.06,
        lambda c: median(_verified(c)) / c.median("links"),
        markdown.seconds,
    ),
    _Wish(MNIST, "a link", 2.5e6, lambda c: c.median("largest_link_bytes"), markdown.size),
    _Wish(FIRST_USE, "first use", 10, lambda c: c.median("both"), markdown.seconds),
)


def _asked(record: Record) -> str:
    rows = []
    for wish in _WISHES:
        if wish.case not in record.cases:
            continue
        found = wish.found(record.cases[wish.case])
        met = "yes" if found <= wish.limit else "**no**"
        rows.append([wish.what, f"at most {wish.show(wish.limit)}", wish.show(found), met])
    return markdown.table(["", "asked", "measured", "met"], rows)


SECTION = Section("asked", "What was asked", _cases, _document)

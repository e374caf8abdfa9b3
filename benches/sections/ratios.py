"""Ratios that do not depend on how fast the machine is, which `make bench-check` holds.

All are better the smaller they are. A round measures each once; both sides of a ratio are measured
in the same minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benches import markdown, programs
from benches.float32_step import THREADS, float32_step
from benches.record import Measured, Record, Values
from benches.runs import Run
from benches.section import Case, Prepared, Section
from benches.sections import zero_knowledge
from benches.sources import Catalogued, Perceptron

# Figures of time repeat themselves within some percent on an idle machine; sizes nearly exactly.
_TIME, _MEMORY, _SIZE = 1.3, 1.1, 1.03


@dataclass(frozen=True)
class Ratio:
    """What is held.

    Attributes:
        title: in words.
        tolerance: how many times the recorded one it may be.
        show: how it is written.
    """

    title: str
    tolerance: float
    show: Callable[[float], str] = markdown.number


def _measure_small(folder: Path) -> Prepared:
    """One step, and links of 64 steps with all threads and with one."""
    facts = programs.build(Perceptron((128, 64, 10), 16), folder, 64)
    one, link, alone = Run(folder, 1), Run(folder, 64), Run(folder, 64, threads=1)

    def rounds() -> Iterator[Values]:
        while True:
            single, many, slow = one.prove(), link.prove(), alone.prove()
            verified = link.verify()["verify"]
            yield {
                "step of a link of 64 / one step": many["step"] / single["step"],
                "all threads / one thread": many["link"] / slow["link"],
                "verifying / proving": verified / many["seconds"],
                "128-64-10, peak memory": many["peak_bytes"],
                "128-64-10, proof of one step": single["proof_bytes"],
                "128-64-10, proof of 64 steps": many["proof_bytes"],
            }

    return Prepared(facts, rounds())


def _measure_mnist(folder: Path) -> Prepared:
    """MNIST with and without windows, next to torch."""
    source = Catalogued("mlp")
    link = 32
    facts = programs.build(source, folder / "windows", 2 * link, window=8)
    programs.build(source, folder / "single", 2 * link)
    windowed = Run(folder / "windows", 2 * link, link, threads=THREADS)
    single = Run(folder / "single", 2 * link, link, threads=THREADS)

    def rounds() -> Iterator[Values]:
        while True:
            torch, many, one = float32_step(source), windowed.prove(), single.prove()
            yield {
                "MNIST in windows / float32": many["step"] / torch,
                "MNIST in windows / without": many["step"] / one["step"],
                "MNIST in windows, peak memory": many["peak_bytes"],
                "MNIST in windows, proof": many["proof_bytes"],
            }

    return Prepared(facts, rounds())


def _against_float32(model: str, link_steps: int) -> Callable[[Path], Prepared]:
    """A model next to torch, without windows."""

    def prepare(folder: Path) -> Prepared:
        source = Catalogued(model)
        facts = programs.build(source, folder, 2 * link_steps)
        run = Run(folder, 2 * link_steps, link_steps, threads=THREADS)

        def rounds() -> Iterator[Values]:
            while True:
                torch, proven = float32_step(source), run.prove()
                yield {
                    f"{model} / float32": proven["step"] / torch,
                    f"{model}, peak memory": proven["peak_bytes"],
                    f"{model}, proof": proven["proof_bytes"],
                }

        return Prepared(facts, rounds())

    return prepare


def _measure_hiding(folder: Path) -> Prepared:
    """Hiding next to clear, on digits."""
    measured = zero_knowledge.pairs("digits", Catalogued("mlp-small"), 64).prepare(folder)

    def rounds() -> Iterator[Values]:
        for values in measured.rounds:
            yield {
                f"hiding / clear, {part}": values[f"hiding/{part}"] / values[f"clear/{part}"]
                for part in ("links", "processors", "bytes")
            }

    return Prepared(measured.facts, rounds())


RATIOS: Mapping[str, Ratio] = {
    "MNIST in windows / float32": Ratio("a proven step of MNIST to torch's", _TIME),
    "kaizen-lenet / float32": Ratio("a proven step of Kaizen's LeNet to torch's", _TIME),
    "transformer-small / float32": Ratio("a proven step of a small transformer to torch's", _TIME),
    "MNIST in windows / without": Ratio("a step of MNIST in windows of 8 to one without", _TIME),
    "step of a link of 64 / one step": Ratio("a step of 64 in a link to one alone", _TIME),
    "all threads / one thread": Ratio("a link on all threads to one on one", _TIME),
    "hiding / clear, links": Ratio("hiding to clear, proving the links", _TIME),
    "hiding / clear, processors": Ratio("hiding to clear, processor time", _TIME),
    "hiding / clear, bytes": Ratio("hiding to clear, proof", _SIZE),
    "verifying / proving": Ratio("verifying to proving", _TIME),
    "128-64-10, proof of one step": Ratio("128-64-10, one step, proof", _SIZE, markdown.size),
    "128-64-10, proof of 64 steps": Ratio("128-64-10, 64 steps, proof", _SIZE, markdown.size),
    "MNIST in windows, proof": Ratio("MNIST in windows, 64 steps, proof", _SIZE, markdown.size),
    "kaizen-lenet, proof": Ratio("Kaizen's LeNet, 8 steps, proof", _SIZE, markdown.size),
    "transformer-small, proof": Ratio("small transformer, 8 steps, proof", _SIZE, markdown.size),
    "128-64-10, peak memory": Ratio("128-64-10, 64 steps, memory", _MEMORY, markdown.size),
    "MNIST in windows, peak memory": Ratio("MNIST in windows, memory", _MEMORY, markdown.size),
    "kaizen-lenet, peak memory": Ratio("Kaizen's LeNet, memory", _MEMORY, markdown.size),
    "transformer-small, peak memory": Ratio("small transformer, memory", _MEMORY, markdown.size),
}


def _cases(quick: bool) -> Sequence[Case]:
    cases = [
        Case("128-64-10", _measure_small),
        Case("transformer-small", _against_float32("transformer-small", 4)),
        Case("digits, hiding and clear", _measure_hiding),
        Case("MNIST", _measure_mnist),
        Case("kaizen-lenet", _against_float32("kaizen-lenet", 4)),
    ]
    return cases[1:2] if quick else cases


def medians(record: Record) -> dict[str, float]:
    """The ratios of a record, in the order of `RATIOS`.

    Raises:
        ValueError: One of them is not held.
    """
    found = {
        name: median(case.values(name))
        for case in record.cases.values()
        for name in case.rounds[0].values
    }
    if unknown := found.keys() - RATIOS.keys():
        raise ValueError(f"no tolerance is said for {', '.join(sorted(unknown))}")
    return {name: found[name] for name in RATIOS if name in found}


def _document(record: Record) -> str:
    found = medians(record)
    rows = [
        [RATIOS[name].title, _spread(record, name), f"{RATIOS[name].tolerance:.2f}"]
        for name in found
    ]
    return "\n\n".join(
        [
            markdown.conditions(record),
            "`make bench-check` measures these again, in three minutes, and fails if one is more "
            "than so many times what it was. Ratios compare two things that are measured in the "
            "same minute, so they hardly depend on the machine's speed, but they do on what "
            "processor it is; sizes repeat themselves nearly exactly. All are better the smaller "
            "they are.",
            markdown.table(["", "recorded", "may grow by"], rows),
        ]
    )


def _spread(record: Record, name: str) -> str:
    case: Measured = next(c for c in record.cases.values() if name in c.rounds[0].values)
    show = RATIOS[name].show
    values = case.values(name)
    if len(values) == 1 or show(min(values)) == show(max(values)):
        return show(median(values))
    return f"{show(median(values))} ({show(min(values))} to {show(max(values))})"


SECTION = Section("ratios", "What must not get worse", _cases, _document)

"""Windows of steps: what is saved by proving several steps as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benches import markdown, programs
from benches.record import Measured, Record
from benches.runs import Run
from benches.section import Case, Prepared, Section, repeated
from benches.sources import Catalogued


@dataclass(frozen=True)
class _Work:
    """A run of a catalogued model.

    Attributes:
        model: its name in the catalogue.
        window: steps proven together.
        steps: of the run.
        link_steps: of its longest link.
        rows: that are committed to; by default those that are read.
        times: rounds.
    """

    model: str
    window: int
    steps: int
    link_steps: int
    rows: int | None = None
    times: int = 1

    @property
    def name(self) -> str:
        return f"{self.model}, windows of {self.window}, {self.steps} steps"


_WORKS = (
    _Work("mlp", 1, 128, 64, times=3),
    _Work("mlp", 8, 64, 64, times=3),
    _Work("mlp", 8, 256, 256, times=2),
    _Work("mlp", 8, 512, 64),
    # An epoch, filled up to 944 steps.
    _Work("mlp", 8, 937, 256, rows=60_000),
    _Work("kaizen-lenet", 1, 32, 16),
    _Work("kaizen-lenet", 4, 64, 16),
    _Work("deep", 1, 3, 1),
    _Work("deep", 8, 16, 8),
    _Work("kaizen-vgg-11", 1, 2, 1),
    _Work("kaizen-vgg-11", 8, 16, 8),
)
_QUICK = (_Work("mlp", 1, 16, 8), _Work("mlp", 8, 16, 8))
# What others publish of the same shapes (docs/comparison.md).
_NEXT_TO = {
    "kaizen-lenet": "612 s a step by Kaizen's own code on this kind of machine",
    "deep": "zkDL on an A100: 47 s a step alone, 0.86 s among 1,024",
    "kaizen-vgg-11": "882 s on 8 cores in Kaizen's paper",
}


def _cases(quick: bool) -> Sequence[Case]:
    return [_case(work) for work in (_QUICK if quick else _WORKS)]


def _case(work: _Work) -> Case:
    def prepare(folder: Path) -> Prepared:
        source = Catalogued(work.model)
        facts = programs.build(source, folder, work.steps, rows=work.rows, window=work.window)
        facts |= {"model": work.model, "title": source.title, "link_steps": work.link_steps}
        run = Run(folder, work.steps, work.link_steps)
        return Prepared(facts, repeated(lambda: run.prove() | run.verify()))

    return Case(work.name, prepare, work.times)


def _document(record: Record) -> str:
    cases = list(record.cases.values())
    rows = []
    for case in cases:
        steps = case.median("steps")
        rows.append(
            [
                f"{case.facts['title']}, B = {case.facts['batch']}",
                "none" if case.facts["window"] == 1 else str(case.facts["window"]),
                f"{steps:.0f}, {case.facts['link_steps']}",
                markdown.spread(case.values("step")),
                markdown.seconds(case.median("import") / steps),
                markdown.seconds(case.median("seconds") / steps),
                markdown.size(case.median("peak_bytes")),
                markdown.size(case.median("proof_bytes") / steps),
                markdown.seconds(case.median("verify")),
            ]
        )
    head = ["work", "window", "steps, a link", "a step", "import", "all in", "peak memory"]
    return "\n\n".join(
        [
            markdown.conditions(record),
            "Programs compiled with `--window`, and the same models without; zero knowledge on. "
            '"A step" is exact training and proving of the links after the first, which also '
            "touches all memory for the first time, divided by their steps (of the first, where a "
            'run has only one); "import" are the links that import the data, and "all in" is '
            "the whole run by its own clock with reading the data, import and seal, both divided "
            "by the steps. The proof is that of the whole run, divided by its steps.",
            markdown.table([*head, "proof, a step", "verified in"], rows),
            *_gains(cases),
        ]
    )


def _gains(cases: Sequence[Measured]) -> list[str]:
    """How much longer a step takes without windows, and what others publish."""
    lines = []
    for model in dict.fromkeys(str(case.facts["model"]) for case in cases):
        own = [case for case in cases if case.facts["model"] == model]
        alone = next((case for case in own if case.facts["window"] == 1), None)
        windowed = [case for case in own if case.facts["window"] != 1]
        if alone is None or not windowed:
            continue
        # Links as long as those without windows, of the run that has most of them.
        length = alone.number("link_steps")
        near = min(abs(case.number("link_steps") - length) for case in windowed)
        like = [c for c in windowed if abs(c.number("link_steps") - length) == near]
        other = max(like, key=lambda case: case.median("steps"))
        gain = markdown.number(alone.median("step") / other.median("step"), 2)
        beside = f" ({_NEXT_TO[model]})" if model in _NEXT_TO else ""
        lines.append(
            f"- {alone.facts['title']}: a step takes {gain} times as long one by one as in windows "
            f"of {other.facts['window']}{beside}."
        )
    return ["\n".join(lines)] if lines else []


SECTION = Section("windows", "Windows of steps", _cases, _document)

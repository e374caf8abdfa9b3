"""Every model: a proven step next to a step of torch in float32, and the phases of a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benches import markdown, programs
from benches.float32_step import THREADS, float32_step
from benches.record import Measured, Record, Values
from benches.runs import Run
from benches.section import Case, Prepared, Section, repeated
from benches.sources import SMALL, Catalogued
from models.catalogue import MODELS
from zkpot.pipeline.costing.quantities import PHASES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Networks of dense layers alone, and what was asked of them.
_DENSE = ("logistic-regression", "mlp", "deep")
_TARGET = 100
_LINKS = 2
# Below this share of a link a phase is drawn with others.
_LEAST_SHARE = 0.04


def _cases(quick: bool) -> Sequence[Case]:
    if quick:
        return [case("mlp-small", 1, 4)]
    found = []
    for model in MODELS:
        found.append(case(model.name, model.window, max(model.window, model.full.link_steps)))
    return found


def case(name: str, window: int, link_steps: int, times: int = 1) -> Case:
    """Two links of a model, and torch's step before and after them."""

    def prepare(folder: Path) -> Prepared:
        source = Catalogued(name)
        steps = _LINKS * link_steps
        facts = programs.build(source, folder, steps, window=window)
        facts |= {"model": name, "title": source.title, "link_steps": link_steps}
        run = Run(folder, steps, link_steps, threads=THREADS)

        def measure() -> Values:
            before = float32_step(source)
            values = run.prove()
            return values | {"float32/before": before, "float32/after": float32_step(source)}

        return Prepared(facts, repeated(measure))

    return Case(name, prepare, times)


def float32(measured: Measured) -> float:
    """Seconds of torch's step: the mean of before and after, the median over rounds."""
    return (measured.median("float32/before") + measured.median("float32/after")) / 2


def _document(record: Record) -> str:
    rows = []
    for case in record.cases.values():
        step, torch = case.median("step"), float32(case)
        rows.append(
            [
                str(case.facts["title"]),
                f"{case.number('parameters'):,.0f}",
                str(case.facts["batch"]),
                "none" if case.facts["window"] == 1 else str(case.facts["window"]),
                str(case.facts["link_steps"]),
                markdown.seconds(torch),
                markdown.seconds(step),
                f"{markdown.number(step / torch)}",
                markdown.size(case.median("peak_bytes")),
            ]
        )
    head = ["model", "parameters", "batch", "window", "steps a link", "float32", "proven", "ratio"]
    return "\n\n".join(
        [
            markdown.conditions(record),
            f"A step of torch in float32 and a proven step of the same model, on the same machine "
            f"in the same minutes, both with {THREADS} threads. Torch's is the median of steps of "
            "about a second, before and after the proof: rows taken from the dataset, forward, "
            "backward, update. The proven step is exact training and proving of the second of two "
            "links, divided by its steps, zero knowledge on; import and seal are left out.",
            markdown.table([*head, "peak memory"], rows),
            *_dense(record),
            "![A proven step to a step of torch](images/benchmarks/float32.svg)",
            "## Phases of a link",
            "Of the same runs: what the second training link spends its time on. Phases that take "
            f"less than {_LEAST_SHARE:.0%} of every link are drawn together.",
            "![Phases of a link](images/benchmarks/phases.svg)",
            _phase_table(record),
        ]
    )


def _dense(record: Record) -> list[str]:
    dense = {n: c for n, c in record.cases.items() if n.removesuffix(SMALL) in _DENSE}
    if not dense:
        return []
    ratios = {c.facts["title"]: c.median("step") / float32(c) for c in dense.values()}
    above = [f"{title}: {markdown.number(r)}" for title, r in ratios.items() if r > _TARGET]
    asked = f"Asked is at most {_TARGET} times torch's step for dense networks: "
    return [asked + ("met by all of them." if not above else f"**not met** by {'; '.join(above)}.")]


def _shares(case: Measured) -> dict[str, float]:
    """Share of each phase in the link."""
    values = case.rounds[-1].values
    phases = {n.partition("/")[2]: v for n, v in values.items() if n.startswith("phase/")}
    whole = sum(phases.values())
    return {name: value / whole for name, value in phases.items()}


def _shown(record: Record) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Shares by model and phase, and the phases that are shown, in the prover's order."""
    shares = {str(c.facts["title"]): _shares(c) for c in record.cases.values()}
    kept = {
        name: title
        for name, title in PHASES.items()
        if any(found.get(name, 0.0) >= _LEAST_SHARE for found in shares.values())
    }
    rest = {
        model: {n: v for n, v in found.items() if n in kept}
        | {"rest": sum(v for n, v in found.items() if n not in kept)}
        for model, found in shares.items()
    }
    return rest, kept | {"rest": "the rest"}


def _phase_table(record: Record) -> str:
    shares, shown = _shown(record)
    links = {str(c.facts["title"]): c.median("link") for c in record.cases.values()}
    rows = [
        [model, markdown.seconds(links[model]), *(f"{found.get(n, 0.0):.0%}" for n in shown)]
        for model, found in shares.items()
    ]
    return markdown.table(["model", "link", *shown.values()], rows)


def _plots(record: Record) -> Mapping[str, Figure]:
    from benches import drawing

    cases = list(record.cases.values())
    height = 1.0 + 0.3 * len(cases)
    ratios, (axes,) = drawing.figure(width=7.5, height=height)
    names = [str(case.facts["title"]) for case in cases]
    axes.barh(names, [c.median("step") / float32(c) for c in cases], color=drawing.COLOURS[0])
    axes.axvline(_TARGET, color=drawing.COLOURS[5], linewidth=1, linestyle="--")
    axes.set_xscale("log")
    drawing.plain_numbers(axes.xaxis)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"times a step of torch in float32; asked of dense networks: {_TARGET}")
    shares, shown = _shown(record)
    phases, (axes,) = drawing.figure(width=9.5, height=height + 0.6)
    drawing.stacked(axes, shares, shown, "share of the link")
    return {"float32": ratios, "phases": phases}


SECTION = Section("models", "Against float32", _cases, _document, _plots)

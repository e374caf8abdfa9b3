"""What `zkpot inspect` predicts next to what was measured; `make costs` records it."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING

from benches import markdown
from benches.record import Measured, Record
from benches.section import Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "predictions"
#: What is predicted, with a title and the unit it is drawn in.
MEASURES = {
    "seconds": ("time", "s", 1.0),
    "processor": ("processor time", "s", 1.0),
    "memory": ("memory", "MB", 1e6),
    "proof": ("proof", "MB", 1e6),
}
_WITHIN = 1.25


def ratio(case: Measured, what: str) -> float:
    """Predicted by measured."""
    return case.median(f"predicted/{what}") / case.median(f"measured/{what}")


def _document(record: Record) -> str:
    rows = []
    for name, case in record.cases.items():
        memory, time = case.median("measured/memory"), case.median("measured/seconds")
        rows.append(
            [
                name + ("" if case.facts["fitted"] else " *"),
                f"{case.rounds[0].load:.1f}",
                f"{case.number('elements'):,.0f}",
                f"2^{case.facts['variables']}",
                f"{markdown.seconds(time)}, {ratio(case, 'seconds'):.2f}",
                f"{ratio(case, 'processor'):.2f}",
                f"{markdown.size(memory)}, {ratio(case, 'memory'):.2f}",
                f"{memory / case.number('elements'):,.0f} B",
                f"{ratio(case, 'proof'):.2f}",
            ]
        )
    head = ["link", "load", "elements", "table", "time", "processor time", "memory", "an element"]
    return "\n\n".join(
        [
            markdown.conditions(record),
            "A training link in a process of its own; of a model at its small size where the "
            f"name says so. Ratios are predicted by measured. {_fitted_to(record)} The load is how "
            "many processes wanted a processor: where it is above the number of them, seconds say "
            "little, and processor time says more.",
            "\n".join(_fit(record, what) for what in MEASURES),
            "![Predicted against measured](images/benchmarks/predictions.svg)",
            "<details><summary>All links</summary>",
            markdown.table([*head, "proof"], rows),
            "</details>",
        ]
    )


def _fitted_to(record: Record) -> str:
    """Which links prices were fitted to."""
    if not all(case.facts["fitted"] for case in record.cases.values()):
        return "Prices were fitted to the links without a star, not to the large ones."
    return "Prices were fitted to these same links: the large ones of `make costs` were left out."


def _fit(record: Record, what: str) -> str:
    ratios = [ratio(case, what) for case in record.cases.values()]
    within = sum(1 / _WITHIN <= found <= _WITHIN for found in ratios)
    return (
        f"- {MEASURES[what][0]}: within 25 % for {within} of {len(ratios)}, "
        f"{min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}"
    )


def _plots(record: Record) -> Mapping[str, Figure]:
    from benches import drawing

    picture, panels = drawing.figure(len(MEASURES), width=2.9, height=2.9)
    for axes, (what, (title, unit, scale)) in zip(panels, MEASURES.items(), strict=True):
        for fitted, colour in ((1, drawing.COLOURS[0]), (0, drawing.COLOURS[1])):
            cases = [c for c in record.cases.values() if bool(c.facts["fitted"]) == bool(fitted)]
            measured = [c.median(f"measured/{what}") / scale for c in cases]
            predicted = [c.median(f"predicted/{what}") / scale for c in cases]
            label = "fitted to" if fitted else "not fitted to"
            axes.loglog(measured, predicted, "o", markersize=3, color=colour, label=label)
        ends = axes.get_xlim()
        axes.plot(ends, ends, color="#999999", linewidth=0.8)
        axes.set_xlabel(f"measured {title}, {unit}")
        axes.set_ylabel(f"predicted, {unit}")
        drawing.plain_numbers(axes.xaxis, axes.yaxis)
    panels[0].legend(fontsize=7, frameon=False)
    return {"predictions": picture}


SECTION = Section(NAME, "Predicted and measured", None, _document, _plots)

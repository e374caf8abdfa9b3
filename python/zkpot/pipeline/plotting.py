"""Pictures of reports; needs the extra `plot`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from zkpot.errors import InputError, MissingExtra
from zkpot.pipeline.costing.breakdown import Breakdown, Entry

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zkpot.program.precision import PrecisionReport

# More bars than this are no picture any more; the worst are kept.
_MOST = 60
# Below this share of the whole a box is a line.
_NARROWEST = 0.0005
# A letter takes about this share of the picture's width, and a box's label less than the box.
_LETTER = 0.0052


def plot_precision(report: PrecisionReport, path: Path) -> None:
    """Draw the good bits of each tensor as a bar, worst at the top.

    Raises:
        MissingExtra: matplotlib is not installed.
        InputError: the file cannot be written, or its kind is unknown.
    """
    noisy = [(t.name, t.correct_bits) for t in report.tensors if t.correct_bits is not None]
    noisy = noisy[:_MOST]
    figure, axes = _figure(8, 1.2 + 0.22 * len(noisy))
    axes.barh([name for name, _ in noisy], [max(0.0, bits) for _, bits in noisy])
    axes.invert_yaxis()
    axes.set_xlabel(f"binary places above the noise, {report.steps} steps")
    axes.tick_params(axis="y", labelsize=7)
    _save(figure, path)


def plot_breakdown(found: Breakdown, title: str, path: Path) -> None:
    """Draw what time is for as an icicle: the run on top, below it links, phases, layers, tensors.

    A box is as wide as what it stands for takes, and its parts hang below it.

    Raises:
        MissingExtra: matplotlib is not installed.
        InputError: the file cannot be written, or its kind is unknown.
    """
    from zkpot.pipeline.costing.quantities import PHASES

    figure, axes = _figure(14, 5.5)
    boxes = list(_boxes(found, title, PHASES))
    colours = ["#d9d9d9", "#b3cde3", "#fdcdac", "#ccebc5", "#fff2ae"]
    for depth, left, width, label in boxes:
        colour = colours[depth]
        axes.broken_barh(
            [(left, width)], (-depth - 1, 0.96), facecolor=colour, edgecolor="white", linewidth=0.4
        )
        letters = int(width / _LETTER) - 1
        if letters >= 3:
            shown = label if len(label) <= letters else label[: letters - 1] + "…"
            axes.text(left + width / 2, -depth - 0.52, shown, ha="center", va="center", fontsize=7)
    axes.set_xlim(0, 1)
    axes.set_ylim(-5, 0)
    axes.set_axis_off()
    _save(figure, path)


def _boxes(
    found: Breakdown, title: str, phases: dict[str, str]
) -> Iterator[tuple[int, float, float, str]]:
    """Depth, left edge, width and label of each box; edges and widths are shares of the whole."""
    whole = sum(entry.seconds for entry in found.entries) or 1.0
    yield 0, 0.0, 1.0, f"{title}: {_seconds(whole)}"

    def path(entry: Entry) -> tuple[str, ...]:
        place = entry.place
        return (
            {"training": "training link"}.get(entry.link, entry.link),
            phases[entry.phase],
            f"{place.part}: {place.layer}",
            place.tensor,
        )

    tree = sorted(
        ((path(entry), entry.seconds / whole) for entry in found.entries),
        key=lambda leaf: _rank(leaf[0], found, phases),
    )
    for depth in range(1, 5):
        left = 0.0
        open_box: tuple[tuple[str, ...], float, float] | None = None
        for names, width in tree:
            key = names[:depth]
            if open_box is not None and open_box[0] == key:
                open_box = (key, open_box[1], open_box[2] + width)
            else:
                if open_box is not None and open_box[2] >= _NARROWEST:
                    yield depth, open_box[1], open_box[2], _label(open_box, whole)
                open_box = (key, left, width)
            left += width
        if open_box is not None and open_box[2] >= _NARROWEST:
            yield depth, open_box[1], open_box[2], _label(open_box, whole)


def _rank(
    names: tuple[str, ...], found: Breakdown, phases: dict[str, str]
) -> tuple[int, int, str, str]:
    """Links and phases in their order, layers and tensors by name."""
    links = [{"training": "training link"}.get(link, link) for link in found.links()]
    titles = list(phases.values())
    return links.index(names[0]), titles.index(names[1]), names[2], names[3]


def _label(box: tuple[tuple[str, ...], float, float], whole: float) -> str:
    names, _, width = box
    return f"{names[-1]} {_seconds(width * whole)}"


def _seconds(value: float) -> str:
    return f"{value:.3g} s" if value >= 0.1 else f"{1000 * value:.2g} ms"


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("drawing needs matplotlib: install zkpot[plot]") from error
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _save(figure: Figure, path: Path) -> None:
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the picture cannot be written ({error})") from error

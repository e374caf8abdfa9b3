"""Pictures that are the same bytes whenever they are drawn from the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

#: Colours that people tell apart whatever their eyes (Okabe and Ito 2008).
COLOURS = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"),
    *("#332288", "#44aa99", "#882255", "#117733", "#ddcc77"),
)
_STYLE: Any = {
    "svg.hashsalt": "zkpot",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "legend.frameon": False,
}


def figure(panels: int = 1, width: float = 4.6, height: float = 3.4) -> tuple[Figure, list[Axes]]:
    """A picture with panels side by side."""
    with matplotlib.rc_context(_STYLE):
        drawn = Figure(figsize=(width * panels, height), layout="constrained")
        return drawn, [drawn.add_subplot(1, panels, place + 1) for place in range(panels)]


def svg(drawn: Figure) -> bytes:
    """The picture as a file, without the date and the version of what drew it."""
    content = BytesIO()
    with matplotlib.rc_context(_STYLE):
        drawn.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    lines = content.getvalue().decode().splitlines()
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode()


def logarithmic(
    axes: Axes,
    series: Mapping[str, Sequence[tuple[float, float]]],
    across: str,
    up: str,
    *,
    legend: bool = False,
) -> None:
    """Lines through points on two logarithmic axes."""
    for (name, points), colour in zip(series.items(), COLOURS, strict=False):
        xs, ys = zip(*points, strict=True)
        axes.loglog(xs, ys, marker="o", markersize=4, linewidth=1.2, color=colour, label=name)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    plain_numbers(axes.xaxis, axes.yaxis)
    if legend and len(series) > 1:
        axes.legend(frameon=False)


def plain_numbers(*logarithmic_axes: Axis) -> None:
    """Ticks at 1, 2 and 5 times powers of ten, written without exponents."""
    for axis in logarithmic_axes:
        low, high = axis.get_view_interval()
        # Over many powers of ten there is no room for more.
        subs = (1.0,) if high > 100 * low else (1.0, 2.0, 5.0)
        axis.set_major_locator(LogLocator(subs=subs, numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
        axis.set_minor_formatter(NullFormatter())


def stacked(
    axes: Axes, bars: Mapping[str, Mapping[str, float]], parts: Mapping[str, str], across: str
) -> None:
    """Horizontal bars of the same parts, the first bar on top.

    Args:
        axes: where.
        bars: value of each part, by the bar's name and the part's.
        parts: the parts in their order, with what the legend calls them.
        across: what the values are.
    """
    names = list(bars)
    left = [0.0] * len(names)
    for (part, title), colour in zip(parts.items(), COLOURS, strict=False):
        widths = [bars[name].get(part, 0.0) for name in names]
        options: dict[str, Any] = {"left": left, "color": colour, "label": title}
        axes.barh(names, widths, height=0.7, **options)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel(across)
    axes.grid(visible=False, axis="y")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, frameon=False)

"""Pictures of reports; needs the extra `plot`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zkpot.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from zkpot.program.precision import PrecisionReport

# More bars than this are no picture any more; the worst are kept.
_MOST = 60


def plot_precision(report: PrecisionReport, path: Path) -> None:
    """Draw the good bits of each tensor as a bar, worst at the top.

    Raises:
        MissingExtra: matplotlib is not installed.
        InputError: the file cannot be written, or its kind is unknown.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("drawing needs matplotlib: install zkpot[plot]") from error
    noisy = [(t.name, t.correct_bits) for t in report.tensors if t.correct_bits is not None]
    noisy = noisy[:_MOST]
    figure = Figure(figsize=(8, 1.2 + 0.22 * len(noisy)), layout="constrained")
    axes = figure.add_subplot()
    axes.barh([name for name, _ in noisy], [max(0.0, bits) for _, bits in noisy])
    axes.invert_yaxis()
    axes.set_xlabel(f"binary places above the noise, {report.steps} steps")
    axes.tick_params(axis="y", labelsize=7)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the picture cannot be written ({error})") from error

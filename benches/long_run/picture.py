"""A long run as a picture: memory, proven steps and disk over time, with the kills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from benches.drawing import COLOURS, svg

_GB, _MB = 1e9, 1e6
_BLUE, _RED = COLOURS[0], COLOURS[5]


def draw(run: Mapping[str, Any]) -> bytes:
    """The picture as SVG; the same run gives the same bytes."""
    samples = run["samples"]
    unit, name = (60.0, "minutes") if run["seconds"] > 300 else (1.0, "seconds")
    time = [sample["second"] / unit for sample in samples]
    figure = Figure(figsize=(9, 7), layout="constrained")
    memory, steps, disk = figure.subplots(3, sharex=True)
    peaks = [sample["memory_bytes"] / _GB for sample in samples]
    means = [sample["memory_mean_bytes"] / _GB for sample in samples]
    memory.fill_between(time, peaks, color=_BLUE, alpha=0.3, label="maximum", linewidth=0)
    memory.plot(time, means, color=_BLUE, linewidth=0.8, label="mean")
    memory.set_ylabel("resident memory, GB")
    memory.set_ylim(0, 1.15 * max(peaks))
    memory.legend(loc="lower right", fontsize=7)
    steps.plot([s / unit for s, _ in run["progress"]], [n for _, n in run["progress"]])
    steps.set_ylabel("proven steps")
    steps.set_ylim(bottom=0)
    for key, label in (("public", "links"), ("secret", "openings"), ("journal", "journal")):
        sizes = [max(sample[f"{key}_bytes"], 1) / _MB for sample in samples]
        disk.plot(time, sizes, label=label)
    disk.set_ylabel("on the disk, MB")
    disk.set_yscale("log")
    disk.set_ylim(bottom=0.001)
    disk.legend(loc="lower right", fontsize=7)
    disk.set_xlabel(f"{name} since the run began")
    for number, kill in enumerate(run["kills"], 1):
        moment = kill["second"] / unit
        for axes in (memory, steps, disk):
            axes.axvline(moment, color=_RED, linestyle="--", linewidth=0.8)
        place, top = (moment, memory.get_ylim()[1]), {"ha": "right", "va": "top"}
        memory.annotate(f"kill {number} ", place, rotation=90, fontsize=7, color=_RED, **top)
    return svg(figure)

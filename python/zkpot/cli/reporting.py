"""What commands print."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zkpot.artifacts.receipt import Receipt
from zkpot.errors import ZkpotError
from zkpot.progress import Lines, Progress, default_progress

# What a shell reports for a program that Ctrl-C ended.
INTERRUPTED = 130


def show(as_json: bool, value: dict[str, Any], text: str) -> None:
    """Prints a result: one JSON object, or what people read."""
    click.echo(json.dumps(value, default=list) if as_json else text)


def reporter(silent: bool) -> Progress:
    """Bars on a terminal, lines elsewhere, or nothing."""
    if silent:
        return Progress()
    return default_progress() if sys.stderr.isatty() else Lines()


def quality(receipt: Receipt) -> str:
    """What an evaluation proves, on lines of its own."""
    text = ""
    if receipt.accuracy is not None:
        correct, all_places = receipt.outputs["correct"], receipt.output_terms["correct"].summands
        text += f"\naccuracy         {receipt.accuracy:.2%} ({correct} of {all_places})"
    if receipt.loss is not None:
        error = f" within {receipt.loss_error:.1g}" if receipt.loss_error else ""
        text += f"\nloss             {receipt.loss:.6f}{error}"
    return text


def number(value: float | None) -> str:
    """A loss, which nobody may know."""
    return "?" if value is None else f"{value:.4f}"


def curve(values: Sequence[float], width: int = 40) -> str:
    """Values as a row of small bars."""
    marks = "▁▂▃▄▅▆▇█"
    count = min(width, len(values))
    means = [
        sum(part) / len(part)
        for i in range(count)
        if (part := values[len(values) * i // count : len(values) * (i + 1) // count])
    ]
    low, high = min(means, default=0.0), max(means, default=0.0)
    span = (high - low) or 1.0
    return "".join(marks[int((mean - low) / span * (len(marks) - 1))] for mean in means)


def test_srs_note(test: bool) -> str:
    """What stands behind whatever depends on an SRS."""
    return "  (TEST: whoever made it can forge proofs; for local use only)" if test else ""


class Stopped(ZkpotError):
    """Ctrl-C ended a run that can be continued."""

    exit_code = INTERRUPTED

    def __init__(self, directory: Path) -> None:
        from zkpot.artifacts.run_directory import RunDirectory

        last = RunDirectory(directory).journal.last
        steps = last.steps if last else 0
        super().__init__(
            f"stopped; {steps} steps are proven in {directory}; run the same command to go on"
        )

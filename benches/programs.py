"""Compiles programs, each in a process of its own, and keeps them in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import zkpot
from benches.child import in_child
from benches.commands import ROOT
from benches.conditions import commit
from benches.record import Facts
from benches.sources import Catalogued, Source
from zkpot.artifacts.program import SUFFIX

WINDOW = "-window"
STEP, PROGRAM, ROWS = "step.onnx", f"step{SUFFIX}", "rows.npz"

# Steps of the float run that ranges come from, where costs are fitted: they hardly depend on more.
_CALIBRATED = 40
# Rows that are kept there: what a link of the catalogue reads.
_LONGEST = 64
# A float run of larger networks takes a second a step.
_LARGE = 1_000_000
_CALIBRATED_LARGE = 16
# Programs of the models as this commit compiles them: several sections measure the same.
_KEPT = ROOT / "target" / "bench-programs"


def build(
    source: Source, folder: Path, steps: int, *, rows: int | None = None, window: int = 1
) -> Facts:
    """Export a step, compile it and write rows.

    Args:
        source: model and data.
        folder: for the step, the program and the rows.
        steps: that will be trained; ranges come from a float run of as many steps, or fewer where
            the network is large.
        rows: that are written; by default those that the steps read.
        window: steps that are proven together.
    """
    return in_child(_build, source, folder, steps, rows=rows, window=window)


def _build(source: Source, folder: Path, steps: int, *, rows: int | None, window: int) -> Facts:
    folder.mkdir(parents=True, exist_ok=True)
    model, loss, optimizer, example = source.training()
    parameters = sum(p.numel() for p in model.parameters())
    batch = len(example[0])
    data = source.rows(rows or batch * steps)
    np.savez(folder / ROWS, allow_pickle=False, **data)
    calibrated = min(steps, _CALIBRATED_LARGE) if parameters > _LARGE else steps
    kept = _kept(f"{source.name}-{batch}-{window}-{calibrated}") if parameters > _LARGE else None
    if kept is not None and kept.exists():
        shutil.copytree(kept, folder, dirs_exist_ok=True)
    else:
        step = zkpot.export_step(model, loss, optimizer, example)
        step.save(folder / STEP)
        read = {name: values[: batch * calibrated] for name, values in data.items()}
        options = {"window": window} if window > 1 else {}
        written = zkpot.compile(step, read, **options).write(folder / PROGRAM)
        if kept is not None:
            _keep([folder / STEP, *written], kept)
    return {"parameters": parameters, "batch": batch, "window": window, "rows": len(data["y"])}


def _kept(name: str) -> Path | None:
    """Where a program is kept; nowhere where sources differ from what is committed."""
    at = commit()
    return None if at.endswith("dirty") else _KEPT / at / name


def _keep(files: Sequence[Path], kept: Path) -> None:
    """Copy files that were compiled, and forget those of other commits."""
    for other in _KEPT.glob("*"):
        if other != kept.parent:
            shutil.rmtree(other)
    new = kept.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for file in files:
        shutil.copy(file, new)
    new.replace(kept)


def prepare(name: str, folder: Path) -> Path:
    """A program that costs are fitted to, in a folder of its own, unless it is there.

    Args:
        name: of a model of the catalogue, which may end in `-small` and in `-window`.
        folder: for all such programs.
    """
    own = folder / name
    if not (own / PROGRAM).exists():
        source = Catalogued(name.removesuffix(WINDOW))
        batch = len(source.training()[3][0])
        steps = min(source.size.steps, _CALIBRATED)
        window = 8 if name.endswith(WINDOW) else 1
        build(source, own, steps, rows=_LONGEST * batch, window=window)
    return own

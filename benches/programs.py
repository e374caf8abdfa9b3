"""Programs of models/ with rows to prove them on, kept in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import zkpot
from models.catalogue import MODELS, Size
from zkpot.artifacts.program import SUFFIX
from zkpot.data.rows import shape_rows
from zkpot.step.source import load_source

# Steps of the float run that ranges come from: the cost of a link hardly depends on more.
_CALIBRATED = 40
# Rows that are kept: what a link of the catalogue reads.
_LONGEST = 64
SMALL, WINDOW = "-small", "-window"


def names() -> list[str]:
    """All programs: each model at both sizes, and one that is compiled in windows."""
    both = [name for model in MODELS for name in (model.name + SMALL, model.name)]
    return [*both, "mlp" + WINDOW]


def size_of(name: str) -> Size:
    """The model and size behind a name."""
    for model in MODELS:
        if name in (model.name, model.name + WINDOW):
            return model.full
        if name == model.name + SMALL:
            return model.small
    raise KeyError(name)


def prepare(name: str, folder: Path) -> Path:
    """Compiles a program into its own folder, `step.zkprog` with `rows.npz`, unless it is there."""
    own = folder / name
    if (own / f"step{SUFFIX}").exists():
        return own
    own.mkdir(parents=True, exist_ok=True)
    size = size_of(name)
    window = 8 if name.endswith(WINDOW) else 1
    model, loss, optimizer, example = load_source(size.source)
    step = zkpot.export_step(model, loss, optimizer, example)
    batch = len(example[0])
    shapes = {"x": tuple(example[0].shape[1:]), "y": tuple(example[1].shape[1:])}
    rows = {n: shape_rows(v, shapes[n]) for n, v in size.data().train.items()}
    steps = min(size.steps, _CALIBRATED)
    calibrated = {n: v[: steps * batch] for n, v in rows.items() if v is not None}
    program = zkpot.compile(step, calibrated, **({"window": window} if window > 1 else {}))
    # Small datasets repeat themselves.
    places = np.arange(_LONGEST * batch)
    kept = {n: v[places % len(v)] for n, v in rows.items() if v is not None}
    np.savez(own / "rows.npz", **kept)
    program.write(own / f"step{SUFFIX}")
    return own

"""Every model at full size, trained in both arithmetics and, where it pays, in windows.

    python -m benches.models [--only steps|windows] [NAME ...]

trains the named models (or all), keeps what it found in docs/models.json and writes docs/models.md
from it; with `--only` it leaves the other figures of a model as they were. Models that the compiler
refuses are listed with the reasons.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import torch

import zkpot
from benches import float32, model_table
from models.catalogue import MODELS, Model, Size
from models.data import Fields
from models.refusals import reasons
from zkpot.data.rows import shape_rows
from zkpot.errors import InputError
from zkpot.pipeline.integers import initial_integers, parameters
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.training import train
from zkpot.step.source import load_source

_NONCE_SEED = 1


def main() -> None:
    """Measure, and write what was found after each model."""
    known = {model.name: model for model in MODELS}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--only", choices=("steps", "windows"), help="some of the figures")
    arguments = parser.parse_args()
    names = arguments.names or list(known)
    for name in names:
        if name not in known:
            parser.error(f"no model '{name}'; there are {', '.join(known)}")
    for name in names:
        print(f"{name} ...", flush=True)
        before = model_table.read().get(name, {}) if arguments.only else {}
        found = before | measure(known[name], arguments.only)
        model_table.keep(name, found)
        print(f"{name}: {found}", flush=True)


def measure(model: Model, only: str | None = None) -> dict[str, Any]:
    """Figures of a model at full size, or why the compiler refuses it."""
    size = model.full
    torch_model, loss, optimizer, example = load_source(size.source)
    parameters = list(torch_model.parameters())
    started = time.monotonic()
    step = zkpot.export_step(torch_model, loss, optimizer, example)
    nodes = [node.op_type for node in step.model.graph.node]
    found: dict[str, Any] = {
        "parameters": sum(p.numel() for p in parameters),
        "trained": sum(p.numel() for p in parameters if p.requires_grad),
        "batch": len(example[0]),
        "nodes": len(nodes),
        "operators": sorted(set(nodes)),
        "export_seconds": time.monotonic() - started,
    }
    data = size.data()
    shapes = {"x": tuple(example[0].shape[1:]), "y": tuple(example[1].shape[1:])}
    halves = [_shaped(half, shapes) for half in data]
    # As many rows as the schedule reads: large networks take a second a step of calibration.
    read = size.steps * len(example[0])
    calibrating = {n: values[:read] for n, values in halves[0].items()}
    try:
        if only != "windows":
            started = time.monotonic()
            program = zkpot.compile(step, calibrating)
            found["compile_seconds"] = time.monotonic() - started
            found |= _train(size, step, program, *halves)
        if only != "steps" and model.window > 1:
            program = zkpot.compile(step, calibrating, window=model.window)
            found |= {"window": model.window, "windows": _exact(size, program, *halves)}
    except InputError as error:
        found["refused"] = reasons(error)
    return found


def _shaped(fields: Fields, shapes: dict[str, tuple[int, ...]]) -> Fields:
    shaped = {name: shape_rows(values, shapes[name]) for name, values in fields.items()}
    return {name: values for name, values in shaped.items() if values is not None}


def _train(
    size: Size, step: zkpot.Step, program: zkpot.Program, rows: Fields, tests: Fields
) -> dict[str, Any]:
    """The schedule in both arithmetics, from the same weights, with the same batches.

    A second training in float32 begins at the weights as the program rounds them. Where it ends
    elsewhere, so far apart do trainings end that differ by rounding at all.
    """
    nonce = choose_nonce(None, _NONCE_SEED)
    batches = float32.order(nonce, len(rows["y"]), size.steps, program.batch)
    x, y = (torch.from_numpy(rows[name]) for name in ("x", "y"))
    drawn = float32.noise(step, nonce)

    def trained(start: dict[str, Any] | None) -> dict[str, float]:
        model, loss, optimizer, _ = load_source(size.source)
        if start is not None:
            model.load_state_dict({n: torch.from_numpy(v) for n, v in start.items()})
        float32.train(model, loss, optimizer, x, y, batches, drawn)
        return _quality(model, loss, tests)

    rounded = parameters(program, initial_integers(program, None))
    return {
        "steps": size.steps,
        "float32": trained(None),
        "float32_rounded": trained(rounded),
        "fixed_point": _exact(size, program, rows, tests),
    }


def _exact(size: Size, program: zkpot.Program, rows: Fields, tests: Fields) -> dict[str, float]:
    """The same in the arithmetic that is proven."""
    nonce = choose_nonce(None, _NONCE_SEED)
    done = train(program, zkpot.Dataset(size.function, rows), size.steps, nonce=nonce)
    model, loss, _, _ = load_source(size.source)
    model.load_state_dict({n: torch.from_numpy(v) for n, v in done.weights().items()})
    return _quality(model, loss, tests) | {"seconds": done.seconds}


def _quality(model: torch.nn.Module, loss: Any, tests: Fields) -> dict[str, float]:
    x, y = (torch.from_numpy(tests[name]) for name in ("x", "y"))
    return dict(zip(("loss", "accuracy"), float32.quality(model, loss, x, y), strict=True))


if __name__ == "__main__":
    main()

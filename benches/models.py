"""Every model at full size: trained in both arithmetics, two links of it proven.

    python -m benches.models [--only train|prove] [NAME ...]

measures the named models (or all), keeps what it found in docs/models.json and writes
docs/models.md from it; with `--only` it leaves the other half of a model's figures as they were.
Models that the compiler refuses are listed with the reasons.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

import zkpot
from benches import float32, model_table
from benches.commands import zkpot as command
from models.catalogue import MODELS, Size
from models.data import Fields
from models.refusals import reasons
from zkpot.backends.native import BUILD
from zkpot.data.rows import shape_rows
from zkpot.errors import InputError
from zkpot.pipeline.integers import initial_integers, parameters
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.training import train
from zkpot.step import Step
from zkpot.step.source import load_source

_NONCE_SEED = 1


def main() -> None:
    """Measure, and write what was found after each model."""
    known = {model.name: model for model in MODELS}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--only", choices=("train", "prove"), help="half of the figures")
    arguments = parser.parse_args()
    names = arguments.names or list(known)
    for name in names:
        if name not in known:
            parser.error(f"no model '{name}'; there are {', '.join(known)}")
    for name in names:
        print(f"{name} ...", flush=True)
        before = model_table.read().get(name, {}) if arguments.only else {}
        found = before | measure(known[name].full, arguments.only)
        model_table.keep(name, found)
        print(f"{name}: {found}", flush=True)


def measure(size: Size, only: str | None = None) -> dict[str, Any]:
    """Figures of a model at one size, or why the compiler refuses it."""
    torch_model, loss, optimizer, example = load_source(size.source)
    parameters = list(torch_model.parameters())
    started = time.monotonic()
    step = zkpot.export_step(torch_model, loss, optimizer, example)
    nodes = [node.op_type for node in step.model.graph.node]
    found: dict[str, Any] = {
        "machine": platform.machine(),
        "build": BUILD,
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
    started = time.monotonic()
    try:
        # As many rows as the schedule reads: large networks take a second a step of calibration.
        read = size.steps * len(example[0])
        program = zkpot.compile(step, {n: values[:read] for n, values in halves[0].items()})
        found["compile_seconds"] = time.monotonic() - started
        if only != "prove":
            found |= _train(size, step, program, *halves)
        if only != "train":
            found |= _prove(size, step, program, halves[0])
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
    x, y, test_x, test_y = (torch.from_numpy(f[n]) for f in (rows, tests) for n in ("x", "y"))

    drawn = float32.noise(step, nonce)

    def quality(start: dict[str, Any] | None, *, trains: bool) -> dict[str, float]:
        model, loss, optimizer, _ = load_source(size.source)
        if start is not None:
            model.load_state_dict({n: torch.from_numpy(v) for n, v in start.items()})
        if trains:
            float32.train(model, loss, optimizer, x, y, batches, drawn)
        found = float32.quality(model, loss, test_x, test_y)
        return dict(zip(("loss", "accuracy"), found, strict=True))

    exact = train(program, zkpot.Dataset(size.function, rows), size.steps, nonce=nonce)
    rounded = parameters(program, initial_integers(program, None))
    return {
        "steps": size.steps,
        "train_seconds": exact.seconds,
        "float32": quality(None, trains=True),
        "float32_rounded": quality(rounded, trains=True),
        "fixed_point": quality(exact.weights(), trains=False),
    }


def _prove(size: Size, step: Step, program: zkpot.Program, rows: Fields) -> dict[str, Any]:
    """Two links in a process of their own, and their verification in another."""
    link = size.link_steps
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        step.save(folder / "step.onnx")
        program.write(folder / "step.zkprog")
        # What two links read, so that the import is theirs alone.
        read = 2 * link * program.batch
        np.savez(
            folder / "rows.npz",
            allow_pickle=False,
            **{n: values[:read] for n, values in rows.items()},
        )
        proven = command(
            *("prove", folder / "step.zkprog", "--data", folder / "rows.npz", "--seed", 1),
            *("--steps", 2 * link, "--link-steps", link, "--out", folder / "run"),
        )
        verified = command("verify", folder / "run", "--steps", 2 * link)
    return {
        "link_steps": link,
        # Processes that wanted a processor over the last minute.
        "load": os.getloadavg()[0],
        "processors": os.cpu_count(),
        "prove_seconds": proven["seconds"],
        "step_seconds": proven["seconds_proving"] / (2 * link),
        "peak_rss_bytes": proven["peak_rss_bytes"],
        "proof_bytes": proven["proof_bytes"],
        "verify_seconds": verified["seconds"],
    }


if __name__ == "__main__":
    main()

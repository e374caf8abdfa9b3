"""Every model at full size: trained in both arithmetics, two links of it proven.

    python -m benches.models [NAME ...]

measures the named models (or all), keeps what it found in docs/models.json and writes
docs/models.md from it. Models that the compiler refuses are listed with the reasons.
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
from benches.work import zkpot as command
from models.catalogue import MODELS, Size
from models.data import Fields
from models.refusals import reasons
from zkpot.data.rows import shape_rows
from zkpot.errors import InputError
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
    names = parser.parse_args().names or list(known)
    for name in names:
        if name not in known:
            parser.error(f"no model '{name}'; there are {', '.join(known)}")
    for name in names:
        print(f"{name} ...", flush=True)
        found = measure(known[name].full)
        model_table.keep(name, found)
        print(f"{name}: {found}", flush=True)


def measure(size: Size) -> dict[str, Any]:
    """All figures of a model at one size, or why the compiler refuses it."""
    torch_model, loss, optimizer, example = load_source(size.source)
    parameters = list(torch_model.parameters())
    started = time.monotonic()
    step = zkpot.export_step(torch_model, loss, optimizer, example)
    nodes = [node.op_type for node in step.model.graph.node]
    found: dict[str, Any] = {
        "machine": platform.machine(),
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
        found |= _train(size, program, (torch_model, loss, optimizer), *halves)
        found |= _prove(size, step, program, halves[0])
    except InputError as error:
        found["refused"] = reasons(error)
    return found


def _shaped(fields: Fields, shapes: dict[str, tuple[int, ...]]) -> Fields:
    shaped = {name: shape_rows(values, shapes[name]) for name, values in fields.items()}
    return {name: values for name, values in shaped.items() if values is not None}


def _train(
    size: Size,
    program: zkpot.Program,
    training: tuple[torch.nn.Module, float32.Loss, torch.optim.Optimizer],
    rows: Fields,
    tests: Fields,
) -> dict[str, Any]:
    """The schedule in both arithmetics, from the same weights, with the same batches."""
    nonce = choose_nonce(None, _NONCE_SEED)
    exact = train(program, zkpot.Dataset(size.function, rows), size.steps, nonce=nonce)
    torch_model, loss, optimizer = training
    batches = float32.order(nonce, len(rows["y"]), size.steps, program.batch)
    x, y, test_x, test_y = (torch.from_numpy(f[n]) for f in (rows, tests) for n in ("x", "y"))
    float32.train(torch_model, loss, optimizer, x, y, batches)
    in_float = float32.quality(torch_model, loss, test_x, test_y)
    weights = {name: torch.from_numpy(value) for name, value in exact.weights().items()}
    torch_model.load_state_dict(weights)
    in_fixed = float32.quality(torch_model, loss, test_x, test_y)
    return {
        "steps": size.steps,
        "train_seconds": exact.seconds,
        "float32": dict(zip(("loss", "accuracy"), in_float, strict=True)),
        "fixed_point": dict(zip(("loss", "accuracy"), in_fixed, strict=True)),
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
        np.savez(folder / "rows.npz", **{n: values[:read] for n, values in rows.items()})
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

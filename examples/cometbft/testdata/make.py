"""Makes proofs of orders on a chain, in two steps, as its people would.

    python make.py commit FOLDER --models 3       owners commit: FOLDER/terms.json
    go run ./scenario/orders FOLDER               the chain's orders and their contexts: orders.json
    python make.py prove FOLDER                   the worker trains and proves: FOLDER/*.zkpot

Each model gets an order of one step; the first model a second one that goes on where that ended.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import zkpot
from zkpot.artifacts.program import Program
from zkpot.data import read_dataset
from zkpot.pipeline.ownership import commit
from zkpot.pipeline.rates import Rates
from zkpot.pipeline.verification import read_bundle

ROWS, FEATURES, CLASSES = 4, 6, 3


def write_program(folder: Path) -> None:
    """The smallest step that has everything, its data and first weights."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(1)
    model = torch.nn.Sequential(
        torch.nn.Linear(FEATURES, 5), torch.nn.ReLU(), torch.nn.Linear(5, CLASSES)
    )
    generator = np.random.default_rng(1)
    x = generator.uniform(0, 1, (ROWS, FEATURES)).astype(np.float32)
    y = x[:, :CLASSES].argmax(1)
    np.savez(folder / "data.npz", x=x, y=y)
    save_file(model.state_dict(), folder / "weights.safetensors")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.125)
    batch = (torch.from_numpy(x), torch.from_numpy(y))
    zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch).save(
        folder / "step.onnx"
    )
    program = zkpot.compile(folder / "step.onnx", {"x": x, "y": y}, bits=8)
    program.write(folder / "step.zkprog")


def make_commitments(folder: Path, models: int) -> None:
    """Every model has an owner's commitments of its own: they serve one run."""
    folder.mkdir(parents=True, exist_ok=True)
    write_program(folder)
    program = Program.read(folder / "step.zkprog")
    dataset = read_dataset(folder / "data.npz")
    terms = []
    for number in range(models):
        name = f"model-{number}"
        shutil.rmtree(folder / name, ignore_errors=True)
        made = commit(
            program, folder / name / "owner", data=dataset, weights=folder / "weights.safetensors"
        )
        terms.append({"name": name, "first": made.first_commitment, "data_root": made.data_root})
    rates = Rates.of(None, program).integers(program, 0, 1)
    scalars = {
        scalar.name: [[values[0], 1]] for scalar, values in zip(program.scalars, rates, strict=True)
    }
    text = json.dumps({"program": program.digest, "scalars": scalars, "models": terms}, indent=1)
    (folder / "terms.json").write_text(text + "\n")


def prove_orders(folder: Path) -> None:
    """Trains and proves what `orders.json` lists, in order."""
    program = Program.read(folder / "step.zkprog")
    orders: list[dict[str, Any]] = json.loads((folder / "orders.json").read_text())
    before: dict[str, Path] = {}
    times = Counter(order["model"] for order in orders)
    for order in orders:
        model, name = order["model"], order["name"]
        directory = folder / model / name
        shutil.rmtree(directory, ignore_errors=True)
        after = before.get(model)
        start = {"after": after} if after else {"commitments": folder / model / "owner"}
        run = zkpot.Run(
            program,
            None if after else folder / "data.npz",
            directory,
            weights=None if after else folder / "weights.safetensors",
            nonce=order["nonce"],
            context=order["context"],
            keep_data=times[model] > 1,
            **start,
        )
        run.prove(order["steps"])
        before[model] = directory
        read_bundle(directory).write(folder / f"{name}.zkpot")


def main() -> None:
    """Parses the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("commit", "prove"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=int, default=1)
    given = parser.parse_args()
    if given.command == "commit":
        make_commitments(given.folder, given.models)
    else:
        prove_orders(given.folder)


if __name__ == "__main__":
    main()

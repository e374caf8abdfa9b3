"""What a long run works on: a model of models/ with its data, compiled in windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches.commands import ZKPOT, zkpot
from benches.sources import Catalogued
from zkpot.artifacts.journal import Record
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.pipeline.rates import Rates

SEED = 1


@dataclass(frozen=True)
class Prepared:
    """A program, its data and its learning rate.

    Attributes:
        folder: Holds step.onnx, step.zkprog, train.npz, test.npz and, later, the run.
        rows: Rows of the training data.
        lr: The optimizer's learning rate.
        batch: Rows of a training step.
        window: Steps that are proven together.
    """

    folder: Path
    rows: int
    lr: float
    batch: int
    window: int

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def program(self) -> Path:
        return self.folder / "step.zkprog"

    def command(self, steps: int, link_steps: int) -> list[str]:
        """What begins the run, and goes on with it."""
        return [
            *(str(ZKPOT), "prove", str(self.program), "--data", str(self.folder / "train.npz")),
            *("--steps", str(steps), "--link-steps", str(link_steps), "--seed", str(SEED)),
            *("--out", str(self.run), "--json"),
        ]


def prepare(name: str, window: int, headroom: int, folder: Path) -> Prepared:
    """Writes the data of a model of models/, exports its step and compiles it."""
    folder.mkdir(parents=True, exist_ok=True)
    size = Catalogued(name).size
    for half, fields in zip(("train", "test"), size.data(), strict=True):
        np.savez(folder / f"{half}.npz", allow_pickle=False, **fields)
    zkpot("export", size.source, "-o", folder / "step.onnx")
    zkpot(
        *("compile", folder / "step.onnx", "--calibrate", folder / "train.npz"),
        *("--window", window, "--headroom", headroom, "-o", folder / "step.zkprog"),
    )
    program = Program.read(folder / "step.zkprog")
    rows = len(np.load(folder / "train.npz")["y"])
    # The optimizer's, which the program knows.
    (lr,) = Rates.of(None, program).defaults.values()
    return Prepared(folder, rows, lr, program.batch, program.window)


def steps_within(prepared: Prepared, seconds: float, link_steps: int) -> int:
    """Steps of a run that takes about so long, in whole links.

    A run's steps are part of what it proves, so they are settled before it begins: by a run in a
    folder of its own, whose first three links take data from their owner, and three do not.
    """
    links = 3
    read = links * link_steps * prepared.batch
    folder = prepared.folder / "probe"
    folder.mkdir()
    data = np.load(prepared.folder / "train.npz")
    rows = np.arange(read) % prepared.rows
    np.savez(
        folder / "rows.npz", allow_pickle=False, **{name: data[name][rows] for name in data.files}
    )
    zkpot(
        *("prove", prepared.program, "--data", folder / "rows.npz", "--seed", SEED),
        *("--steps", 2 * links * link_steps, "--link-steps", link_steps, "--out", folder / "run"),
    )
    records = RunDirectory(folder / "run").journal.records
    # The very first link touches memory for the first time.
    first = _seconds(records, link_steps, links * link_steps) / (links - 1)
    later = _seconds(records, links * link_steps, 2 * links * link_steps) / links
    taking = prepared.rows / (link_steps * prepared.batch) * (first - later)
    return max(1, int((seconds - taking) / later)) * link_steps


def _seconds(records: Sequence[Record], after: int, until: int) -> float:
    """Time of the links that lead from one number of steps to another, imports included."""
    steps = 0
    total = 0.0
    for record in records:
        if after <= steps < until and record.kind in ("import", "training"):
            total += record.seconds_training + record.seconds_proving
        steps = record.steps
    return total

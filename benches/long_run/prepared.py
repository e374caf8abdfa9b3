"""What a long run works on: a model of models/ with its data, compiled in windows."""

from __future__ import annotations

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

    A run's steps are part of what it proves, so they are settled before it begins: by a run of
    three links in a folder of its own.
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
        *("--steps", links * link_steps, "--link-steps", link_steps, "--out", folder / "run"),
    )
    records = RunDirectory(folder / "run").journal.records
    # The first link touches memory for the first time.
    step = sum(_seconds(r) for r in records if r.kind == "training" and r.steps > link_steps)
    step /= (links - 1) * link_steps
    imports = sum(_seconds(r) for r in records if r.kind == "import") / read * prepared.rows
    return max(1, int((seconds - imports) / (step * link_steps))) * link_steps


def _seconds(record: Record) -> float:
    return record.seconds_training + record.seconds_proving

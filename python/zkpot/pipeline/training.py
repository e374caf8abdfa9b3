"""The exact executor alone: what a run will reach, before paying for its proofs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.data import Dataset
from zkpot.interrupt import Interruptible
from zkpot.pipeline.evaluation import check_evaluable, evaluate
from zkpot.pipeline.integers import Integers, data_integers, initial_integers, parameters
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.rates import Rates
from zkpot.pipeline.summary import Evaluation
from zkpot.pipeline.weights import write_tensors
from zkpot.progress import Progress


@dataclass(frozen=True)
class TrainingResult:
    """What training without proofs reached.

    Attributes:
        steps: Training steps.
        seconds: Spent training.
        losses: Training loss of each step.
        evaluation: Held-out quality at the end, where data for it was given.
        states: The trained integers.
    """

    steps: int
    seconds: float
    losses: tuple[float, ...]
    evaluation: Evaluation | None
    states: list[Integers]
    program: Program

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Trained weights under the torch model's names."""
        return parameters(self.program, self.states)

    def write_weights(self, path: str | Path) -> None:
        """Writes them as a .safetensors file."""
        write_tensors(Path(path), self.weights())

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "program": self.program.digest,
            "steps": self.steps,
            "seconds": self.seconds,
            "loss_first": self.losses[0] if self.losses else None,
            "loss_last": self.losses[-1] if self.losses else None,
            "losses": list(self.losses),
            "evaluation": asdict(self.evaluation) if self.evaluation else None,
        }


def train(
    program: Program,
    data: Dataset,
    steps: int,
    *,
    lr: float | Sequence[float] | None = None,
    nonce: str | None = None,
    seed: int | None = None,
    weights: Path | None = None,
    evaluation: Dataset | None = None,
    progress: Progress | None = None,
) -> TrainingResult:
    """Trains exactly as a prover would, without proving.

    A run draws the order of its batches from its commitments too, so it reads the same rows
    in another order.

    Raises:
        ValueOutOfRange: A value left its range; the message names tensor, step and value.
    """
    progress = progress or Progress()
    if evaluation is not None:
        check_evaluable(program, evaluation)
    work = Interruptible(lambda: None)
    whole = program.whole_windows(steps)
    states = initial_integers(program, weights)
    fields = data_integers(program, data)
    rates = replace(Rates.of(lr, program), until=steps)
    scalars = rates.integers(program, 0, whole)
    order = choose_nonce(nonce, seed)

    def report(_name: str, done: int, total: int) -> None:
        work.check()
        progress.steps(done * program.window, total * program.window)

    started = time.monotonic()
    trained, losses = work.run(
        lambda: native.train(program, states, fields, scalars, order, whole, report)
    )
    seconds = time.monotonic() - started
    held_out = evaluate(program, trained, evaluation, whole) if evaluation else None
    return TrainingResult(whole, seconds, tuple(losses), held_out, trained, program)

"""The run's training once more, in one piece and without proofs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benches.long_run.prepared import Prepared
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.data import read_dataset
from zkpot.pipeline.evaluation import evaluate
from zkpot.pipeline.integers import data_integers, initial_integers
from zkpot.pipeline.rates import Rates
from zkpot.reference.verifier.statement import decode_order


@dataclass(frozen=True)
class Replay:
    """What the run's weights are compared with.

    Attributes:
        equal_states: The run's weights are those of the training in one piece, bit for bit.
        equal_losses: So are its losses, of every step.
        accuracy: Of the run's weights on the test data.
        loss: Likewise.
    """

    equal_states: bool
    equal_losses: bool
    accuracy: float
    loss: float


def replay(prepared: Prepared, steps: int) -> Replay:
    """Trains all steps in the run's batch order, from its first weights."""
    program = Program.read(prepared.program)
    run = RunDirectory.existing(prepared.run)
    order = run.order
    whole = program.whole_windows(steps)
    rates = replace(Rates.of(None, program), until=steps)
    trained, losses = native.train(
        program,
        initial_integers(program, None),
        data_integers(program, read_dataset(prepared.folder / "train.npz")),
        rates.integers(program, 0, whole),
        decode_order(order.to_json().encode()).schedule_seed().hex(),
        whole,
        None,
        shard_rows=order.shard_rows,
    )
    proven = native.read_held(run.opening(run.state.states)).states()
    held_out = evaluate(program, proven, read_dataset(prepared.folder / "test.npz"), whole)
    assert held_out.accuracy is not None
    return Replay(
        equal_states=all(
            np.array_equal(a.ravel(), b.ravel()) for a, b in zip(trained, proven, strict=True)
        ),
        equal_losses=losses == [loss for record in run.journal.records for loss in record.losses],
        accuracy=held_out.accuracy,
        loss=held_out.loss,
    )

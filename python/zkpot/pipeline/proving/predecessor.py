"""The sealed run that another one continues."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError
from zkpot.pipeline.proving.request import Request


@dataclass(frozen=True)
class Predecessor:
    """What a sealed run leaves.

    Attributes:
        origin: What the next run's order says of its first weights.
        steps: Training steps that its states have behind them.
        continuation: What a verifier of the next run needs of this one, hexadecimal.
        lineage: The root under which its data's owner committed them.
        states: The sealed weights and optimizer state.
        shards: The sealed data shards, in order; empty where the run did not keep them.
    """

    origin: str
    steps: int
    continuation: str
    lineage: str
    states: native.Held
    shards: tuple[native.Held, ...]

    @classmethod
    def of(cls, request: Request, directory: RunDirectory) -> Predecessor | None:
        """Takes over what the request's predecessor left; no other run can, from then on.

        Raises:
            InputError: It is not sealed, something else continues it, or the request gives what
                it has.
        """
        run = request.after
        if run is None:
            return None
        if request.weights is not None:
            raise InputError(f"{run.path}: its weights are where this run starts; drop --weights")
        if run.state.kind != "seal":
            raise InputError(f"{run.path}: not sealed, so nothing can continue it; prove it first")
        made_for = run.order.security
        if made_for != request.security:
            raise InputError(
                f"{run.path}: this run is for {made_for} bits of security, and so is what "
                f"continues it; give --security {made_for}"
            )
        channel = run.journal.settings.channel
        if channel != request.channel:
            raise InputError(
                f"{run.path}: this run hides, and so does what continues it; drop "
                f"--{request.channel}"
                if channel == "hiding"
                else f"{run.path}: this run is on the {channel} channel, and so is what continues "
                f"it; give --{channel}"
            )
        run.hand_over(_name(directory.path))
        state = run.state
        held = {int(i): native.read_held(run.opening(root)) for i, root in state.shards.items()}
        kept = {i: shard for i, shard in held.items() if shard.root != run.order.shards[i]}
        states = native.read_held(run.opening(state.states))
        lineage = _lineage(run)
        program = Program.from_bytes(run.program)
        continuation = native.continuation(program, run.last_link, states, kept, lineage)
        return cls(
            origin=f"run {native.statement_digest(run.last_link)}",
            steps=steps_behind(run, program),
            continuation=continuation,
            lineage=lineage,
            states=states,
            shards=tuple(shard for _, shard in sorted(kept.items())),
        )


def steps_behind(run: RunDirectory, program: Program | None = None) -> int:
    """Training steps behind the states that a run leaves; an evaluation's own are none."""
    program = program or Program.from_bytes(run.program)
    own = 0 if program.description["reading"] == "InOrder" else run.state.steps
    return run.order.earlier_steps + own


def kept_rows(run: RunDirectory) -> list[int]:
    """Rows of the data shards that a sealed run kept.

    Raises:
        InputError: It did not keep all of them.
    """
    order, state = run.order, run.state
    for index, root in enumerate(order.shards):
        if state.shards.get(str(index), root) == root:
            raise InputError(
                f"{run.path}: this run did not keep data shard {index} when it was sealed "
                "(--keep-data); give --data"
            )
    return list(order.shard_rows)


def _lineage(run: RunDirectory) -> str:
    """The root of the run's data as their owner committed them."""
    own = run.journal.settings.lineage
    if own:
        return own
    order = run.order
    return native.data_root(order.shards, order.shard_rows)


def _name(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()

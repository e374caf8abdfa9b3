"""Where a run stands, read from its directory without touching it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zkpot.artifacts.run_directory import RunDirectory


@dataclass(frozen=True)
class Status:
    """A run on disk.

    Attributes:
        directory: Where.
        program: Digest of the program.
        steps: Steps in complete links.
        target: Steps that the run was begun for.
        links: Complete links.
        sealed: Whether the run is closed, so that it verifies.
        pending: Commitments whose claims are not proven yet, in words.
        losses: Training loss of each step.
        seconds_training: Spent in the executor.
        seconds_proving: Spent in the prover.
        proof_bytes: Size of all links.
        lost_if_deleted: What nobody could recover without this directory.
    """

    directory: str
    program: str
    steps: int
    target: int
    links: int
    sealed: bool
    pending: tuple[str, ...]
    losses: tuple[float, ...]
    seconds_training: float
    seconds_proving: float
    proof_bytes: int
    lost_if_deleted: tuple[str, ...]

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def status(path: Path) -> Status:
    """The state of the run in `path`."""
    run = RunDirectory.existing(path)
    records = run.journal.records
    state = run.state
    links = [record for record in records if record.link is not None]
    sealed = run.closed
    pending = []
    if not sealed:
        pending.append(f"weights after step {state.steps} ({state.states}): needs a seal")
        pending += [f"data shard {index} ({root})" for index, root in state.shards.items()]
    lost = [f"the weights after step {state.steps}, unless 'zkpot weights' copied them"]
    if links:
        lost.append(f"{len(links)} links, unless 'zkpot bundle' copied them")
    if not sealed:
        lost.append(
            "the openings of the commitments: the run could not be continued or closed, "
            "and its links alone prove nothing"
        )
    return Status(
        directory=str(path),
        program=run.order.program,
        steps=state.steps,
        target=run.journal.settings.target,
        links=len(links),
        sealed=sealed,
        pending=tuple(pending),
        losses=tuple(loss for record in records for loss in record.losses),
        seconds_training=sum(record.seconds_training for record in records),
        seconds_proving=sum(record.seconds_proving for record in records),
        proof_bytes=sum(record.link_bytes for record in records),
        lost_if_deleted=tuple(lost),
    )

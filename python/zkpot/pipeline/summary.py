"""What a finished `prove` tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zkpot import machine
from zkpot.artifacts.journal import Record
from zkpot.artifacts.receipt import Receipt
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native


@dataclass(frozen=True)
class Evaluation:
    """Held-out quality after a number of steps; not proven."""

    steps: int
    loss: float
    accuracy: float | None

    def text(self) -> str:
        """One line for people."""
        accuracy = "" if self.accuracy is None else f", accuracy {self.accuracy:.2%}"
        return f"step {self.steps}: held-out loss {self.loss:.4f}{accuracy}"


@dataclass(frozen=True)
class Summary:
    """A sealed run.

    Attributes:
        directory: Where it stands.
        steps: Proven training steps.
        links: Links, with imports and seal.
        seconds: From the start (of the process, on the command line) to the sealed run.
        seconds_training: Of the exact executor, over all links.
        seconds_proving: Of the prover, over all links.
        phases: The same by phase, longest first.
        peak_rss_bytes: Most memory that the process occupied; None where the system keeps silent.
        proof_bytes: Size of all links.
        security_bits: Soundness of the run.
        zero_knowledge: Whether the proof hides weights and data.
        backend: What proved it.
        loss_first: Training loss of the first step.
        loss_last: Training loss of the last step.
        program: Digest of the program.
        first_commitment: Commitment to the first weights.
        last_commitment: Commitment to the trained weights.
        data_root: Root that names the dataset.
        nonce: What the batch order was drawn from.
        accuracy: Proven share of places that the model gets right; None but for an evaluation.
        loss: Proven mean loss; None but for an evaluation.
        loss_error: How far it may be from that of the fixed-point model's predictions.
        evaluations: Held-out quality at the ends of links, where data for it was given.
    """

    directory: str
    steps: int
    links: int
    seconds: float
    seconds_training: float
    seconds_proving: float
    phases: dict[str, float]
    peak_rss_bytes: int | None
    proof_bytes: int
    security_bits: int | None
    zero_knowledge: bool
    backend: str
    loss_first: float | None
    loss_last: float | None
    program: str
    first_commitment: str
    last_commitment: str
    data_root: str
    nonce: str
    accuracy: float | None
    loss: float | None
    loss_error: float
    evaluations: tuple[Evaluation, ...]
    receipt: Receipt

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        value = asdict(self)
        del value["receipt"]
        return value


def summarise(
    directory: RunDirectory, seconds: float, evaluations: Sequence[Evaluation]
) -> Summary:
    """Reads a sealed run back.

    Args:
        directory: The run.
        seconds: What it took.
        evaluations: Held-out quality at the ends of links.
    """
    records = directory.journal.records
    losses = [loss for record in records for loss in record.losses]
    peak = machine.peak_memory()
    # The prover's own reading of what it hands out; a fault shows here and not at a buyer's.
    settings = directory.journal.settings
    expectations = {"previous": settings.continuation, "allow_clear": settings.channel != "hiding"}
    receipt = native.verify(directory.bundle(), expectations)
    return Summary(
        directory=str(directory.path),
        steps=receipt.steps,
        links=len(records) - 1,
        seconds=seconds,
        seconds_training=sum(record.seconds_training for record in records),
        seconds_proving=sum(record.seconds_proving for record in records),
        phases=_phases(records),
        peak_rss_bytes=peak,
        proof_bytes=sum(record.link_bytes for record in records),
        security_bits=receipt.security_bits,
        zero_knowledge=receipt.zero_knowledge,
        backend=native.NAME,
        loss_first=losses[0] if losses else None,
        loss_last=losses[-1] if losses else None,
        program=receipt.program,
        first_commitment=receipt.first_commitment,
        last_commitment=receipt.last_commitment,
        data_root=receipt.data_root,
        nonce=receipt.nonce,
        accuracy=receipt.accuracy,
        loss=receipt.loss,
        loss_error=receipt.loss_error,
        evaluations=tuple(evaluations),
        receipt=receipt,
    )


def _phases(records: Sequence[Record]) -> dict[str, float]:
    """Seconds of each phase over all links, longest first."""
    total: dict[str, float] = {}
    for record in records:
        for phase, seconds in record.phases:
            total[phase] = total.get(phase, 0.0) + seconds
    return dict(sorted(total.items(), key=lambda entry: -entry[1]))

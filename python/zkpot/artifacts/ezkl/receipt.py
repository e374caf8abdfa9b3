"""What a verified run of EZKL proofs says, for the reader of the verifier's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zkpot.artifacts.ezkl.terms import Link

STATEMENT = (
    "For each step the prover knows weights, data and salts behind the three commitments, such "
    "that the circuit, with some admissible rounding of every division, makes them into the "
    "weights behind the fourth; and each step begins with the commitment that the one before left."
)

#: What no run of EZKL proofs says, whatever the verifier expects.
LIMITS = (
    "rounding: every division accepts floor and ceiling, so that the weights which come out are "
    "some of those that the program allows, at the prover's choice, and not one result",
    "batches: which rows a step read, and in which order, is the prover's choice; their "
    "commitments are listed",
    "end: nothing closes a run; it may be the beginning of a longer one",
    "implementation: zkpot checks EZKL's settings, not its code",
)


@dataclass(frozen=True)
class EzklReceipt:
    """A run of EZKL proofs that verified, and everything it commits to.

    Attributes:
        steps: Number of proven training steps.
        circuit: Digest of the circuit: graph without weights, precision, size, link.
        vk: SHA-256 of the verifying key.
        vk_source: `recomputed` from circuit and SRS, or `expected` by the verifier.
        srs: What names the SRS: who knows its secret can forge proofs.
        test_srs: Whether it is a test SRS. Then this receipt is worth nothing to others.
        link: Whether commitments or hashes tie the steps together.
        first_commitment: To weights and optimizer state before the first step.
        last_commitment: To those after the last.
        batches: To what each step read.
        rates: Learning rates, which are constants of the circuit.
        scale: Fraction bits of weights and data.
        logrows: EZKL's k.
        parameters: Elements of weights and optimizer state.
        batch: Rows that a step reads.
        statement: What was proven, in words.
        limits: What no such run says.
        unchecked: Expectations that the verifier was not given.
        complete: Always true; a run that lacks steps raises `IncompleteRun`.
        backend: What proved it.
    """

    steps: int
    circuit: str
    vk: str
    vk_source: str
    srs: str
    test_srs: bool
    link: Link
    first_commitment: str
    last_commitment: str
    batches: tuple[str, ...]
    rates: Mapping[str, float]
    scale: int
    logrows: int
    parameters: int
    batch: int
    unchecked: tuple[str, ...]
    statement: str = STATEMENT
    limits: tuple[str, ...] = LIMITS
    complete: bool = True
    backend: str = "ezkl 23.0.5"

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

"""What a verified run proves, for the reader of the verifier's answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Receipt:
    """A run that verified, and everything it commits to.

    Attributes:
        steps: Number of proven training steps.
        links: Number of links that were checked.
        program: Digest of the program.
        first_commitment: Commitment to the weights (and optimizer state) before step 0.
        last_commitment: Commitment to those after the last step; closed, so it is proven.
        head: The seal's commitment, which a continuation opens.
        data_root: Root over the commitments to the dataset's shards, in order.
        nonce: What the batch order was drawn from.
        context: Free bytes of the statement, hexadecimal.
        origin: Where the first weights came from.
        complete: Always true; a run that is not closed raises `IncompleteRun`.
        unchecked: Expectations that the verifier was not given. What is listed here is
            proven about some value, not about the one you may have in mind.
        security_bits: Soundness of the whole run.
        zero_knowledge: Whether the proof hides weights and data.
        details: The verifier's answer, whole.
    """

    steps: int
    links: int
    program: str
    first_commitment: str
    last_commitment: str
    head: str
    data_root: str
    nonce: str
    context: str
    origin: str
    complete: bool
    unchecked: tuple[str, ...]
    security_bits: int | None
    zero_knowledge: bool
    details: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Reads the native verifier's answer."""
        answer = json.loads(text)
        return cls(
            steps=int(answer["steps"]),
            links=int(answer["links"]),
            program=answer["program"],
            first_commitment=answer["first_commitment"],
            last_commitment=answer["last_commitment"],
            head=answer["head"],
            data_root=answer["data_root"],
            nonce=answer["nonce"],
            context=answer["context"],
            origin=answer["origin"],
            complete=bool(answer["complete"]),
            unchecked=tuple(answer["unchecked"]),
            security_bits=answer.get("security_bits"),
            zero_knowledge=bool(answer["zero_knowledge"]),
            details=answer,
        )

"""What a circuit for wrapped runs is made for, and which folder has its keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

#: Counts up with every change of the circuits: their keys are others then.
CIRCUITS = 1


@dataclass(frozen=True)
class CircuitName:
    """What keys are made for; equal names have equal circuits.

    Attributes:
        program: Digest of the program, hexadecimal.
        steps: The program's steps in each of a proof's links.
        rows: Rows of the dataset.
        security: Bits that commitments are made for.
        envelopes: Whether the links deliver their states encrypted.
    """

    program: str
    steps: Sequence[int]
    rows: int
    security: int
    envelopes: bool = False

    def __str__(self) -> str:
        steps = ",".join(map(str, self.steps))
        kind = " envelopes" if self.envelopes else ""
        return f"circuits {CIRCUITS}: {self.program} {steps} {self.rows} {self.security}{kind}"

    @property
    def folder(self) -> str:
        """The folder of its keys, among those of other circuits."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:32]

"""Trained states, encrypted."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Envelope:
    """A ciphertext with its key; docs/spec/envelope.md.

    Attributes:
        ciphertext: Elements of 32 big-endian bytes, one for three entries of the states.
        key: An element. Whoever has it has the states.
    """

    ciphertext: bytes
    key: bytes = field(repr=False)

"""The transcript: labelled messages and challenges over a sponge.

docs/spec/protocol.md, 'The sponge'. The sponge is this module's own up to the first opening. An
opening continues on the same sponge inside the commitment scheme, so from there on the scheme's
sponge takes its place; labels and messages are still made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from zkpot.reference.verifier.field import MODULUS, Element
from zkpot.reference.verifier.hashes import blake3


class FieldSponge(Protocol):
    """What absorbs and draws elements of F."""

    def observe(self, element: int) -> None:
        """Absorbs an element, `0 .. p`."""

    def sample(self) -> int:
        """Draws an element."""


class Sponge:
    """Bytes are collected and hashed when output is needed; the hash starts the next block."""

    def __init__(self) -> None:
        # What the next hash takes in, what the last one took in, and what it has left.
        self.block = b""
        self.hashed = b""
        self.output = b""
        self.drawn = 0

    def observe(self, element: int) -> None:
        """Absorbs an element in eight bytes; what the last hash has left is dropped."""
        self.block += element.to_bytes(8, "little")
        self.output = b""

    def sample(self) -> int:
        """Draws eight bytes, again until they are below p."""
        while True:
            if not self.output:
                self.hashed, self.drawn = self.block, 0
                self.block = self.output = blake3(self.block)
            # Output is taken from its end.
            word, self.output = int.from_bytes(self.output[-8:], "big"), self.output[:-8]
            if word < MODULUS:
                self.drawn += 1
                return word

    def state(self) -> tuple[bytes, int]:
        """What is needed to go on elsewhere: bytes to hash, elements already drawn from that."""
        return (self.hashed, self.drawn) if self.output else (self.block, 0)


class Transcript:
    """Absorbs every message under its label and its length."""

    def __init__(self) -> None:
        self.sponge: FieldSponge = Sponge()

    def _observe_bytes(self, content: bytes) -> None:
        for start in range(0, len(content), 7):
            self.sponge.observe(int.from_bytes(content[start : start + 7], "little"))

    def _observe_label(self, label: str, count: int) -> None:
        self.sponge.observe(len(label))
        self._observe_bytes(label.encode())
        self.sponge.observe(count)

    def absorb_bytes(self, label: str, content: bytes) -> None:
        """Absorbs bytes."""
        self._observe_label(label, len(content))
        self._observe_bytes(content)

    def absorb(self, label: str, scalars: Sequence[Element]) -> None:
        """Absorbs scalars."""
        self._observe_label(label, len(scalars))
        for scalar in scalars:
            for coordinate in scalar.coordinates:
                self.sponge.observe(coordinate)

    def challenge(self, label: str) -> Element:
        """Draws a challenge."""
        self._observe_label(label, 0)
        return Element(*(self.sponge.sample() for _ in range(3)))

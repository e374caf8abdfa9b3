"""What an EZKL circuit is made with, besides its graph (terms.json).

Only what may be chosen is here. Every other argument of EZKL's is fixed
(`zkpot/backends/ezkl/settings.py`), so that nobody's file can make a circuit unsafe.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from math import prod
from typing import Annotated, Literal

import msgspec

from zkpot.artifacts.json_text import parse

#: How a run's steps are tied together: KZG commitments in the proof, or Poseidon hashes beside it.
Link = Literal["committed", "hashed"]

#: Random numbers appended to each tensor that a proof commits to; see docs/ezkl.md, "Salt".
SALT = 40

_Length = Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]
_Looked = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]


@dataclass(frozen=True)
class Tensor:
    """A tensor of the training step."""

    name: str
    shape: tuple[_Length, ...]

    @property
    def size(self) -> int:
        """Number of its elements."""
        return prod(self.shape)


@dataclass(frozen=True)
class Terms:
    """The terms of a circuit.

    Attributes:
        link: How steps are tied together.
        scale: Fraction bits of weights, data and constants.
        logrows: log2 of the circuit's rows, EZKL's k.
        lookup_range: Arguments that tables have.
        states: Weights and optimizer state, in the order in which they are committed to.
        data: What a step reads, in that order; the first axis counts the batch's rows.
    """

    link: Link
    scale: Annotated[int, msgspec.Meta(ge=1, le=20)]
    logrows: Annotated[int, msgspec.Meta(ge=6, le=26)]
    lookup_range: tuple[_Looked, _Looked]
    states: tuple[Tensor, ...]
    data: tuple[Tensor, ...]
    ezkl: Literal["23.0.5"] = "23.0.5"
    format: Literal["zkpot.ezkl.circuit"] = "zkpot.ezkl.circuit"
    version: Literal[1] = 1

    @property
    def state_length(self) -> int:
        """Elements of the committed state, salt included."""
        return sum(tensor.size for tensor in self.states) + SALT

    @property
    def batch_length(self) -> int:
        """Elements of the committed batch, salt included."""
        return sum(tensor.size for tensor in self.data) + SALT

    def to_json(self) -> bytes:
        """As the file holds it; the same terms have the same bytes."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Terms:
        """From terms.json.

        Raises:
            ValueError: It is none, or of another version.
        """
        terms = parse(text, cls)
        if not terms.states or not terms.data:
            raise ValueError("neither states nor data may be missing")
        return terms


def digest(terms: Terms, graph: bytes) -> str:
    """What names a circuit: SHA-256 over its terms and its graph, hexadecimal."""
    parts = (hashlib.sha256(part).digest() for part in (terms.to_json(), graph))
    return hashlib.sha256(b"zkpot/v1/ezkl/circuit" + b"".join(parts)).hexdigest()

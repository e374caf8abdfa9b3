"""A proof of one step, and what it is about: three commitments or hashes, and one that comes out.

With links that are `committed` these are the first four points of the proof itself: EZKL
configures a column for each committed tensor before all others, so their commitments come first
in the transcript. With links that are `hashed` they are the proof's four public inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from zkpot.artifacts.ezkl.terms import Link
from zkpot.backends.ezkl.settings import VERSION
from zkpot.backends.ezkl.values import COORDINATES, ORDER

#: Hexadecimal digits of a proof; EZKL's have a few thousand bytes.
_Digits = Annotated[str, msgspec.Meta(max_length=1 << 17, pattern="^([0-9a-f]{2})*$")]
_Element = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]

_COORDINATE = 32
_TENSORS = 4


@dataclass(frozen=True)
class Statement:
    """What one proof says: a batch made one state into another.

    Attributes:
        before: Commitment to (or hash of) weights and optimizer state before the step.
        batch: To what the step read.
        salt: To the salt of the state that comes out.
        after: To weights and optimizer state after the step.
    """

    before: str
    batch: str
    salt: str
    after: str


@dataclass(frozen=True)
class Proof:
    """A step's proof, as a run's files hold it.

    Attributes:
        proof: EZKL's bytes, hexadecimal.
        instances: Its public inputs: field elements, little-endian.
    """

    proof: _Digits
    instances: tuple[_Element, ...]

    def statement(self, link: Link) -> Statement:
        """What it is about, whether or not it is true.

        Raises:
            ValueError: It is no proof of such a circuit.
        """
        if link == "hashed":
            if len(self.instances) != _TENSORS:
                raise ValueError(f"{len(self.instances)} public inputs in place of {_TENSORS}")
            for element in self.instances:
                if int.from_bytes(bytes.fromhex(element), "little") >= ORDER:
                    raise ValueError("a public input is not an element of the field")
            return Statement(*self.instances)
        if self.instances:
            raise ValueError(f"{len(self.instances)} public inputs in place of none")
        content = bytes.fromhex(self.proof)
        length = 2 * _COORDINATE
        if len(content) < _TENSORS * length:
            raise ValueError("the proof is too short for its commitments")
        points = [content[i * length : (i + 1) * length] for i in range(_TENSORS)]
        for point in points:
            x, y = point[:_COORDINATE], point[_COORDINATE:]
            if max(int.from_bytes(x, "big"), int.from_bytes(y, "big")) >= COORDINATES:
                raise ValueError("a commitment is not a point of the curve")
        return Statement(*(point.hex() for point in points))

    def to_ezkl(self) -> dict[str, Any]:
        """The file that EZKL reads: of what others wrote, these bytes and public inputs alone."""
        return {
            "protocol": None,
            "instances": [list(self.instances)],
            "proof": list(bytes.fromhex(self.proof)),
            "hex_proof": "0x" + self.proof,
            "split": None,
            "pretty_public_inputs": None,
            "timestamp": 0,
            "version": VERSION,
        }

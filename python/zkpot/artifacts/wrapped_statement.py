"""What a chain makes of wrapped links: statements, elements and a circuit's public inputs.

docs/spec/statement.md, 'Fields and packing'; docs/spec/wrapped.md, 'Transcript';
docs/spec/on-chain.md, 'Public inputs'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpot.artifacts.keccak import keccak256

#: Order of BN254's scalar field, in which circuits compute.
ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617

FORMAT, ARITHMETIC = 6, 3
_TRAINING, _WRAPPED, _OWNED, _OWNER, _ARBITRARY = 1, 2, 2, 1, 0
_NONE = bytes(32)


@dataclass(frozen=True)
class WrappedStatement:
    """What a wrapped link states, without what is the same in all of them.

    Attributes:
        program: Digest of the program.
        security: Bits that commitments are made for.
        before: Commitment to the states that come in.
        after: Commitment to the states that go out.
        shard: Commitment to the dataset.
        rows: Its rows.
        first_step: Steps of the run before this link.
        steps: Steps of this link.
        nonce: Of the batch schedule.
        earlier_steps: Training steps behind the run's first states.
        first: The run's first commitment.
        scalars: Public scalars, `[scalar][step]`, flattened.
        outputs: Public totals.
        context: keccak256 of the order's context.
        previous: Digest of the statement before; zero in a run's first link.
        envelope: Hashes of the ciphertext of the states that go out, and of its key; None where
            there is none.
    """

    program: bytes
    security: int
    before: bytes
    after: bytes
    shard: bytes
    rows: int
    first_step: int
    steps: int
    nonce: bytes
    earlier_steps: int
    first: bytes
    scalars: Sequence[int]
    outputs: Sequence[int]
    context: bytes
    previous: bytes
    envelope: tuple[bytes, bytes] | None = None

    def data_root(self) -> bytes:
        """Root of the tree over one shard."""
        return keccak256(b"\0" + self.rows.to_bytes(4, "big") + self.shard)

    def schedule_seed(self) -> bytes:
        """Seed of the batch schedule."""
        terms = self.nonce + self.program + self.first + self.data_root() + self.context
        return keccak256(b"zkpot/v1/schedule/seed" + terms)

    def pack(self) -> bytes:
        """The packed fields, 484 bytes."""
        rows = self.rows.to_bytes(4, "big")
        shards = bytes(4) + rows + bytes([_OWNER]) + self.shard + _NONE
        return b"".join(
            [
                *(FORMAT.to_bytes(4, "big"), ARITHMETIC.to_bytes(4, "big")),
                bytes([_TRAINING, _WRAPPED, _OWNED]),
                *(self.security.to_bytes(4, "big"), self.program),
                *(self.before, self.after, self.data_root()),
                *(self.first_step.to_bytes(8, "big"), self.steps.to_bytes(4, "big"), self.nonce),
                *(bytes([_ARBITRARY]), _NONE, self.earlier_steps.to_bytes(8, "big"), self.first),
                *(keccak256(_integers(self.scalars)), keccak256(_integers(self.outputs))),
                *(keccak256(shards), self.context, self.previous),
                *(self.envelope or (_NONE, _NONE)),
            ]
        )

    def digest(self) -> bytes:
        """keccak256 of the packed fields."""
        return keccak256(self.pack())

    def elements(self) -> list[int]:
        """What the link's circuit takes."""
        halves = self.digest() + self.schedule_seed()
        return [
            *(int.from_bytes(halves[at : at + 16], "big") for at in range(0, 64, 16)),
            self.first_step,
            *(int.from_bytes(root, "big") for root in (self.before, self.after, self.shard)),
            *(value + 2**63 for value in (*self.scalars, *self.outputs)),
            *(int.from_bytes(hashed, "big") for hashed in self.envelope or ()),
        ]


def challenge(claimed: int, elements: Sequence[int]) -> int:
    """Where both sides evaluate their elements; `claimed` is the hash of the circuit's."""
    digest = keccak256(b"".join(element.to_bytes(32, "big") for element in elements))
    bound = b"zkpot/v1/wrap" + claimed.to_bytes(32, "big") + digest
    return int.from_bytes(keccak256(bound), "big") % ORDER


def evaluate(elements: Sequence[int], point: int) -> int:
    """The polynomial with these coefficients, the highest first."""
    value = 0
    for element in elements:
        value = (value * point + element) % ORDER
    return value


def _integers(values: Sequence[int]) -> bytes:
    return b"".join(value.to_bytes(8, "big", signed=True) for value in values)

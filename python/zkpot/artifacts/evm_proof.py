"""A proof that a chain checks, and what it says (proof.evm)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from zkpot.artifacts.durable import write_file
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.keccak import keccak256
from zkpot.artifacts.order import Steps
from zkpot.artifacts.reading import read_bounded
from zkpot.artifacts.wrapped_statement import ORDER, WrappedStatement, challenge, evaluate
from zkpot.errors import InputError

VERSION = 2

#: The order's context alone may have 64 KiB.
LARGEST_FILE = 1 << 24

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Bytes = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2})*\Z")]
Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
#: What the front's `verify` takes: its struct `Training`, and in it its structs `Link`.
AbiLink: TypeAlias = tuple[bytes, list[int], list[int], int, int]
AbiTraining: TypeAlias = tuple[bytes, bytes, bytes, int, bytes, bytes, int, bytes, list[AbiLink]]


@dataclass(frozen=True)
class Terms:
    """What all links of a proof share; digests and bytes are hexadecimal.

    Attributes:
        program: Digest of the program.
        security: Bits that commitments are made for.
        rows: Rows of the dataset.
        steps: Steps of a link.
        first: The run's first commitment.
        shard: Commitment to the dataset, which is one shard.
        nonce: Of the batch schedule.
        earlier_steps: Training steps behind the run's first states.
        context: Free bytes of the order.
    """

    program: Digest
    security: Literal[100, 128]
    rows: Annotated[int, msgspec.Meta(ge=1, le=2**24)]
    steps: Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]
    first: Digest
    shard: Digest
    nonce: Digest
    earlier_steps: Steps
    context: Bytes


@dataclass(frozen=True)
class Start:
    """Where the first of a proof's links starts.

    Attributes:
        before: Commitment to the states.
        first_step: Steps of the run so far.
        previous: Digest of the last statement so far; zero where the run starts here.
    """

    before: Digest
    first_step: Steps
    previous: Digest


@dataclass(frozen=True)
class Hashes:
    """What names an envelope.

    Attributes:
        ciphertext: Hash of the ciphertext.
        key: Hash of the key.
    """

    ciphertext: Digest
    key: Digest


@dataclass(frozen=True)
class ProvenLink:
    """One of a proof's links.

    Attributes:
        after: Commitment to the states that it ends with.
        scalars: Public scalars, `[scalar][step]`, flattened.
        outputs: Public totals.
        envelope: Of the states that it ends with; None where they are not delivered.
    """

    after: Digest
    scalars: tuple[Integer, ...]
    outputs: tuple[Integer, ...]
    envelope: Hashes | None = None

    @property
    def numbers(self) -> tuple[int, int]:
        """The envelope's hashes as the front takes them: zero where there is none."""
        ciphertext, key = self.hashes or (b"", b"")
        return int.from_bytes(ciphertext, "big"), int.from_bytes(key, "big")

    @property
    def hashes(self) -> tuple[bytes, bytes] | None:
        """Of the envelope."""
        if self.envelope is None:
            return None
        return bytes.fromhex(self.envelope.ciphertext), bytes.fromhex(self.envelope.key)


@dataclass(frozen=True)
class EvmProof:
    """A proof, and what it says. It is worth nothing until the chain's verifier has accepted it.

    Attributes:
        circuit: What names the circuit.
        terms: What all links share.
        start: Where the first link starts.
        links: The links, in the order of the run.
        hash: The hash of the statements' elements, which the circuit computes, hexadecimal.
        proof: The proof's bytes, hexadecimal.
    """

    circuit: Digest
    terms: Terms
    start: Start
    links: Annotated[tuple[ProvenLink, ...], msgspec.Meta(min_length=1)]
    hash: Digest
    proof: Annotated[Bytes, msgspec.Meta(min_length=2)]
    format: Literal["zkpot.evm.proof"] = "zkpot.evm.proof"
    version: int = VERSION

    @classmethod
    def from_json(cls, text: str | bytes) -> EvmProof:
        """From proof.evm.

        Raises:
            ValueError: It is none, or of another version, or no verifier could take it.
        """
        version = parse(text, _Header).version
        if version != VERSION:
            raise ValueError(f"version {version}, and this zkpot reads {VERSION}")
        proof = parse(text, cls)
        proof._check()
        return proof

    @classmethod
    def read(cls, path: Path) -> EvmProof:
        """From a file that anybody may have written.

        Raises:
            InputError: It is none.
        """
        content = read_bounded(path, LARGEST_FILE)
        try:
            return cls.from_json(content)
        except ValueError as error:
            raise InputError(f"{path}: not a proof that a chain can check ({error})") from error

    def to_json(self) -> str:
        """As the file holds it."""
        return json.dumps(asdict(self), indent=1)

    def write(self, path: Path) -> None:
        """Writes the file, wholly or not at all."""
        write_file(path, self.to_json().encode())

    def statements(self) -> list[WrappedStatement]:
        """What each link states."""
        terms, start = self.terms, self.start
        before, previous = start.before, bytes.fromhex(start.previous)
        found: list[WrappedStatement] = []
        for number, link in enumerate(self.links):
            statement = WrappedStatement(
                program=bytes.fromhex(terms.program),
                security=terms.security,
                before=bytes.fromhex(before),
                after=bytes.fromhex(link.after),
                shard=bytes.fromhex(terms.shard),
                rows=terms.rows,
                first_step=start.first_step + number * terms.steps,
                steps=terms.steps,
                nonce=bytes.fromhex(terms.nonce),
                earlier_steps=terms.earlier_steps,
                first=bytes.fromhex(terms.first),
                scalars=link.scalars,
                outputs=link.outputs,
                context=keccak256(bytes.fromhex(terms.context)),
                previous=previous,
                envelope=link.hashes,
            )
            found.append(statement)
            before, previous = link.after, statement.digest()
        return found

    @property
    def envelopes(self) -> bool:
        """Whether the links deliver their states encrypted."""
        return self.links[0].envelope is not None

    def elements(self) -> list[int]:
        """What the circuit takes, link after link."""
        return [element for statement in self.statements() for element in statement.elements()]

    def public_inputs(self) -> tuple[int, int, int]:
        """The circuit's: hash, challenge, value."""
        claimed, elements = int(self.hash, 16), self.elements()
        point = challenge(claimed, elements)
        return claimed, point, evaluate(elements, point)

    def training(self) -> AbiTraining:
        """The first argument of the front's `verify`; the others are the hash and the proof."""
        terms, start = self.terms, self.start
        return (
            *(bytes.fromhex(terms.first), bytes.fromhex(terms.shard), bytes.fromhex(terms.nonce)),
            *(terms.earlier_steps, keccak256(bytes.fromhex(terms.context))),
            *(bytes.fromhex(start.before), start.first_step, bytes.fromhex(start.previous)),
            [
                (bytes.fromhex(link.after), list(link.scalars), list(link.outputs), *link.numbers)
                for link in self.links
            ],
        )

    def _check(self) -> None:
        """What the front refuses in any proof, whatever its circuit."""
        terms, start = self.terms, self.start
        commitments = {"first": terms.first, "shard": terms.shard, "before": start.before}
        commitments |= {f"after of link {at}": link.after for at, link in enumerate(self.links)}
        for name, commitment in commitments.items():
            if not 0 < int(commitment, 16) < ORDER:
                raise ValueError(f"the commitment '{name}' is no element of the circuit's field")
        for at, link in enumerate(self.links):
            if any(int.from_bytes(hashed, "big") >= ORDER for hashed in link.hashes or ()):
                raise ValueError(f"the envelope of link {at} is no element of the circuit's field")
        if len({link.envelope is None for link in self.links}) > 1:
            raise ValueError("either all links of a circuit have envelopes, or none")
        if int(self.hash, 16) >= ORDER:
            raise ValueError("the hash is no element of the circuit's field")
        if (start.first_step == 0) != (int(start.previous, 16) == 0):
            raise ValueError("a run's first link has no previous statement, every other one has")
        if start.first_step == 0 and start.before != terms.first:
            raise ValueError("the run does not start from its first commitment")
        if start.first_step + len(self.links) * terms.steps > 2**63 - 1:
            raise ValueError("more than 2^63 - 1 steps")
        counts = {(len(link.scalars), len(link.outputs)) for link in self.links}
        if len(counts) > 1 or any(scalars % terms.steps for scalars, _ in counts):
            raise ValueError(
                "links of one circuit have one number of scalars a step, and of totals"
            )


@dataclass(frozen=True)
class _Header:
    version: int

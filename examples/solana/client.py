"""Transactions of the program in `program/`, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account

# A transaction has 1,232 bytes; signatures, accounts and the program's address leave this.
PIECE = 900
# What a transaction may compute at most; unasked, an instruction gets a seventh of it.
MOST_UNITS = 1_400_000


def create(
    payer: Pubkey, account: Pubkey, program: Pubkey, proof: bytes, lamports: int
) -> Instruction:
    """Makes the account that a proof is written to. Both sign.

    Args:
        payer: Who pays.
        account: A new key's address.
        program: The verifier's address.
        proof: A wrapped proof in its binary form.
        lamports: The least that an account of this size has to have.
    """
    return create_account(
        CreateAccountParams(
            from_pubkey=payer,
            to_pubkey=account,
            lamports=lamports,
            space=len(proof),
            owner=program,
        )
    )


def write(program: Pubkey, account: Pubkey, proof: bytes) -> Iterator[Instruction]:
    """Writes a proof in pieces, a transaction each, in any order. The account signs."""
    for at in range(0, len(proof), PIECE):
        data = b"\0" + at.to_bytes(4, "little") + proof[at : at + PIECE]
        yield Instruction(program, data, [AccountMeta(account, True, True)])


def verify(program: Pubkey, account: Pubkey) -> Instruction:
    """Verifies the proof in an account."""
    return Instruction(program, b"\1", [AccountMeta(account, False, False)])


def close(program: Pubkey, account: Pubkey, receiver: Pubkey) -> Instruction:
    """Gives an account's lamports back. The account signs."""
    accounts = [AccountMeta(account, True, True), AccountMeta(receiver, False, True)]
    return Instruction(program, b"\2", accounts)


def circuit(program: Pubkey) -> Instruction:
    """Asks for keccak256 of the circuit's file."""
    return Instruction(program, b"\3", [])


@dataclass(frozen=True)
class Standing:
    """Where a run stands: digest of the last statement, commitment to the states, and steps."""

    statement: bytes
    states: bytes
    steps: int


@dataclass(frozen=True)
class Link:
    """What a link states: digests and commitments, 32 bytes each.

    Attributes:
        trained: Commitment to the states that it ends with.
        scalars: keccak256 of its public scalars, eight bytes each, most significant first.
        outputs: keccak256 of its totals, in the same way.
        ciphertext: Hash of the encrypted states; zeros where the circuit encrypts none.
        key: Hash of their key.
    """

    trained: bytes
    scalars: bytes
    outputs: bytes
    ciphertext: bytes
    key: bytes


@dataclass(frozen=True)
class Receipt:
    """What a proof has shown. Whoever asked compares all of it with their own order.

    Attributes:
        circuit: What names the circuit.
        first: The run's first commitment.
        shard: Commitment to the dataset.
        nonce: What the order of the batches was drawn from.
        context: keccak256 of the order's free bytes.
        earlier_steps: Training steps behind the first states; no proof says so.
        start: Where the first link starts.
        end: Where the run stands after the last one.
        links: In the order of the run.
    """

    circuit: bytes
    first: bytes
    shard: bytes
    nonce: bytes
    context: bytes
    earlier_steps: int
    start: Standing
    end: Standing
    links: tuple[Link, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> Receipt:
        """Reads what the program answered.

        Zeros at an answer's end do not travel, so that they are put back here.
        """
        base, link = 5 * 32 + 8 + 2 * 72, 5 * 32
        links = max(1, -(-(len(data) - base) // link))
        data = data.ljust(base + links * link, b"\0")

        def word(at: int) -> bytes:
            return data[at : at + 32]

        def standing(at: int) -> Standing:
            steps = int.from_bytes(data[at + 64 : at + 72], "big")
            return Standing(word(at), word(at + 32), steps)

        return cls(
            circuit=word(0),
            first=word(32),
            shard=word(64),
            nonce=word(96),
            context=word(128),
            earlier_steps=int.from_bytes(data[160:168], "big"),
            start=standing(168),
            end=standing(240),
            links=tuple(
                Link(*(word(base + number * link + 32 * part) for part in range(5)))
                for number in range(links)
            ),
        )

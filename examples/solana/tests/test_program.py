"""Instructions of the program, one after the other, and who may give them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_utils.crypto import keccak
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.transaction_metadata import FailedTransactionMetadata

from examples.solana.client import (
    MOST_UNITS,
    Link,
    Receipt,
    Standing,
    circuit,
    close,
    create,
    verify,
    write,
)
from examples.solana.tests.chain import PROGRAM, Chain
from tests.conformance.suite import ROOT
from tests.conformance.wrapped.suite import GOLDEN, PROOFS, receipts

INSTRUCTION = 100


@pytest.fixture(name="chain")
def start() -> Chain:
    """A new chain."""
    return Chain()


@pytest.mark.parametrize("number", [0, 1])
def test_a_proof_is_written_verified_and_its_account_closed(chain: Chain, number: int) -> None:
    """What a worker does, and what it costs."""
    proof = (ROOT / PROOFS[number]).read_bytes()
    account = Keypair()
    rent = chain.machine.minimum_balance_for_rent_exemption(len(proof))
    payer = chain.payer.pubkey()
    chain.take(create(payer, account.pubkey(), PROGRAM, proof, rent), signers=[account])
    pieces = list(write(PROGRAM, account.pubkey(), proof))
    for piece in reversed(pieces):
        chain.take(piece, signers=[account])
    answered = chain.take(verify(PROGRAM, account.pubkey()))
    _compare(Receipt.from_bytes(bytes(answered.return_data().data)), receipts()[number])
    units = answered.compute_units_consumed()
    assert units < MOST_UNITS
    before = chain.machine.get_balance(payer) or 0
    closed = chain.take(close(PROGRAM, account.pubkey(), payer), signers=[account])
    assert chain.machine.get_balance(payer) == before + rent - closed.fee()
    assert not chain.machine.get_balance(account.pubkey())
    assert chain.machine.get_account(account.pubkey()) is None
    print(f"\n{PROOFS[number]}: {len(pieces)} transactions to write, {units} units to verify")


def _compare(found: Receipt, told: dict[str, Any]) -> None:
    """The answer says what the receipt of all other verifiers says."""
    links = told["links"]
    assert found == Receipt(
        circuit=bytes.fromhex(told["circuit"]),
        first=bytes.fromhex(told["first"]),
        shard=bytes.fromhex(told["shard"]),
        nonce=bytes.fromhex(told["nonce"]),
        context=keccak(bytes.fromhex(told["context"])),
        earlier_steps=told["earlier_steps"],
        start=_standing(told["start"]),
        end=_standing(told["end"]),
        links=tuple(
            Link(
                trained=bytes.fromhex(link["trained"]),
                scalars=_digest(link["scalars"]),
                outputs=_digest(link["outputs"]),
                ciphertext=bytes.fromhex(link["envelope"]["ciphertext"]),
                key=bytes.fromhex(link["envelope"]["key"]),
            )
            for link in links
        ),
    )


def _standing(told: dict[str, Any]) -> Standing:
    statement, states = bytes.fromhex(told["statement"]), bytes.fromhex(told["states"])
    return Standing(statement, states, told["steps"])


def _digest(integers: list[int]) -> bytes:
    return keccak(b"".join(value.to_bytes(8, "big", signed=True) for value in integers))


def test_the_circuit_is_told(chain: Chain) -> None:
    """So that anybody can compare it with the file that they trust."""
    index = json.loads((ROOT / GOLDEN / "index.json").read_text())
    answered = chain.take(circuit(PROGRAM))
    assert bytes(answered.return_data().data).hex() == index["digest"]


def test_only_who_has_the_accounts_key_writes(chain: Chain) -> None:
    """A thief replaces somebody's proof before it is verified."""
    account = chain.put(bytes(100)).pubkey()
    data = b"\0" + bytes(4) + b"theirs"
    unsigned = Instruction(PROGRAM, data, [AccountMeta(account, False, True)])
    assert chain.refuse(unsigned) == INSTRUCTION
    thief = chain.put(bytes(100))
    accounts = [AccountMeta(account, False, True), AccountMeta(thief.pubkey(), True, True)]
    assert chain.refuse(Instruction(PROGRAM, data, accounts), signers=[thief]) == INSTRUCTION
    assert chain.content(account) == bytes(100)


def test_nothing_is_written_beside_the_account(chain: Chain) -> None:
    """Pieces that end behind its bytes, or begin there."""
    account = chain.put(bytes(100))
    for at, count in [(99, 2), (100, 1), (0, 101), (2**32 - 1, 2)]:
        data = b"\0" + at.to_bytes(4, "little") + b"x" * count
        piece = Instruction(PROGRAM, data, [AccountMeta(account.pubkey(), True, True)])
        assert chain.refuse(piece, signers=[account]) == INSTRUCTION
    assert chain.content(account.pubkey()) == bytes(100)
    data = b"\0" + (98).to_bytes(4, "little") + b"xy"
    chain.take(
        Instruction(PROGRAM, data, [AccountMeta(account.pubkey(), True, True)]), signers=[account]
    )
    assert chain.content(account.pubkey()) == bytes(98) + b"xy"


def test_accounts_of_others_are_neither_written_nor_closed(chain: Chain) -> None:
    """Not even with their keys: the chain itself would refuse what changed, too."""
    other = chain.put(bytes(100), owner=Pubkey.default())
    write_it = Instruction(PROGRAM, bytes(6), [AccountMeta(other.pubkey(), True, True)])
    assert chain.refuse(write_it, signers=[other]) == INSTRUCTION
    taken = close(PROGRAM, other.pubkey(), chain.payer.pubkey())
    assert chain.refuse(taken, signers=[other]) == INSTRUCTION


def test_only_who_has_the_accounts_key_closes_it(chain: Chain) -> None:
    """A thief takes the lamports of somebody's account."""
    account, thief = chain.put(bytes(100)).pubkey(), Keypair()
    accounts = [AccountMeta(account, False, True), AccountMeta(thief.pubkey(), True, True)]
    assert chain.refuse(Instruction(PROGRAM, b"\2", accounts), signers=[thief]) == INSTRUCTION
    assert chain.machine.get_account(account) is not None


def test_an_account_is_not_closed_into_itself(chain: Chain) -> None:
    """Its lamports would be gone, or doubled."""
    account = chain.put(bytes(100))
    itself = close(PROGRAM, account.pubkey(), account.pubkey())
    assert chain.refuse(itself, signers=[account]) == INSTRUCTION


@pytest.mark.parametrize("data", [b"", b"\4", b"\xff", b"\1\1", b"\2\0", b"\3x", b"\0", b"\0abc"])
def test_what_is_no_instruction(chain: Chain, data: bytes) -> None:
    """Unknown ones, and bytes where none belong."""
    account = chain.put((ROOT / PROOFS[0]).read_bytes())
    meta = [AccountMeta(account.pubkey(), True, True)]
    assert chain.refuse(Instruction(PROGRAM, data, meta), signers=[account]) == INSTRUCTION


@pytest.mark.parametrize("count", [0, 2, 4, 6])
def test_other_numbers_of_accounts(chain: Chain, count: int) -> None:
    """Also more than the program looks at."""
    proof = (ROOT / PROOFS[0]).read_bytes()
    metas = [AccountMeta(chain.put(proof).pubkey(), False, False) for _ in range(count)]
    assert chain.refuse(Instruction(PROGRAM, b"\1", metas)) == INSTRUCTION


def test_two_accounts_that_are_one(chain: Chain) -> None:
    """Nothing is read and written at once."""
    account = chain.put((ROOT / PROOFS[0]).read_bytes())
    metas = [AccountMeta(account.pubkey(), True, True)] * 2
    for data in (b"\0" + bytes(5), b"\1", b"\2"):
        assert chain.refuse(Instruction(PROGRAM, data, metas), signers=[account]) == INSTRUCTION


def test_anybody_verifies_an_account_of_any_program(chain: Chain) -> None:
    """What is verified are its bytes: whoever keeps a proof elsewhere need not copy it."""
    account = chain.put((ROOT / PROOFS[0]).read_bytes(), owner=Pubkey.default())
    answered = chain.take(verify(PROGRAM, account.pubkey()))
    _compare(Receipt.from_bytes(answered.return_data().data), receipts()[0])


def test_a_refused_proof_answers_nothing(chain: Chain) -> None:
    """Nobody takes the answer for a receipt."""
    proof = bytearray((ROOT / PROOFS[0]).read_bytes())
    proof[-1] ^= 1
    sent = chain.send(verify(PROGRAM, chain.put(bytes(proof)).pubkey()))
    assert isinstance(sent, FailedTransactionMetadata)
    assert sent.meta().return_data().data == b""


def test_less_than_it_takes_is_no_answer(chain: Chain) -> None:
    """A proof that is verified with too few units is neither valid nor invalid."""
    account = chain.put((ROOT / PROOFS[0]).read_bytes())
    sent = chain.send(verify(PROGRAM, account.pubkey()), units=1_000_000)
    assert isinstance(sent, FailedTransactionMetadata)
    assert "exceeded" in sent.meta().pretty_logs()

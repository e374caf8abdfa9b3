"""Chunks that are paid for their keys, on both chains, by the typed clients."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from eth_account.messages import _hash_eip191_message

from tests.settle_client.market import BOND, CHUNK, CHUNKS, WINDOW, Market, content, key
from tests.settle_client.sealing import PRICE, Waiting, mine, settle, signed
from zkpot.errors import AlreadyDone, CallReverted, InputError
from zkpot.settle.contracts.interface import interface, snake
from zkpot.settle.contracts.states import State
from zkpot.settle.seal import Seal
from zkpot.settle.transactions.actions import perform


def test_a_life(sealed: Market) -> None:
    """Accepted on the chain, by a signature, and by publication; the last key ends the order."""
    given, keys = sealed.awarded(sealed.order(), PRICE), sealed.keys
    consumer, worker = sealed.sender(sealed.consumer), sealed.sender(sealed.worker)
    for chunk in range(CHUNKS):
        receipt = settle(sealed, given)
        mine(sealed, 1)
        assert receipt.event("Settled")["paid"] == 0
        seal = keys.seal(given.order)
        assert seal.hash(given.number) == sealed.book.entry(given.number).seal
        assert (seal.settled_in, seal.key) == (
            receipt.block,
            f"{receipt.event('Sealed')['key']:064x}",
        )
        acceptance = None
        if chunk == 0:
            perform(consumer, keys.accept(given.order, seal))
            with pytest.raises(AlreadyDone, match="is accepted"):
                perform(consumer, keys.accept(given.order, seal))
        elif chunk == 1:
            acceptance = signed(sealed, given, seal)
        else:
            publish = keys.envelopes.publish(sealed.worker.address, seal.ciphertext, content(chunk))
            perform(worker, publish)
            sealed.pass_time(WINDOW // 2)
        paid = perform(worker, keys.reveal(given.order, seal, key(chunk), acceptance))
        bond = BOND if chunk == 2 else 0
        assert paid.event("Revealed")["paid"] == CHUNK * PRICE + bond
        shown = keys.revealed(given.order)
        assert (shown.ciphertext, shown.key, shown.key_hash) == (
            *(seal.ciphertext, key(chunk), seal.key),
        )
        with pytest.raises(AlreadyDone, match="steps that are proven are paid"):
            keys.require_payment(given.order, seal, acceptance)
    assert sealed.book.entry(given.number).state is State.COMPLETED
    assert sealed.book.credit(sealed.worker.address) == CHUNKS * CHUNK * PRICE + BOND


def test_what_is_signed_is_what_the_contract_compares(waiting: Waiting) -> None:
    sealed, given = waiting
    seal = sealed.keys.seal(given.order)
    acceptance = signed(sealed, given, seal)
    assert acceptance.signer() == sealed.consumer.address
    others = [
        {"chain_id": 1},
        {"book": sealed.front},
        {"number": "0x" + "01" * 32},
        {"ciphertext": "01" * 32},
        {"key": "01" * 32},
    ]
    for other in others:
        assert replace(acceptance, **other).signer() != sealed.consumer.address
        with pytest.raises(InputError, match="the acceptance is"):
            sealed.keys.require_payment(given.order, seal, signed(sealed, given, seal, **other))
    for signature in (b"", b"\0" * 65, sealed.worker.message(given.order.message(1, given.book))):
        with pytest.raises(InputError, match=f"is not signed by {sealed.consumer.address}"):
            sealed.keys.require_payment(given.order, seal, replace(acceptance, signature=signature))


def test_seals_have_the_fields_of_the_contract() -> None:
    components = interface("OrderBook").components("accept", "seal")
    assert [field.name for field in fields(Seal)] == [snake(f["name"]) for f in components]
    message = Seal("01" * 32, "02" * 32, 3, 4).message(5, "0x" + "06" * 20, "0x" + "07" * 32)
    assert len(_hash_eip191_message(message)) == 32


def test_a_later_chunk_waits_for_the_key(waiting: Waiting) -> None:
    sealed, given = waiting
    first = sealed.keys.seal(given.order)
    with pytest.raises(InputError, match="the key of the chunk before is not paid"):
        settle(sealed, given)
    settle(sealed, given, leave_key=True)
    mine(sealed, 1)
    with pytest.raises(InputError, match="another chunk was settled since"):
        sealed.keys.require_payment(given.order, first, signed(sealed, given, first))
    with pytest.raises(InputError, match="another chunk was settled since"):
        perform(sealed.sender(sealed.consumer), sealed.keys.accept(given.order, first))
    seal = sealed.keys.seal(given.order)
    with pytest.raises(InputError, match="the acceptance is one of ciphertext"):
        sealed.keys.require_payment(given.order, seal, signed(sealed, given, first))
    reveal = sealed.keys.reveal(given.order, seal, key(1), signed(sealed, given, seal))
    # One key pays for both.
    paid = perform(sealed.sender(sealed.worker), reveal)
    assert paid.event("Revealed")["paid"] == 2 * CHUNK * PRICE
    settle(sealed, given)


def test_nothing_waits(sealed: Market) -> None:
    given = sealed.awarded(sealed.order(), PRICE)
    with pytest.raises(InputError, match="no chunk is settled that waits for a key"):
        sealed.keys.seal(given.order)
    with pytest.raises(InputError, match="no key was shown yet"):
        sealed.keys.revealed(given.order)
    settle(sealed, given)
    with pytest.raises(InputError, match="no key was shown yet"):
        sealed.keys.revealed(given.order)


def test_accepted_too_late(waiting: Waiting) -> None:
    sealed, given = waiting
    seal = sealed.keys.seal(given.order)
    sealed.pass_time(WINDOW // 2)
    with pytest.raises(CallReverted, match="the deadline was 20"):
        perform(sealed.sender(sealed.consumer), sealed.keys.accept(given.order, seal))

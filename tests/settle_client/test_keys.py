"""Keys for payment, on both chains, by the typed clients: no key is shown that is not paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from eth_account.messages import _hash_eip191_message

from contracts.compile import Contract
from tests.settle_client.chains import Bench, entries
from tests.settle_client.faults import Killed
from tests.settle_client.market import BOND, CHUNK, CHUNKS, WINDOW, Market, content, key, put_market
from zkpot.errors import AlreadyDone, CallReverted, InputError, TransactionRejected, Unconfirmed
from zkpot.settle.actions import perform
from zkpot.settle.history import history
from zkpot.settle.interface import interface, snake
from zkpot.settle.keys import MARGIN
from zkpot.settle.order_file import OrderFile
from zkpot.settle.receipts import Receipt
from zkpot.settle.seal import Acceptance, Seal
from zkpot.settle.states import State

PRICE = 80


@pytest.fixture
def sealed(bench: Bench, settlement: Mapping[str, Contract]) -> Market:
    return put_market(bench, settlement, envelopes=True)


@pytest.fixture
def final(bench: Bench, settlement: Mapping[str, Contract]) -> Market:
    """One whose book waits for four blocks."""
    return put_market(bench, settlement, envelopes=True, finality=4)


def settled(market: Market) -> OrderFile:
    given = market.awarded(market.order(), PRICE)
    settle(market, given)
    mine(market, 1)
    return given


def settle(market: Market, given: OrderFile, leave_key: bool = False) -> Receipt:
    chunk = market.book.entry(given.number).steps // CHUNK
    action = market.book.settle(given.order, chunk, market.proof(given), leave_key=leave_key)
    return perform(market.sender(market.worker), action)


def signed(market: Market, given: OrderFile, seal: Seal, **other: Any) -> Acceptance:
    named = Acceptance(given.chain_id, given.book, given.number, seal.ciphertext, seal.key, b"")
    found = replace(named, **other)
    message = Seal(found.ciphertext, found.key, 0, 0).message(
        found.chain_id, found.book, found.number
    )
    return replace(found, signature=market.consumer.message(message))


def mine(market: Market, blocks: int) -> None:
    for _ in range(blocks):
        market.pass_time(1)


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


def test_what_is_signed_is_what_the_contract_compares(sealed: Market) -> None:
    given = settled(sealed)
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


def test_no_key_before_it_is_accepted(sealed: Market) -> None:
    """Neither the chain nor the node sees it, not even to estimate."""
    given = settled(sealed)
    seal = sealed.keys.seal(given.order)
    sender, faults = sealed.bench.sender(sealed.worker)
    asked: list[str] = []
    for method in ("eth_call", "eth_estimateGas", "eth_sendRawTransaction"):
        faults.add(method, *[watching(asked)] * 40)
    with pytest.raises(InputError, match="is neither accepted nor published") as refused:
        perform(sender, sealed.keys.reveal(given.order, seal, key(0)))
    assert key(0).hex() not in "".join(asked)
    assert key(0).hex() not in str(refused.value)
    assert not [entry for entry in entries(sealed.bench.folder) if "reveal" in str(entry)]
    # It is there once it is accepted, which shows that this test sees it.
    acceptance = signed(sealed, given, seal)
    perform(sender, sealed.keys.reveal(given.order, seal, key(0), acceptance))
    assert key(0).hex() in "".join(asked)


def watching(asked: list[str]) -> Any:
    def fault(method: str, params: Any, ask: Any) -> Any:
        asked.append(
            str(
                [
                    p if isinstance(p, str) else {k: _text(v) for k, v in p.items()}
                    for p in params
                    if not isinstance(p, int)
                ]
            )
        )
        return ask(method, params)

    return fault


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def test_no_key_before_the_settlement_is_final(final: Market) -> None:
    given = settled(final)
    seal = final.keys.seal(given.order)
    acceptance = signed(final, given, seal)
    worker = final.sender(final.worker)
    reveal = final.keys.reveal(given.order, seal, key(0), acceptance)
    # In the process calls are tried on the last block, elsewhere on the next one.
    last = seal.settled_in + (3 if final.bench.is_anvil else 4)
    for _ in range(last - seal.settled_in - 1):
        with pytest.raises(InputError, match=f"its settlement is final with block {last}, and"):
            perform(worker, reveal)
        mine(final, 1)
    perform(worker, reveal)


def test_no_key_before_the_acceptance_is_final(final: Market) -> None:
    """One on the chain can be taken back with its block."""
    given = settled(final)
    seal = final.keys.seal(given.order)
    mine(final, 4)
    perform(final.sender(final.consumer), final.keys.accept(given.order, seal))
    for _ in range(3):
        with pytest.raises(InputError, match="or not for 4 blocks yet"):
            final.keys.require_payment(given.order, seal, None)
        mine(final, 1)
    final.keys.require_payment(given.order, seal, None)


def test_no_key_before_the_publication_is_final_and_counts(final: Market) -> None:
    given = settled(final)
    seal, account = final.keys.seal(given.order), final.worker.address
    final.pass_time(WINDOW // 2 - 600)
    worker = final.sender(final.worker)
    perform(worker, final.keys.envelopes.publish(account, seal.ciphertext, content(0)))
    with pytest.raises(InputError, match="or not for 4 blocks yet"):
        final.keys.require_payment(given.order, seal, None)
    mine(final, 3)
    with pytest.raises(InputError, match="what is published counts as accepted from 20"):
        final.keys.require_payment(given.order, seal, None)
    final.pass_time(600)
    perform(worker, final.keys.reveal(given.order, seal, key(0)))


def test_no_key_at_the_end_of_the_window(sealed: Market) -> None:
    given = settled(sealed)
    order, seal = given.order, sealed.keys.seal(given.order)
    acceptance = signed(sealed, given, seal)
    sealed.bench.travel(order.deadline + order.reveal_window - MARGIN)
    sealed.keys.require_payment(order, seal, acceptance)
    sealed.pass_time(1)
    with pytest.raises(InputError, match="which is too soon or over; nothing was shown"):
        sealed.keys.require_payment(order, seal, acceptance)


@pytest.mark.parametrize("late", [False, True])
def test_gone_on_with_in_time_only(sealed: Market, late: bool) -> None:
    """Killed when it was signed and no node had it: the next call sends it, but not for nothing."""
    given = settled(sealed)
    order, seal = given.order, sealed.keys.seal(given.order)
    acceptance = signed(sealed, given, seal)
    sender, faults = sealed.bench.sender(sealed.worker)
    faults.add("eth_sendRawTransaction", killed)
    with pytest.raises(Killed):
        perform(sender, sealed.keys.reveal(order, seal, key(0), acceptance))
    sender, faults = sealed.bench.sender(sealed.worker, known=sealed.deployment.known())
    asked: list[str] = []
    faults.add("eth_sendRawTransaction", *[watching(asked)] * 9)
    if not late:
        receipt = perform(sender, sealed.keys.reveal(order, seal, key(0), acceptance))
        assert receipt.event("Revealed")["paid"] == CHUNK * PRICE
        assert key(0).hex() in "".join(asked)
        return
    sealed.bench.travel(order.deadline + order.reveal_window - MARGIN + 1)
    perform(sender, sealed.staking.unbond(1))
    with pytest.raises(InputError, match="which is too soon or over"):
        perform(sender, sealed.keys.reveal(order, seal, key(0), acceptance))
    assert asked
    assert key(0).hex() not in "".join(asked)


def killed(method: str, params: Any, ask: Any) -> Any:
    raise Killed


def test_a_later_chunk_waits_for_the_key(sealed: Market) -> None:
    given = settled(sealed)
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


def test_accepted_too_late(sealed: Market) -> None:
    given = settled(sealed)
    seal = sealed.keys.seal(given.order)
    sealed.pass_time(WINDOW // 2)
    with pytest.raises(CallReverted, match="the deadline was 20"):
        perform(sealed.sender(sealed.consumer), sealed.keys.accept(given.order, seal))


def test_published_in_parts(sealed: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settled(sealed)
    seal, account = sealed.keys.seal(given.order), sealed.worker.address
    envelopes, sender = sealed.keys.envelopes, sealed.sender(sealed.worker)
    monkeypatch.setattr("zkpot.settle.envelopes._MOST_GAS", (150_000 + 2 * 8_000) * 120 // 100)

    def publish(again: bool = False, what: bytes = content(0)) -> Any:
        return envelopes.publish(account, seal.ciphertext, what, again)

    action = publish()
    assert len(action.before) == 2
    perform(sender, action.before[0])
    assert envelopes.progress(account, seal.ciphertext) == (2, 5)
    # It goes on where it ended.
    assert len(publish().before) == 1
    with pytest.raises(AlreadyDone, match="elements 0 to 2"):
        perform(sender, action.before[0])
    wrong = content(1)
    with pytest.raises(CallReverted, match=r"has the hash .* begin anew"):
        perform(sender, publish(what=wrong))
    perform(sender, publish(again=True))
    assert envelopes.is_published(seal.ciphertext)
    assert envelopes.read(seal.ciphertext) == content(0)
    with pytest.raises(AlreadyDone, match="is published already"):
        perform(sender, action)
    with pytest.raises(AlreadyDone, match="is published already"):
        publish()


def test_parts_fit_a_transaction(sealed: Market) -> None:
    """A part of a large ciphertext takes no more than was thought, on a chain as they are."""
    content = b"".join(value.to_bytes(32, "big") for value in range(1, 2001))
    action = sealed.keys.envelopes.publish(sealed.worker.address, "01" * 32, content)
    (first,) = action.before
    receipt = perform(sealed.sender(sealed.worker), first)
    assert 10_000_000 < receipt.gas * 1.2 < 1 << 24


def test_a_node_repeats_no_data(sealed: Market) -> None:
    given = settled(sealed)
    seal = sealed.keys.seal(given.order)
    sender, faults = sealed.bench.sender(sealed.worker)
    acceptance = signed(sealed, given, seal)

    def echo(method: str, params: Any, ask: Any) -> Any:
        return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": f"bad {params}"}}

    faults.add("eth_estimateGas", echo)
    with pytest.raises(TransactionRejected) as refused:
        perform(sender, sealed.keys.reveal(given.order, seal, key(0), acceptance))
    assert "(data)" in str(refused.value)
    assert key(0).hex() not in str(refused.value)
    faults.add("eth_sendRawTransaction", *[echo] * 40)
    with pytest.raises((Unconfirmed, TransactionRejected, InputError)) as refused:
        perform(sender, sealed.keys.reveal(given.order, seal, key(0), acceptance))
    assert key(0).hex() not in str(refused.value) + repr(refused.value)


def test_journals_of_keys_are_the_owners(sealed: Market) -> None:
    given = settled(sealed)
    seal = sealed.keys.seal(given.order)
    perform(
        sealed.sender(sealed.worker),
        sealed.keys.reveal(given.order, seal, key(0), signed(sealed, given, seal)),
    )
    journals = [p for p in sealed.bench.folder.rglob("*.json") if key(0).hex() in p.read_text()]
    assert [path.stat().st_mode & 0o777 for path in journals] == [0o600]


def test_history_in_small_pieces(sealed: Market) -> None:
    """Nodes look through so many blocks at once, and not more."""
    given = settled(sealed)
    node, faults = sealed.bench.node()
    chain = replace(sealed.chain, node=node)
    refused = []

    def limit(method: str, params: Any, ask: Any) -> Any:
        width = int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) + 1
        if width > 3:
            refused.append(width)
            error = {"code": -32005, "message": "block range is too wide"}
            return {"jsonrpc": "2.0", "id": 1, "error": error}
        return ask(method, params)

    faults.add("eth_getLogs", *[limit] * 200)
    about = bytes.fromhex(given.number[2:])
    names = ("Sealed", "Awarded", "Opened")
    found = list(history(chain, given.book, "OrderBook", names, about, 0))
    assert [event.name for _, event in found] == ["Sealed", "Awarded", "Opened"]
    assert refused
    later = history(chain, given.book, "OrderBook", names, about, given.order.bidding_ends)
    assert [event.name for _, event in later][:1] == ["Sealed"]


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 50_000, b"null", b"{}"])
def test_no_acceptance_at_all(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acceptance.json"
    path.write_bytes(text)
    with pytest.raises(InputError, match="not an acceptance"):
        Acceptance.read(path)


def test_an_acceptance_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Acceptance(1, "0x" + "11" * 20, "0x" + "22" * 32, "33" * 32, "44" * 32, b"\5" * 65)
    made.write(tmp_path / "a.json")
    assert Acceptance.read(tmp_path / "a.json") == made
    text = (tmp_path / "a.json").read_text()
    for old, new in (("33" * 32, "33" * 31), ('"1"', '"one"'), ("05" * 65, "05" * 64)):
        (tmp_path / "a.json").write_text(text.replace(old, new))
        with pytest.raises(InputError, match="not an acceptance"):
            Acceptance.read(tmp_path / "a.json")

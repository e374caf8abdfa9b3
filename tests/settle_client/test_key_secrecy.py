"""No key is shown that is not paid: neither to the chain, nor to a node, nor in a message."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settle_client.chains import entries
from tests.settle_client.faults import Killed
from tests.settle_client.market import CHUNK, WINDOW, content, key
from tests.settle_client.sealing import PRICE, Waiting, mine, signed
from zkpot.errors import InputError, TransactionRejected, Unconfirmed
from zkpot.settle.keys import MARGIN
from zkpot.settle.transactions.actions import perform


def test_no_key_before_it_is_accepted(waiting: Waiting) -> None:
    """Neither the chain nor the node sees it, not even to estimate."""
    sealed, given = waiting
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


def test_no_key_before_the_settlement_is_final(final: Waiting) -> None:
    market, given = final
    seal = market.keys.seal(given.order)
    acceptance = signed(market, given, seal)
    worker = market.sender(market.worker)
    reveal = market.keys.reveal(given.order, seal, key(0), acceptance)
    # In the process calls are tried on the last block, elsewhere on the next one.
    last = seal.settled_in + (3 if market.bench.is_anvil else 4)
    for _ in range(last - seal.settled_in - 1):
        with pytest.raises(InputError, match=f"its settlement is final with block {last}, and"):
            perform(worker, reveal)
        mine(market, 1)
    perform(worker, reveal)


def test_no_key_before_the_acceptance_is_final(final: Waiting) -> None:
    """One on the chain can be taken back with its block."""
    market, given = final
    seal = market.keys.seal(given.order)
    mine(market, 4)
    perform(market.sender(market.consumer), market.keys.accept(given.order, seal))
    for _ in range(3):
        with pytest.raises(InputError, match="or not for 4 blocks yet"):
            market.keys.require_payment(given.order, seal, None)
        mine(market, 1)
    market.keys.require_payment(given.order, seal, None)


def test_no_key_before_the_publication_is_final_and_counts(final: Waiting) -> None:
    market, given = final
    seal, account = market.keys.seal(given.order), market.worker.address
    market.pass_time(WINDOW // 2 - 600)
    worker = market.sender(market.worker)
    perform(worker, market.keys.envelopes.publish(account, seal.ciphertext, content(0)))
    with pytest.raises(InputError, match="or not for 4 blocks yet"):
        market.keys.require_payment(given.order, seal, None)
    mine(market, 3)
    with pytest.raises(InputError, match="what is published counts as accepted from 20"):
        market.keys.require_payment(given.order, seal, None)
    market.pass_time(600)
    perform(worker, market.keys.reveal(given.order, seal, key(0)))


def test_no_key_at_the_end_of_the_window(waiting: Waiting) -> None:
    sealed, given = waiting
    order, seal = given.order, sealed.keys.seal(given.order)
    acceptance = signed(sealed, given, seal)
    sealed.bench.travel(order.deadline + order.reveal_window - MARGIN)
    sealed.keys.require_payment(order, seal, acceptance)
    sealed.pass_time(1)
    with pytest.raises(InputError, match="which is too soon or over; nothing was shown"):
        sealed.keys.require_payment(order, seal, acceptance)


@pytest.mark.parametrize("late", [False, True])
def test_gone_on_with_in_time_only(waiting: Waiting, late: bool) -> None:
    """Killed when it was signed and no node had it: the next call sends it, but not for nothing."""
    sealed, given = waiting
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


def test_a_node_repeats_no_data(waiting: Waiting) -> None:
    sealed, given = waiting
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


def test_journals_of_keys_are_the_owners(waiting: Waiting) -> None:
    sealed, given = waiting
    seal = sealed.keys.seal(given.order)
    perform(
        sealed.sender(sealed.worker),
        sealed.keys.reveal(given.order, seal, key(0), signed(sealed, given, seal)),
    )
    journals = [p for p in sealed.bench.folder.rglob("*.json") if key(0).hex() in p.read_text()]
    assert [path.stat().st_mode & 0o777 for path in journals] == [0o600]


def killed(method: str, params: Any, ask: Any) -> Any:
    raise Killed


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

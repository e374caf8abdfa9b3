"""Orders from their signature to their end, on both chains, by the typed clients."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.settle_client.market import CHUNK, CHUNKS, OFFER, PRICE, STAKE, STEPS, Market
from zkpot.errors import AlreadyDone, CallReverted, InputError, InvalidProof
from zkpot.settle.context import context_of
from zkpot.settle.contracts.states import State
from zkpot.settle.front import Front
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.order import Schedule
from zkpot.settle.proof_check import check_proof, path_of
from zkpot.settle.transactions.actions import perform


def test_numbers_and_contexts_are_the_contracts(market: Market) -> None:
    order, book = market.order(), market.book
    number = order.number(market.chain.id, book.address)
    assert book.number(order) == number
    worker = market.worker.address
    assert book.context(number, worker) == context_of(market.chain.id, book.address, number, worker)
    shape = Front(market.chain, market.front).shape()
    assert (shape.program, shape.chunk_steps) == (order.program, CHUNK)


@pytest.mark.parametrize("listed", [False, True])
def test_a_life(market: Market, listed: bool) -> None:
    scalars = market.scalars(listed=listed)
    order = market.order(schedule=scalars.schedule, scalars=scalars.name)
    assert order.schedule == (Schedule.LISTED if listed else Schedule.CONSTANT)
    signed = market.awarded(order, 80)
    assert signed.signer() == market.consumer.address
    book, worker = market.book, market.sender(market.worker)
    for chunk in range(CHUNKS):
        proof = market.proof(signed, listed=listed)
        assert check_proof(signed, book.entry(signed.number), proof) == chunk
        path = path_of(order, chunk, proof, scalars)
        receipt = perform(worker, book.settle(order, chunk, proof, path))
        assert receipt.event("Settled")["paid"] == CHUNK * 80
    entry = book.entry(signed.number)
    assert (entry.state, entry.steps, entry.locked) == (State.COMPLETED, STEPS, 0)
    assert entry.states == "0x" + proof.links[-1].after
    for account, owed in ((market.worker, STEPS * 80), (market.consumer, STEPS * (PRICE - 80))):
        before = market.token.balance(account.address)
        assert book.credit(account.address) == owed
        perform(worker, book.claim(account.address))
        assert market.token.balance(account.address) == before + owed
    stake = market.staking.stake(market.worker.address)
    assert (stake.staked, stake.reserved, stake.free) == (2 * STAKE, 0, 2 * STAKE)


def test_what_is_done_is_not_done_again(market: Market) -> None:
    order, book = market.order(), market.book
    worker, consumer = market.sender(market.worker), market.sender(market.consumer)
    signed = market.opened(order)
    with pytest.raises(AlreadyDone, match="is bidding already"):
        perform(consumer, book.open(order, signed.signature, market.consumer.address))
    market.staked()
    with pytest.raises(AlreadyDone, match="may reserve stake"):
        perform(worker, market.staking.authorise(worker.signer.address, book.address))
    perform(worker, book.bid(order, 80, OFFER, worker.signer.address))
    with pytest.raises(AlreadyDone, match="your bid of 80 is the best one already"):
        perform(worker, book.bid(order, 80, OFFER, worker.signer.address))
    market.pass_time(3600)
    perform(worker, book.award(order))
    with pytest.raises(AlreadyDone, match="is awarded already"):
        perform(worker, book.award(order))
    proof = market.proof(signed)
    perform(worker, book.settle(order, 0, proof))
    # By anybody, with other bytes of the same proof, too.
    for sender in (worker, consumer):
        with pytest.raises(AlreadyDone, match="chunk 0 is settled already"):
            perform(sender, book.settle(order, 0, replace(proof, proof=proof.proof + "00")))
    with pytest.raises(AlreadyDone, match="chunk 0 is settled"):
        check_proof(signed, book.entry(signed.number), proof)
    perform(worker, book.claim(worker.signer.address))
    with pytest.raises(AlreadyDone, match="has nothing to claim"):
        perform(worker, book.claim(worker.signer.address))
    assert book.entry(signed.number).steps == CHUNK


def test_cancelled_closed_and_late(market: Market) -> None:
    consumer, book = market.sender(market.consumer), market.book
    cancelled = market.opened(market.order()).order
    closed = market.opened(market.order(nonce="0x" + "01" * 32)).order
    perform(consumer, book.cancel(cancelled))
    with pytest.raises(AlreadyDone, match="is cancelled already"):
        perform(consumer, book.cancel(cancelled))
    late = market.awarded(market.order(nonce="0x" + "02" * 32)).order
    perform(consumer, book.close(closed))
    with pytest.raises(AlreadyDone, match="is unfilled already"):
        perform(consumer, book.close(closed))
    with pytest.raises(CallReverted, match=r"refused, the worker has until 20\d\d-"):
        perform(consumer, book.expire(late))
    market.pass_time(25 * 3600)
    receipt = perform(consumer, book.expire(late))
    assert receipt.event("Late")["slashed"] == STAKE
    with pytest.raises(AlreadyDone, match="is late already"):
        perform(consumer, book.expire(late))


def test_stake_in_and_out(market: Market) -> None:
    worker, staking = market.sender(market.worker), market.staking
    account = market.worker.address
    perform(worker, staking.add(500, account))
    perform(worker, staking.add(500, account))
    perform(worker, staking.unbond(300))
    stake = staking.stake(account)
    assert (stake.staked, stake.leaving, stake.free) == (1000, 300, 700)
    with pytest.raises(CallReverted, match="what is leaving can be withdrawn from 20"):
        perform(worker, staking.withdraw(account))
    with pytest.raises(CallReverted, match=f"{account} has 700 units of free stake, and 701"):
        perform(worker, staking.unbond(701))
    perform(worker, staking.keep())
    perform(worker, staking.unbond(400))
    market.pass_time(8 * 24 * 3600)
    before = market.token.balance(account)
    perform(worker, staking.withdraw(account))
    assert market.token.balance(account) == before + 400
    perform(worker, staking.authorise(account, market.book.address))
    perform(worker, staking.authorise(account, market.book.address, False))
    assert not staking.is_authorised(account, market.book.address)


def test_refusals_name_what_is_wrong(market: Market) -> None:
    order, book = market.order(), market.book
    consumer, worker = market.sender(market.consumer), market.sender(market.worker)
    unsigned = market.worker.message(order.message(market.chain.id, book.address))
    with pytest.raises(CallReverted, match=f"{market.consumer.address} did not sign it"):
        perform(consumer, book.open(order, unsigned, market.consumer.address))
    market.opened(order)
    with pytest.raises(CallReverted, match="the offer has memoryGiB 8, and the order asks for 16"):
        perform(worker, book.bid(order, 80, replace(OFFER, memory_gib=8), worker.signer.address))
    with pytest.raises(CallReverted, match=r"has not authorised .*: 'zkpot stake authorise'"):
        perform(worker, book.bid(order, 80, OFFER, worker.signer.address))
    with pytest.raises(CallReverted, match=f"a bid of {PRICE + 1} a step is not below {PRICE}"):
        perform(worker, book.bid(order, PRICE + 1, OFFER, worker.signer.address))
    with pytest.raises(CallReverted, match=r"bidding goes on until 20\d\d-\d\d-\d\d"):
        perform(worker, book.award(order))
    with pytest.raises(CallReverted, match="the order is bidding, and this needs one that is awa"):
        perform(worker, book.expire(order))
    poor = market.bench.signer()
    order = market.order(consumer=poor.address)
    signature = poor.message(order.message(market.chain.id, book.address))
    with pytest.raises(CallReverted, match=f"{poor.address} has 0 units of the token"):
        perform(market.sender(poor), book.open(order, signature, poor.address))


def test_an_invalid_proof_is_one(market: Market) -> None:
    signed = market.awarded(market.order())
    proof = replace(market.proof(signed), proof="11" * 32)
    worker = market.sender(market.worker)
    with pytest.raises(InvalidProof, match="the proof does not show statement 0x") as refused:
        perform(worker, market.book.settle(signed.order, 0, proof))
    assert refused.value.exit_code == 1
    assert market.book.entry(signed.number).steps == 0


def test_a_verifier_of_a_test_srs_is_for_local_chains(market: Market) -> None:
    from zkpot.settle.known_setup import KNOWN_POINT

    runtime = b"\x00" + b"".join(KNOWN_POINT)
    front = market.bench.put_code(_creation(runtime))
    assert market.chain.node.code(front) == runtime
    assert Front(market.chain, front).refuse_test_srs() is None
    public = Chain(market.chain.node, 5, 12)
    with pytest.raises(InputError, match=r"comes from a test SRS, .* chain 5 is no local one"):
        Front(public, front).refuse_test_srs()
    assert Front(public, market.front).refuse_test_srs() is None
    for action in (
        replace(market.book, chain=public).open(market.order(verifier=front), b"", "0x"),
        replace(market.book, chain=public).bid(market.order(verifier=front), 1, OFFER, "0x"),
    ):
        with pytest.raises(InputError, match="comes from a test SRS"):
            action.guard()


def test_what_stands_before_a_test_srs_is_for_local_chains(market: Market) -> None:
    """A front before such a verifier, and claims before the front."""
    from zkpot.settle.known_setup import KNOWN_POINT

    public = Chain(market.chain.node, 5, 12)
    where = market.bench.put_code(_creation(b"\x00" + b"".join(KNOWN_POINT)))
    for _ in ("front", "claims"):
        # Whatever it is asked, it answers with what stands behind it.
        behind = bytes.fromhex(where.removeprefix("0x"))
        runtime = b"\x73" + behind + bytes.fromhex("5f5260205ff3")
        where = market.bench.put_code(_creation(runtime))
        assert Front(market.chain, where).refuse_test_srs() is None
        with pytest.raises(InputError, match="comes from a test SRS"):
            Front(public, where).refuse_test_srs()


def _creation(runtime: bytes) -> bytes:
    """Copies what follows these nine bytes, and leaves it."""
    return bytes.fromhex(f"60{len(runtime):02x}8060093d393df3") + runtime


def test_no_approval_is_left_over(market: Market) -> None:
    """What was done before, or cannot be done, is approved no other time."""
    given = market.opened(market.order())
    book, token, account = market.deployment.book, market.token, market.consumer.address

    def again() -> None:
        action = market.book.open(given.order, given.signature, account)
        perform(market.sender(market.consumer), action)

    assert token.allowance(account, book) == 0
    with pytest.raises(AlreadyDone):
        again()
    assert token.allowance(account, book) == 0
    perform(market.sender(market.consumer), market.book.cancel(given.order))
    with pytest.raises(InputError, match="cancelled"):
        again()
    assert token.allowance(account, book) == 0

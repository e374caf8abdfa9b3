"""Claims on a chain that is written anew behind them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from contracts.compile import Contract
from tests.settle_client.chains import Bench, entries
from tests.settle_client.test_claims import BOND, CLAIM_STAKE, FEE, Claimed, put_claims
from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.contracts.states import ClaimState
from zkpot.settle.transactions.actions import perform


@pytest.fixture
def claimed(on_anvil: Bench, settlement: Mapping[str, Contract]) -> Claimed:
    return put_claims(on_anvil, settlement)


def forget(bench: Bench, blocks: int = 1) -> None:
    """The last blocks are other ones, and nobody has their transactions."""
    bench.rpc("anvil_reorg", blocks, [])
    bench.rpc("anvil_dropAllTransactions")


def test_a_claim_that_the_chain_forgets_is_sent_again(claimed: Claimed) -> None:
    """As it was, in another block: another one draws."""
    bench, worker = claimed.market.bench, claimed.market.worker
    before = bench.balance(claimed.market.deployment.token, worker.address)
    statement = claimed.post()
    first = claimed.claims.claim(statement)
    forget(bench)
    assert claimed.state(statement) is ClaimState.NONE
    assert claimed.market.staking.stake(worker.address).free > 0
    sent = len(entries(bench.folder))
    with pytest.raises(AlreadyDone, match="is posted already"):
        claimed.post()
    second = claimed.claims.claim(statement)
    assert second.state is ClaimState.POSTED
    assert (second.posted, second.draws) == (first.posted + 1, first.draws + 1)
    # Stake and fee were taken once, by the one transaction that there is.
    assert len(entries(bench.folder)) == sent
    staking = claimed.market.staking
    assert staking.stake(worker.address).reserved == claimed.given.order.stake + CLAIM_STAKE
    assert bench.balance(claimed.market.deployment.token, worker.address) == before - FEE


def test_a_doubt_that_the_chain_forgets_is_sent_again(claimed: Claimed) -> None:
    bench, account = claimed.market.bench, claimed.doubter.address
    statement = claimed.drawn()
    claimed.move(claimed.validator, "attest", statement)
    token = claimed.market.deployment.token
    before = bench.balance(token, account)
    claimed.move(claimed.doubter, "doubt", statement)
    forget(bench)
    assert claimed.state(statement) is ClaimState.PENDING
    assert bench.balance(token, account) == before
    with pytest.raises(AlreadyDone, match="is doubted already"):
        claimed.move(claimed.doubter, "doubt", statement)
    assert claimed.claims.claim(statement).challenger == account
    assert bench.balance(token, account) == before - BOND


def test_a_forgotten_doubt_that_comes_too_late(claimed: Claimed) -> None:
    """Whoever doubted is told that the claim was accepted meanwhile, and keeps the bond."""
    bench, account = claimed.market.bench, claimed.doubter.address
    statement = claimed.drawn()
    claimed.move(claimed.validator, "attest", statement)
    token = claimed.market.deployment.token
    before = bench.balance(token, account)
    claimed.move(claimed.doubter, "doubt", statement)
    forget(bench)
    claimed.market.pass_time(claimed.claims.claim(statement).until - claimed.now() + 2)
    perform(claimed.market.sender(claimed.validator), claimed.claims.advance(statement))
    with pytest.raises(InputError, match="is accepted, and 'doubt' needs one that is pending"):
        claimed.move(claimed.doubter, "doubt", statement)
    assert claimed.state(statement) is ClaimState.ACCEPTED
    assert bench.balance(token, account) == before


def test_a_draw_that_the_chain_forgets_is_made_again(claimed: Claimed) -> None:
    statement = claimed.drawn()
    forget(claimed.market.bench)
    assert claimed.state(statement) is ClaimState.POSTED
    with pytest.raises(InputError, match="is waiting, and 'draw' needs one that is posted"):
        claimed.move(claimed.doubter, "draw", statement)
    assert claimed.state(statement) is ClaimState.WAITING

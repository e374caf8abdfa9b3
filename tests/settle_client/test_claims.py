"""Claims from their posting to their end, on both chains, by the typed clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from contracts.compile import Contract
from tests.settle_client.chains import Bench
from tests.settle_client.market import CHUNK, STAKE, Market, put_market
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.errors import AlreadyDone, CallReverted, InputError, InvalidProof
from zkpot.settle.claims import Claims
from zkpot.settle.claims_deployment import deploy_claims, terms_of
from zkpot.settle.contracts.states import ClaimState
from zkpot.settle.front import Front
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.order_file import OrderFile
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.receipts import Receipt
from zkpot.settle.transactions.signer import Signer

CLAIM_STAKE, SEAT, BOND, FEE, PRICE = 600, 500, 100, 6, 80
HOUR = 3600


@dataclass
class Claimed:
    """A market, claims in it, a validator with a seat and somebody who doubts."""

    market: Market
    claims: Claims
    validator: Signer
    doubter: Signer
    given: OrderFile

    def move(self, who: Signer, name: str, statement: str) -> Receipt:
        sender = self.market.sender(who)
        return perform(sender, self.claims.move(name, statement, who.address))

    def advance(self, statement: str) -> Receipt:
        self.market.pass_time(self.claims.claim(statement).until - self.now() + 2)
        sender = self.market.sender(self.doubter)
        return perform(sender, self.claims.advance(statement))

    def now(self) -> int:
        return int(self.market.bench.web3.eth.get_block("latest")["timestamp"])

    def state(self, statement: str) -> ClaimState:
        return self.claims.claim(statement).state

    def proof(self) -> EvmProof:
        return self.market.proof(self.given)

    def post(self) -> str:
        worker = self.market.worker
        shown = replace(self.proof(), hash="00" * 32, proof="")
        order = self.given.order
        action = self.claims.post(self.given.book, order, shown, b"\7" * 32, worker.address)
        perform(self.market.sender(worker), action)
        with pytest.raises(AlreadyDone, match="is posted already"):
            perform(self.market.sender(worker), action)
        return self.claims.statement(shown)

    def drawn(self) -> str:
        statement = self.post()
        with pytest.raises(CallReverted, match=r"block \d+ draws the validator, and this is"):
            self.move(self.doubter, "draw", statement)
        for _ in range(3):
            self.market.pass_time(1)
        self.move(self.doubter, "draw", statement)
        claim = self.claims.claim(statement)
        assert claim.state is ClaimState.WAITING
        assert self.claims.validator(claim) == self.validator.address
        return statement


@pytest.fixture
def claimed(bench: Bench, settlement: Mapping[str, Contract]) -> Claimed:
    return put_claims(bench, settlement)


def put_claims(bench: Bench, settlement: Mapping[str, Contract]) -> Claimed:
    """An order that names claims, awarded, and a validator with the only seat."""
    market = put_market(bench, settlement, "claims")
    made = market.bench.ground.having("claims in it", lambda: _put_claims(market))
    return replace(made, market=market)


def _put_claims(market: Market) -> Claimed:
    bench, admin = market.bench, market.sender(market.admin)
    first, least, most = terms_of(CLAIM_STAKE, SEAT, BOND, FEE)
    made = deploy_claims(
        *(admin, market.deployment, market.front, first, least, most),
        owner=market.admin.address,
    )
    claims = Claims(market.chain, made.claims)
    assert claims.terms_at(0) == first
    validator, doubter = bench.signer(), bench.signer()
    for signer in (validator, doubter):
        perform(admin, market.token.mint(signer.address, 10 * STAKE, f"for {signer.address}"))
    sender = market.sender(validator)
    perform(sender, market.staking.add(SEAT, validator.address))
    perform(sender, claims.enrol(validator.address))
    perform(sender, claims.take(validator.address))
    order = market.order(verifier=made.claims, verifier_code=made.code_hash)
    return Claimed(market, claims, validator, doubter, market.awarded(order, PRICE))


def test_attested_and_not_doubted(claimed: Claimed) -> None:
    market = claimed.market
    statement = claimed.drawn()
    with pytest.raises(CallReverted, match=f"{claimed.validator.address} was drawn to answer"):
        claimed.move(claimed.doubter, "attest", statement)
    with pytest.raises(InputError, match="is waiting, and 'doubt' needs one that is pending"):
        claimed.move(claimed.doubter, "doubt", statement)
    claimed.move(claimed.validator, "attest", statement)
    with pytest.raises(AlreadyDone, match="is pending already"):
        claimed.move(claimed.validator, "attest", statement)
    with pytest.raises(CallReverted, match="that can be done after 20"):
        perform(market.sender(claimed.doubter), claimed.claims.advance(statement))
    shown = replace(claimed.proof(), hash="00" * 32, proof="")
    settle = market.book.settle(claimed.given.order, 0, shown)
    with pytest.raises(CallReverted, match=f"claim {statement} is pending, so a proof is needed"):
        perform(market.sender(market.worker), settle)
    claimed.advance(statement)
    assert claimed.state(statement) is ClaimState.ACCEPTED
    with pytest.raises(AlreadyDone, match="is accepted already"):
        perform(market.sender(claimed.doubter), claimed.claims.advance(statement))
    paid = perform(market.sender(market.worker), settle)
    assert paid.event("Settled")["paid"] == CHUNK * PRICE
    account = claimed.validator.address
    assert claimed.claims.credit(account) == FEE
    perform(market.sender(claimed.doubter), claimed.claims.collect(account))
    with pytest.raises(AlreadyDone, match="has nothing to claim"):
        perform(market.sender(claimed.doubter), claimed.claims.collect(account))


def test_doubted_and_proven(claimed: Claimed) -> None:
    market = claimed.market
    statement = claimed.drawn()
    claimed.move(claimed.validator, "abstain", statement)
    claimed.move(claimed.doubter, "doubt", statement)
    with pytest.raises(AlreadyDone, match="is doubted already"):
        claimed.move(claimed.doubter, "doubt", statement)
    worker = market.sender(market.worker)
    with pytest.raises(InvalidProof, match="the proof does not show"):
        perform(worker, claimed.claims.prove(replace(claimed.proof(), proof="11" * 32)))
    perform(worker, claimed.claims.prove(claimed.proof()))
    assert claimed.state(statement) is ClaimState.ACCEPTED
    # Half of the bond, and the fee that nobody earned.
    assert claimed.claims.credit(market.worker.address) == BOND // 2 + FEE
    with pytest.raises(AlreadyDone, match="is accepted already"):
        perform(worker, claimed.claims.prove(claimed.proof()))


def test_doubted_and_not_proven(claimed: Claimed) -> None:
    market = claimed.market
    statement = claimed.drawn()
    claimed.move(claimed.validator, "attest", statement)
    claimed.move(claimed.doubter, "doubt", statement)
    before = market.staking.stake(market.worker.address).staked
    claimed.advance(statement)
    assert claimed.state(statement) is ClaimState.VOID
    assert market.staking.stake(market.worker.address).staked == before - CLAIM_STAKE
    assert market.staking.stake(claimed.validator.address).staked == 0
    assert claimed.claims.credit(claimed.doubter.address) == BOND
    # A proof is still paid for.
    settle = market.book.settle(claimed.given.order, 0, claimed.proof())
    assert perform(market.sender(market.worker), settle).event("Settled")


def test_refused_appealed_and_proven(claimed: Claimed) -> None:
    market = claimed.market
    statement = claimed.drawn()
    claimed.move(claimed.validator, "refuse", statement)
    with pytest.raises(AlreadyDone, match="is refused already"):
        claimed.move(claimed.validator, "refuse", statement)
    claimed.move(claimed.doubter, "appeal", statement)
    with pytest.raises(AlreadyDone, match="is appealed already"):
        claimed.move(claimed.doubter, "appeal", statement)
    perform(market.sender(market.worker), claimed.claims.prove(claimed.proof()))
    assert claimed.state(statement) is ClaimState.ACCEPTED
    assert claimed.claims.credit(claimed.doubter.address) == BOND
    assert market.staking.stake(claimed.validator.address).staked == 0


def test_refused_and_not_proven(claimed: Claimed) -> None:
    statement = claimed.drawn()
    claimed.move(claimed.validator, "refuse", statement)
    claimed.advance(statement)
    assert claimed.state(statement) is ClaimState.VOID
    assert claimed.market.staking.stake(claimed.validator.address).staked == SEAT


def test_a_silent_validator_is_asked(claimed: Claimed) -> None:
    statement = claimed.drawn()
    with pytest.raises(CallReverted, match="that can be done after 20"):
        claimed.move(claimed.doubter, "ask", statement)
    claimed.market.pass_time(2 * HOUR + 10)
    claimed.move(claimed.doubter, "ask", statement)
    with pytest.raises(AlreadyDone, match="is asked already"):
        claimed.move(claimed.doubter, "ask", statement)
    claimed.advance(statement)
    assert claimed.state(statement) is ClaimState.PENDING
    assert claimed.market.staking.stake(claimed.validator.address).staked == 0


def test_seats(claimed: Claimed) -> None:
    market, claims = claimed.market, claimed.claims
    validator = market.sender(claimed.validator)
    with pytest.raises(AlreadyDone, match="has enrolled as a validator already"):
        perform(validator, claims.enrol(claimed.validator.address))
    with pytest.raises(CallReverted, match="units of free stake"):
        perform(validator, claims.take(claimed.validator.address))
    doubter = market.sender(claimed.doubter)
    with pytest.raises(CallReverted, match=f"seat 1 is {claimed.validator.address}'s"):
        perform(doubter, claims.vacate(1))
    with pytest.raises(CallReverted, match="has not enrolled as a validator"):
        perform(doubter, claims.take(claimed.doubter.address))
    claimed.drawn()
    with pytest.raises(CallReverted, match="seat 1 is on duty for claim 0x"):
        perform(validator, claims.vacate(1))
    with pytest.raises(AlreadyDone, match="seat 2 is nobody's"):
        perform(validator, claims.vacate(2))


def test_what_is_not_claimed(claimed: Claimed) -> None:
    claims, sender = claimed.claims, claimed.market.sender(claimed.doubter)
    with pytest.raises(InputError, match="is not claimed"):
        perform(sender, claims.advance("0x" + "01" * 32))
    with pytest.raises(InputError, match="is not claimed, and 'doubt' needs one that is pending"):
        perform(sender, claims.move("doubt", "0x" + "01" * 32, claimed.doubter.address))
    first, least, most = terms_of(1, 1, 1, 0)
    with pytest.raises(InputError, match="does not administer the role"):
        deploy_claims(
            *(sender, claimed.market.deployment, claimed.market.front, first, least, most),
            owner=claimed.doubter.address,
        )


def test_a_verifier_of_a_test_srs_behind_claims(claimed: Claimed) -> None:
    """Claims hide nothing of what stands behind their front."""
    from zkpot.settle.known_setup import KNOWN_POINT

    market = claimed.market
    runtime = b"\x00" + b"".join(KNOWN_POINT)
    front = market.bench.put_code(bytes.fromhex(f"60{len(runtime):02x}8060093d393df3") + runtime)
    claims = claimed.claims
    code = bytes.fromhex(Front(market.chain, front).code_hash()[2:])
    arguments = (
        *(claims.token().address, market.deployment.staking, claims.registry()),
        *(str(claims.ask("parameters")), front, code),
    )
    behind = market.bench.put("Claims", *arguments)
    public = Chain(market.chain.node, 5, 12)
    with pytest.raises(InputError, match=r"comes from a test SRS, .* chain 5 is no local one"):
        Front(public, behind).refuse_test_srs()
    assert Front(public, claims.address).refuse_test_srs() is None

"""Training that is taken as stated unless somebody doubts it: the contract `Claims`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.claim import Claim, Terms
from zkpot.settle.contracts.interface import interface, snake
from zkpot.settle.contracts.states import ClaimState, claim_state_name
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.order import Order
from zkpot.settle.staking import Staking
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import Action

#: States that a call begins in, and those that it leads to or that follow.
_FROM = {
    "draw": ((ClaimState.POSTED,), ()),
    "attest": ((ClaimState.WAITING, ClaimState.ASKED), ()),
    "refuse": ((ClaimState.WAITING, ClaimState.ASKED), (ClaimState.REFUSED, ClaimState.APPEALED)),
    "abstain": ((ClaimState.WAITING, ClaimState.ASKED), ()),
    "ask": ((ClaimState.WAITING,), (ClaimState.ASKED,)),
    "appeal": ((ClaimState.REFUSED,), (ClaimState.APPEALED,)),
    "doubt": ((ClaimState.PENDING,), (ClaimState.DOUBTED,)),
}
_ENDS = (ClaimState.ACCEPTED, ClaimState.VOID)
#: The registry's bit for validators.
_VALIDATOR = 1 << 2
#: Calls that a bond is paid for.
BONDED = ("ask", "appeal", "doubt")


@dataclass(frozen=True)
class Claims:
    """Claims before one front. Its methods give actions, which `perform` does.

    Attributes:
        chain: Where it is.
        address: Of its contract.
    """

    chain: Chain
    address: str

    def claim(self, statement: str) -> Claim:
        """Where a claim stands.

        Raises:
            InputError: The contract is a later one, with other states.
        """
        found = self.ask("claimOf", _bytes(statement))
        if found["state"] not in ClaimState.__members__.values():
            raise InputError(f"claim {statement}: {claim_state_name(found['state'])}")
        values = {snake(name): value for name, value in found.items()}
        return Claim(**(values | {"state": ClaimState(found["state"])}))

    def statement(self, shown: EvmProof) -> str:
        """What the front calls the training that a proof, or a run without one, is about."""
        found = self.ask("standingAfter", shown.training())
        return "0x" + bytes(found["statement"]).hex()

    def terms(self, version: int) -> Terms:
        """The terms of a version."""
        return Terms(**self._parameter("termsOf", version))

    def terms_at(self, time: int) -> Terms:
        """The terms in force at a time: of an order's claims, when its bidding ends."""
        return self.terms(int(self._parameter("versionAt", time)))

    def validator(self, claim: Claim) -> str:
        """Who was drawn; zero where nobody was."""
        return str(self.ask("seatOf", claim.seat)["validator"])

    def credit(self, account: str) -> int:
        """What an account can claim: fees, bonds and shares of them."""
        return int(self.ask("credit", account))

    def token(self) -> Token:
        """What bonds and fees are paid in."""
        return Token(self.chain, str(self.ask("token")))

    def staking(self) -> Staking:
        """Where workers and validators have their stake."""
        return Staking(self.chain, str(self.ask("staking")))

    def registry(self) -> str:
        """Where validators enrol."""
        return str(self.ask("registry"))

    def post(
        self, book: str, order: Order, shown: EvmProof, evidence: bytes, worker: str
    ) -> Action:
        """Claims a chunk of the worker's own order. Stake is authorised, the fee approved before.

        Args:
            book: Where the order is.
            order: The order, which names these claims as its verifier.
            shown: What is claimed; hash and proof are not read.
            evidence: Digest by which validators find what they look at.
            worker: Who sends it.
        """
        statement = self.statement(shown)

        def guard() -> None:
            state = self.claim(statement).state
            if state is not ClaimState.NONE:
                raise AlreadyDone(f"claim {statement} is {claim_state_name(state)} already")

        start = (
            bytes.fromhex(shown.start.previous),
            bytes.fromhex(shown.start.before),
            shown.start.first_step,
        )
        *_, links = shown.training()
        fee = self.terms_at(order.bidding_ends).fee
        before: tuple[Action, ...] = (self.staking().authorise(worker, self.address),)
        if fee:
            before += (self.token().approve(worker, self.address, fee, f"claim {statement}"),)
        arguments = (book, order.struct(), start, links, evidence)
        return self.action("post", f"claim {statement}", *arguments, guard=guard, before=before)

    def move(self, function: str, statement: str, account: str) -> Action:
        """Draws, attests, refuses, abstains, asks, appeals or doubts; its bond is approved before.

        Args:
            function: One of these.
            statement: The claim.
            account: Who sends it.
        """
        claim = self.claim(statement)
        before: tuple[Action, ...] = ()
        if function in BONDED and claim.state is not ClaimState.NONE:
            bond, reason = self.terms(claim.version).bond, f"{function} claim {statement}"
            before = (self.token().approve(account, self.address, bond, reason),)
        about = f"claim {statement}"
        if function == "draw":
            # One that came too late has another block draw.
            about += f", by block {claim.draws}"
        guard = self._guard(function, statement)
        return self.action(function, about, _bytes(statement), guard=guard, before=before)

    def prove(self, shown: EvmProof) -> Action:
        """Shows the proof of a claim that has not ended, which accepts it."""
        statement = self.statement(shown)

        def guard() -> None:
            self._require_open(statement, self.claim(statement).state)

        arguments = (shown.training(), int(shown.hash, 16), bytes.fromhex(shown.proof))
        return self.action("prove", f"claim {statement}", *arguments, guard=guard)

    def advance(self, statement: str) -> Action:
        """Ends a wait whose time has passed."""
        before = self.claim(statement)

        def guard() -> None:
            now = self.claim(statement)
            self._require_open(statement, now.state)
            if now.state is not before.state:
                raise AlreadyDone(f"claim {statement} is {claim_state_name(now.state)} already")

        about = f"claim {statement}, {claim_state_name(before.state)}"
        return self.action("advance", about, _bytes(statement), guard=guard)

    def enrol(self, account: str) -> Action:
        """Enrols an account as a validator, in the registry."""
        registry, address = interface("Registry"), self.registry()

        def member() -> Any:
            data = registry.encode("memberOf", account)
            return registry.decode("memberOf", self.chain.node.call(address, data))

        def guard() -> None:
            if member()["roles"] & _VALIDATOR:
                raise AlreadyDone(f"{account} has enrolled as a validator already")

        # Its other roles stay.
        roles = member()["roles"] | _VALIDATOR
        return Action.of(address, "Registry", "enrol", f"{account}", roles, b"", guard=guard)

    def take(self, account: str) -> Action:
        """Takes a seat, for which stake is reserved: that is authorised before."""
        before = (self.staking().authorise(account, self.address),)
        return self.action("take", f"seat of {account}", before=before)

    def vacate(self, number: int) -> Action:
        """Gives a seat up that is not on duty."""

        def guard() -> None:
            if int(self.ask("seatOf", number)["since"]) == 0:
                raise AlreadyDone(f"seat {number} is nobody's")

        return self.action("vacate", f"seat {number}", number, guard=guard)

    def collect(self, account: str) -> Action:
        """Sends an account what it can claim."""

        def guard() -> None:
            if self.credit(account) == 0:
                raise AlreadyDone(f"{account} has nothing to claim from {self.address}")

        return self.action("claim", f"for {account}", account, guard=guard)

    def action(
        self,
        function: str,
        subject: str,
        *arguments: Any,
        guard: Callable[[], None] = lambda: None,
        before: tuple[Action, ...] = (),
    ) -> Action:
        """A call of the contract."""
        return Action.of(
            *(self.address, "Claims", function, subject, *arguments), guard=guard, before=before
        )

    def ask(self, function: str, *arguments: object) -> Any:
        """What the contract answers."""
        claims = interface("Claims")
        data = claims.encode(function, *arguments)
        return claims.decode(function, self.chain.node.call(self.address, data))

    def _guard(self, function: str, statement: str) -> Callable[[], None]:
        begins, done = _FROM[function]

        def guard() -> None:
            claim = self.claim(statement)
            named = f"claim {statement} is {claim_state_name(claim.state)}"
            if claim.state in done or (function == "attest" and claim.attested):
                raise AlreadyDone(f"{named} already")
            if claim.state not in begins:
                wanted = " or ".join(claim_state_name(state) for state in begins)
                raise InputError(f"{named}, and '{function}' needs one that is {wanted}")

        return guard

    def _require_open(self, statement: str, state: ClaimState) -> None:
        if state in _ENDS:
            raise AlreadyDone(f"claim {statement} is {claim_state_name(state)} already")
        if state is ClaimState.NONE:
            raise InputError(f"claim {statement} is not claimed")

    def _parameter(self, function: str, *arguments: object) -> Any:
        parameters, where = interface("Parameters"), str(self.ask("parameters"))
        data = parameters.encode(function, *arguments)
        return parameters.decode(function, self.chain.node.call(where, data))


def _bytes(statement: str) -> bytes:
    return bytes.fromhex(statement.removeprefix("0x"))

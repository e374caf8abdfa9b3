"""Orders, bids and escrow: the contract `OrderBook`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.contracts.interface import interface, snake
from zkpot.settle.contracts.states import State, state_name
from zkpot.settle.front import Front
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.order import Offer, Order
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import Action


@dataclass(frozen=True)
class Entry:
    """Where an order stands.

    Attributes:
        worker: Of the best bid, then of the award; zero where nobody bid.
        state: Of the order.
        steps: That are proven.
        paid: Those of them that are paid: all, where there are no envelopes.
        accepted: Whether the consumer accepted the last seal on the chain.
        price: Of a step.
        locked: What the order still holds of the consumer's.
        states: Commitment that the next proof starts from; at the end, to what was bought.
        statement: Digest of the last statement that was settled; zero before the first.
        seal: Hash of the last chunk's seal, whether it is paid or not.
    """

    worker: str
    state: State
    steps: int
    paid: int
    accepted: bool
    price: int
    locked: int
    states: str
    statement: str
    seal: str

    @property
    def has_bid(self) -> bool:
        """Whether somebody bid."""
        return int(self.worker, 16) != 0

    @property
    def waits_for_key(self) -> bool:
        """Whether steps are proven that a key has to be shown for."""
        return self.paid < self.steps and self.state in (State.AWARDED, State.PROVEN)


@dataclass(frozen=True)
class Book:
    """A book of orders. Its methods give actions, which `perform` does.

    Attributes:
        chain: Where it is.
        address: Of its contract.
    """

    chain: Chain
    address: str

    def number(self, order: Order) -> str:
        """The order's number as the contract computes it."""
        return "0x" + bytes(self.ask("idOf", order.struct())).hex()

    def entry(self, number: str, block: int | str = "latest") -> Entry:
        """Where an order stands, or stood after a block.

        Raises:
            InputError: The contract is a later one, with other states.
        """
        found = self.ask("entryOf", bytes.fromhex(number.removeprefix("0x")), block=block)
        if found["state"] not in State.__members__.values():
            raise InputError(f"order {number}: {state_name(found['state'])}")
        values = {snake(name): _shown(value) for name, value in found.items()}
        return Entry(**(values | {"state": State(found["state"])}))

    def context(self, number: str, worker: str) -> bytes:
        """What binds a run to an order and its worker, as the contract computes it."""
        return bytes(self.ask("contextOf", bytes.fromhex(number.removeprefix("0x")), worker))

    def credit(self, account: str) -> int:
        """What an account can claim."""
        return int(self.ask("credit", account))

    def token(self) -> Token:
        """What orders are paid in."""
        return Token(self.chain, str(self.ask("token")))

    def staking(self) -> str:
        """Where workers have their stake."""
        return str(self.ask("staking"))

    def finality(self) -> int:
        """Blocks after a settlement before which its key is not taken."""
        return int(self.ask("finality"))

    def shortest_window(self) -> int:
        """Seconds that an order with envelopes leaves for its last key, at least."""
        return int(self.ask("shortestWindow"))

    def open(self, order: Order, signature: bytes, sender: str) -> Action:
        """Opens a signed order. If its consumer is who sends it, the price is approved before.

        With a front whose proofs anybody can forge it is refused, but on a local chain.
        """
        number = self.number_of(order)
        before: tuple[Action, ...] = ()
        if sender == order.consumer:
            reason = f"order {number}"
            before = (self.token().approve(sender, self.address, order.most, reason),)

        def guard() -> None:
            state = self.entry(number).state
            if state is not State.NONE:
                raise AlreadyDone(f"order {number} is {state_name(state)} already")
            Front(self.chain, order.verifier).refuse_test_srs()

        return self.action("open", order, signature, guard=guard, before=before)

    def cancel(self, order: Order) -> Action:
        """Takes an order back before bidding ends."""
        return self.action("cancel", order, guard=self._until(order, State.CANCELLED))

    def bid(self, order: Order, price: int, offer: Offer, worker: str) -> Action:
        """Bids; `price` is that of a step."""
        number = self.number_of(order)

        def guard() -> None:
            entry = self.entry(number)
            if (entry.worker, entry.price) == (worker, price):
                raise AlreadyDone(f"order {number}: your bid of {price} is the best one already")
            Front(self.chain, order.verifier).refuse_test_srs()

        return self.action("bid", order, price, offer.struct(), guard=guard, about=f"at {price}")

    def award(self, order: Order) -> Action:
        """Gives the order to the best bidder, after bidding."""
        ended = (State.AWARDED, State.PROVEN, State.COMPLETED, State.LATE)
        return self.action("award", order, guard=self._until(order, *ended))

    def settle(
        self,
        order: Order,
        chunk: int,
        proof: EvmProof,
        path: Sequence[bytes] = (),
        leave_key: bool = False,
    ) -> Action:
        """Pays the worker for a chunk that a proof shows, or has it wait for its key.

        Args:
            order: The order.
            chunk: Its number, from 0.
            proof: The proof.
            path: Of the chunk's scalars in the order's tree; empty where they are constant.
            leave_key: Whether it is sent though an earlier chunk's key is not paid, whose seal it
                takes the place of.
        """
        number, end = self.number_of(order), (chunk + 1) * order.chunk_steps

        def guard() -> None:
            entry = self.entry(number)
            if entry.steps >= end:
                raise AlreadyDone(f"order {number}: chunk {chunk} is settled already")
            if entry.waits_for_key and not leave_key:
                raise InputError(
                    f"order {number}: the key of the chunk before is not paid, and this proof ends "
                    "its seal, with what the consumer accepted; show that key first, or say that "
                    "one key will pay for both (--leave-key)"
                )

        *_, links = proof.training()
        arguments = (links, int(proof.hash, 16), bytes.fromhex(proof.proof), list(path))
        return self.action("settle", order, *arguments, guard=guard, about=f"chunk {chunk}")

    def require_keys_paid(self, order: Order, first_step: int) -> None:
        """Refuses to claim what anybody could settle before a key that comes first is paid.

        Args:
            order: The order.
            first_step: Steps of its run before those that are to be claimed.

        Raises:
            InputError: A chunk before has a key, or will have one.
        """
        number = self.number_of(order)
        entry = self.entry(number)
        if order.reveal_window and (entry.waits_for_key or first_step > entry.steps):
            raise InputError(
                f"order {number}: the key of the chunk before is not paid, and anybody may settle "
                "what is claimed and accepted, which ends its seal; show that key first, or say "
                "that one key will pay for both (--leave-key)"
            )

    def close(self, order: Order) -> Action:
        """Ends an order that nobody bid for."""
        return self.action("close", order, guard=self._until(order, State.UNFILLED))

    def expire(self, order: Order) -> Action:
        """Ends an order whose worker is late."""
        return self.action("expire", order, guard=self._until(order, State.LATE))

    def claim(self, account: str) -> Action:
        """Sends an account what it can claim."""

        def guard() -> None:
            if self.credit(account) == 0:
                raise AlreadyDone(f"{account} has nothing to claim from {self.address}")

        return Action.of(
            *(self.address, "OrderBook", "claim", f"for {account}", account), guard=guard
        )

    def action(
        self,
        function: str,
        order: Order,
        *arguments: Any,
        guard: Callable[[], None],
        about: str = "",
        before: tuple[Action, ...] = (),
        until: int = 0,
    ) -> Action:
        """A call about an order, whose terms are its first argument."""
        subject = f"order {self.number_of(order)}" + (f", {about}" if about else "")
        return Action.of(
            *(self.address, "OrderBook", function, subject, order.struct(), *arguments),
            guard=guard,
            before=before,
            until=until,
        )

    def _until(self, order: Order, *reached: State) -> Callable[[], None]:
        """Refuses what has brought the order where it is."""
        number = self.number_of(order)

        def guard() -> None:
            state = self.entry(number).state
            if state in reached:
                raise AlreadyDone(f"order {number} is {state_name(state)} already")

        return guard

    def number_of(self, order: Order) -> str:
        """The order's number as it is computed here."""
        return order.number(self.chain.id, self.address)

    def ask(self, function: str, *arguments: object, block: int | str = "latest") -> Any:
        """What the contract answers, as it was after a block."""
        book = interface("OrderBook")
        data = book.encode(function, *arguments)
        return book.decode(function, self.chain.node.call(self.address, data, block=block))


def _shown(value: Any) -> Any:
    """Digests in hexadecimal."""
    return "0x" + value.hex() if isinstance(value, bytes) else value

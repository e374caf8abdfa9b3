"""Something to do on a chain: what it is, when it is done already, and what must come before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from zkpot.errors import AlreadyDone
from zkpot.settle.contracts.interface import interface
from zkpot.settle.transactions.intent import Intent
from zkpot.settle.transactions.receipts import Receipt
from zkpot.settle.transactions.sending import Sender


@dataclass(frozen=True)
class Action:
    """One transaction, and those that it needs.

    Attributes:
        intent: What the transaction does.
        guard: Reads the chain, and raises where that is done or cannot be.
        before: What is done first, unless it is done already.
    """

    intent: Intent
    guard: Callable[[], None] = lambda: None
    before: tuple[Action, ...] = ()

    @classmethod
    def of(
        cls,
        contract: str,
        name: str,
        function: str,
        subject: str,
        *arguments: object,
        guard: Callable[[], None] = lambda: None,
        before: tuple[Action, ...] = (),
        until: int = 0,
    ) -> Action:
        """A call of a contract.

        Args:
            contract: Its address.
            name: What it is: `OrderBook`, `Staking` or `Token`.
            function: What is called.
            subject: What the call is about: two calls with one subject are the same.
            arguments: Of the call.
            guard: As above.
            before: As above.
            until: Of the intent.
        """
        data = interface(name).encode(function, *arguments)
        intent = Intent(contract, f"{name}.{function}", subject, data.hex(), until)
        return cls(intent, guard, before)


def perform(
    sender: Sender, action: Action, deliver: Callable[[Receipt], None] = lambda _: None
) -> Receipt:
    """Does it, and what it needs, once.

    Args:
        sender: The account.
        action: What to do.
        deliver: Called with the receipt; until it returns, the same call is given it again.

    Raises:
        AlreadyDone: It was done before.
        Unconfirmed: It took too long. The same call goes on with it.
        CallReverted: A contract refuses.
        InvalidProof: A contract refuses a proof.
    """
    # What was done already has used its approval up: another one would be left over.
    if action.before and sender.is_wanted(action.intent, action.guard):
        for earlier in action.before:
            with suppress(AlreadyDone):
                perform(sender, earlier)
    return sender.send(action.intent, action.guard, deliver)

"""A signed transaction on its way: given to the node, looked for, given again, replaced."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from zkpot.errors import ChainUnavailable, InputError, TransactionRejected, Unconfirmed
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.nodes.rejections import Rejection, rejection
from zkpot.settle.transactions.fees import FeePolicy, Fees
from zkpot.settle.transactions.outbox import Entry, Fate, Outbox, Signed

#: Looks at the chain before a nonce that was used long ago counts as another transaction's, and
#: words of a node before it counts as one that refuses.
_LOOKS = 3
#: Blocks that are searched for who used a nonce. Nodes keep the state of some more.
_SEARCHED = 100


@dataclass(frozen=True)
class Clock:
    """Time, which tests replace."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Patience:
    """How long something may take, in seconds.

    Attributes:
        whole: Until a call gives up. What it sent goes on.
        look: Between two looks at the chain.
        again: Until the same transaction is given to the node again.
        replace: Until one that is not mined is replaced by one that offers more.
    """

    whole: float = 300.0
    look: float = 1.0
    again: float = 15.0
    replace: float = 60.0


class _Place(Enum):
    """Where an entry was seen."""

    #: Final, or without effect for ever.
    END = auto()
    #: In a block that is not final.
    BLOCK = auto()
    #: In none, while its nonce was used by another transaction.
    TAKEN = auto()
    #: In none.
    NOWHERE = auto()


class Delivery:
    """One entry on its way."""

    def __init__(
        self,
        chain: Chain,
        account: str,
        outbox: Outbox,
        entry: Entry,
        policy: FeePolicy,
        sign: Callable[[Entry, Fees], Signed],
        patience: Patience,
        clock: Clock,
    ) -> None:
        """`sign` gives an entry's transaction with another offer for gas."""
        self._chain, self._account, self._outbox, self._entry = chain, account, outbox, entry
        self._policy, self._sign = policy, sign
        self._patience, self._clock = patience, clock
        self._node = chain.node
        self._begun = self._offered = clock.now()
        self._sent: float | None = None
        self._looks_taken = self._refusals = 0
        self._said = "it is in no block"

    def finish(self) -> Entry:
        """Waits for the end.

        Raises:
            Unconfirmed: It did not come.
            InputError: The node refuses the transaction.
        """
        clock, patience = self._clock, self._patience
        while True:
            try:
                place = self._look()
                if place is _Place.END:
                    return self._entry
                if place is _Place.NOWHERE and self._push():
                    continue
            except ChainUnavailable as error:
                self._said = str(error)
            if clock.now() - self._begun >= patience.whole:
                raise Unconfirmed(
                    f"{self._entry.intent.text()}: transaction 0x{self._entry.versions[-1].hash} "
                    f"is not final ({self._said}); run the same again to go on, it is paid once"
                )
            clock.sleep(patience.look)

    def _look(self) -> _Place:
        """Where the entry is. Its end is written down."""
        node, chain, entry = self._node, self._chain, self._entry
        last = node.block()
        head = last.number
        for version in entry.versions:
            found = node.mined(bytes.fromhex(version.hash))
            if found is not None:
                self._looks_taken = 0
                self._said = f"it is in block {found.number}, and the last one is {head}"
                deep = head - found.number + 1 >= chain.confirmations
                if not deep or node.block(found.number).hash != found.block:
                    return _Place.BLOCK
                fate: Fate = "mined" if found.succeeded else "failed"
                return self._end(fate, version.hash)
        # Receipts were asked for after the head, so that a block up to it would have shown one.
        final = max(head - chain.confirmations + 1, 0)
        if node.count(self._account, final) <= entry.nonce:
            self._looks_taken = 0
            if entry.fate == "sent" and 0 < entry.intent.until < last.time:
                return self._end("lapsed")
            return _Place.NOWHERE
        self._looks_taken += 1
        return self._end("displaced") if self._is_anothers(final) else _Place.TAKEN

    def _is_anothers(self, final: int) -> bool:
        """Whether the nonce is used by a transaction that is none of the entry's.

        That there is no receipt does not show it: behind one address may be several nodes, of which
        one knows the block and another not yet the receipt. So the block is looked at.
        """
        node, account, nonce = self._node, self._account, self._entry.nonce
        before, used = max(final - _SEARCHED, 0), final
        if node.count(account, before) > nonce:
            return self._looks_taken >= _LOOKS
        while used - before > 1:
            middle = (before + used) // 2
            if node.count(account, middle) > nonce:
                used = middle
            else:
                before = middle
        found = node.sent(used, account, nonce)
        return found is not None and found.hex() not in {v.hash for v in self._entry.versions}

    def _end(self, fate: Fate, mined: str = "") -> _Place:
        ended = replace(self._entry, fate=fate, mined=mined)
        if ended != self._entry:
            self._entry = self._outbox.write(ended)
        return _Place.END

    def _push(self) -> bool:
        """Gives the node what it may not have; whether it took it just now."""
        patience, now = self._patience, self._clock.now()
        if self._entry.fate == "sent" and now - self._offered >= patience.replace:
            self._offered = now
            self._replace()
        elif self._sent is not None and now - self._sent < patience.again:
            return False
        self._sent = now
        try:
            self._node.submit(bytes.fromhex(self._entry.versions[-1].raw))
        except TransactionRejected as error:
            self._refused(error)
            return False
        self._said = "it is in no block"
        return True

    def _refused(self, error: TransactionRejected) -> None:
        self._said = str(error)
        kind = rejection(self._said)
        what, account = self._entry.intent.text(), self._account
        if kind is Rejection.FUNDS:
            raise InputError(f"{what}: {error}; give {account} what it lacks, then run it again")
        if kind is Rejection.UNDERPRICED and len(self._entry.versions) > 1:
            # An earlier version, which is there, offers nearly as much.
            self._offered = -float("inf")
        if kind is Rejection.OTHER:
            self._refusals += 1
            self._sent = None
            if self._refusals >= _LOOKS:
                raise InputError(f"{what}: {error}; run the same again to try it again")

    def _replace(self) -> None:
        """Signs the same for more, unless more may not be paid."""
        entry, policy = self._entry, self._policy
        try:
            market = policy.quote(self._node)
        except ChainUnavailable:
            raise
        except InputError as error:
            self._said = str(error)
            return
        fees = entry.versions[-1].fees.replacing(market)
        if not policy.allows(fees):
            self._said = "it offers the most that may be paid"
            return
        signed = self._sign(entry, fees)
        self._entry = self._outbox.write(replace(entry, versions=(*entry.versions, signed)))

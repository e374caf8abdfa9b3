"""Transactions that are sent once, however often one tries.

What is signed is written down first (`outbox.py`), and from then on the same nonce is all that is
ever used for it: a transaction that seems lost is sent again as it is, one that is too cheap is
replaced at its nonce, and a chain takes one transaction of a nonce. Nothing new is signed
before what was signed earlier has come to an end.

A process may end anywhere:

- before the entry is written: nobody has seen the transaction.
- before it is sent, while it is, or while it waits: the next call finds the entry and goes on.
- after it is mined, before the caller knows: the entry is open until then, and the same call
  is given its receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zkpot.errors import (
    CallReverted,
    ChainUnavailable,
    InputError,
    Unconfirmed,
    ZkpotError,
)
from zkpot.settle.contracts.events import read_events
from zkpot.settle.contracts.interface import Interface
from zkpot.settle.contracts.refusals import refusal
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.transactions.delivery import Clock, Delivery, Patience
from zkpot.settle.transactions.fees import FeePolicy, Fees
from zkpot.settle.transactions.intent import Intent
from zkpot.settle.transactions.outbox import Entry, Outbox, Signed
from zkpot.settle.transactions.receipts import Receipt
from zkpot.settle.transactions.signer import Signer

#: Of estimated gas, in hundredths: state may change until a transaction is mined.
_ROOM = 120


@dataclass(frozen=True)
class Estimate:
    """What a transaction would take.

    Attributes:
        gas: Units.
        gas_price: Wei for a unit at the most.
        cost: Wei at the most.
    """

    gas: int
    gas_price: int

    @property
    def cost(self) -> int:
        """Wei at the most."""
        return self.gas * self.gas_price


@dataclass
class Sender:
    """Sends for one account on one chain.

    Attributes:
        chain: Where.
        signer: The account.
        known: Contracts whose events and errors are read, by their addresses.
        root: Where journals stand; by default with the user's state.
        policy: What is offered for gas.
        patience: How long it may take.
        clock: What time it is.
    """

    chain: Chain
    signer: Signer
    known: Mapping[str, Interface] = field(default_factory=dict)
    root: Path | None = None
    policy: FeePolicy = field(default_factory=FeePolicy)
    patience: Patience = field(default_factory=Patience)
    clock: Clock = field(default_factory=Clock)

    def send(
        self,
        intent: Intent,
        guard: Callable[[], None] = lambda: None,
        deliver: Callable[[Receipt], None] = lambda _: None,
    ) -> Receipt:
        """Does something once, and waits until it is final.

        Args:
            intent: What to do.
            guard: Reads the chain before anything is signed, and raises where it is done already.
            deliver: Called with the receipt. Until it returns, another call is given it again.

        Raises:
            Unconfirmed: It took too long. The same call goes on with it.
            CallReverted: A contract refuses, or did when it was mined.
            InvalidProof: A contract refuses a proof.
            InputError: It cannot be sent, or `guard` says so.
        """
        outbox = Outbox.of(self.chain.name(), self.signer.address, self.root)
        with outbox.locked(self.patience.whole):
            self.chain.check()
            entry = self._earlier(outbox, intent)
            resumed = entry is not None
            if entry is None:
                guard()
                entry = self._finish(outbox, self._sign(outbox, intent))
            if entry.fate != "mined":
                outbox.close(entry)
                raise self._failure(entry)
            receipt = self._receipt(entry, resumed)
            deliver(receipt)
            outbox.close(entry)
            return receipt

    def is_wanted(self, intent: Intent, guard: Callable[[], None]) -> bool:
        """Whether something is still to be done, once all that was signed earlier came to an end.

        Where it is not, `send` has a receipt or says why.

        Args:
            intent: What to do.
            guard: As `send` has it.

        Raises:
            Unconfirmed: Something that was signed earlier takes too long.
        """
        outbox = Outbox.of(self.chain.name(), self.signer.address, self.root)
        with outbox.locked(self.patience.whole):
            self.chain.check()
            if self._earlier(outbox, intent) is not None:
                return False
        try:
            guard()
        except InputError:
            return False
        return True

    def estimate(self, intent: Intent) -> Estimate:
        """What it would take; nothing is signed.

        Raises:
            CallReverted: A contract refuses.
            InvalidProof: A contract refuses a proof.
        """
        return estimate(self.chain, self.signer.address, intent, self.policy)

    def _earlier(self, outbox: Outbox, intent: Intent) -> Entry | None:
        """Brings all that was signed earlier to an end; the entry that did the same, if any."""
        # What was final and is no longer, after a deep reorganisation or before a node that lags.
        for entry in outbox.done_since(self.chain.node.count(self.signer.address)):
            self._finish(outbox, entry)
        found = None
        for entry in outbox.open():
            ended = self._finish(outbox, entry)
            if ended.fate != "mined":
                # It had no effect, so that the same can be asked for again.
                outbox.close(ended)
            elif ended.intent.is_same(intent):
                found = ended
        return found

    def _sign(self, outbox: Outbox, intent: Intent) -> Entry:
        node, account = self.chain.node, self.signer.address
        nonce = node.count(account)
        if outbox.done_since(nonce):
            raise ChainUnavailable(
                f"{node.name}: knows {nonce} transactions of {account}, and more are final: it "
                "lags behind; try again"
            )
        unknown = node.count(account, "pending") - nonce
        if unknown > 0:
            raise InputError(
                f"{account}: {unknown} transactions wait that zkpot did not send; try again when "
                "they are mined"
            )
        balance = node.balance(account)
        if balance == 0:
            raise InputError(f"{account}: has no money for gas on this chain")
        fees = self.policy.quote(node)
        found = estimate(self.chain, account, intent, self.policy)
        gas = found.gas * _ROOM // 100
        if balance < gas * fees.most:
            raise InputError(
                f"{account}: has {balance} wei, and {intent.text()} may cost {gas * fees.most}"
            )
        # Once more: what is asked of the node since may have gone to another one.
        self.chain.check()
        signed = self._signed(intent, nonce, gas, fees)
        return outbox.write(Entry(intent, nonce, gas, (signed,)))

    def _signed(self, intent: Intent, nonce: int, gas: int, fees: Fees) -> Signed:
        fields: dict[str, int | str] = {
            "chainId": self.chain.id,
            "nonce": nonce,
            "gas": gas,
            "value": 0,
            "data": "0x" + intent.data,
        }
        if intent.contract:
            fields["to"] = intent.contract
        raw, name = self.signer.transaction(fields | fees.fields())
        return Signed(name.hex(), raw.hex(), fees.most, fees.tip)

    def _finish(self, outbox: Outbox, entry: Entry) -> Entry:
        """Waits until an entry's end, and does what brings it about."""
        return Delivery(
            *(self.chain, self.signer.address, outbox, entry, self.policy),
            *(self._again, self.patience, self.clock),
        ).finish()

    def _again(self, entry: Entry, fees: Fees) -> Signed:
        return self._signed(entry.intent, entry.nonce, entry.gas, fees)

    def _receipt(self, entry: Entry, resumed: bool) -> Receipt:
        found = self.chain.node.mined(bytes.fromhex(entry.mined))
        if found is None:
            raise Unconfirmed(
                f"transaction 0x{entry.mined} was mined and is no longer found; run the same again"
            )
        events = read_events(found.logs, self.known)
        return Receipt.of(
            *(self.chain.id, self.signer.address, entry.intent, "0x" + entry.mined),
            *(found, events, resumed),
        )

    def _failure(self, entry: Entry) -> ZkpotError:
        """What to raise for an entry that ended without effect."""
        what = entry.intent.text()
        if entry.fate == "displaced":
            return InputError(
                f"{what}: another transaction of {self.signer.address} took its place; run the "
                "same again"
            )
        if entry.fate == "lapsed":
            return InputError(f"{what}: it is in no block, and the time for it is over")
        try:
            estimate(self.chain, self.signer.address, entry.intent, self.policy)
        except ZkpotError as error:
            why = f"; {error}"
        else:
            why = "; it would not fail now: run the same again"
        return CallReverted(f"{what}: transaction 0x{entry.mined} failed{why}")


def estimate(chain: Chain, account: str, intent: Intent, policy: FeePolicy) -> Estimate:
    """What something would take if an account sent it; nothing is signed.

    Raises:
        CallReverted: A contract refuses.
        InvalidProof: A contract refuses a proof.
    """
    data, node = bytes.fromhex(intent.data), chain.node
    try:
        if intent.contract:
            node.call(intent.contract, data, account, node.ahead)
        gas = node.gas(intent.contract, data, account)
    except CallReverted as error:
        raise refusal(intent.text(), error) from None
    return Estimate(gas, policy.quote(node).most)

"""Payment for keys: seals, acceptance, and a key that is shown when it is sure to be paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.book import Book, Entry
from zkpot.settle.contracts.events import Event
from zkpot.settle.contracts.refusals import date
from zkpot.settle.envelopes import Envelopes
from zkpot.settle.nodes.history import history
from zkpot.settle.order import Order
from zkpot.settle.seal import Acceptance, Seal
from zkpot.settle.transactions.actions import Action

#: Seconds before the end of the window in which no key is sent: it could be mined too late, and
#: would be shown in vain.
MARGIN = 120


@dataclass(frozen=True)
class Revealed:
    """A key that was shown, and paid.

    Attributes:
        ciphertext: Hash of what it opens, 64 hexadecimal digits.
        key: The key, 32 bytes.
        key_hash: Hash of the key, as the chunk's proof stated it.
    """

    ciphertext: str
    key: bytes
    key_hash: str


@dataclass(frozen=True)
class Keys:
    """A book's payments for keys. Its methods give actions, which `perform` does.

    Attributes:
        book: The book.
    """

    book: Book

    @property
    def envelopes(self) -> Envelopes:
        """Where ciphertexts are published."""
        return Envelopes(self.book.chain, str(self.book.ask("envelopes")))

    def seal(self, order: Order) -> Seal:
        """The order's last seal, as the chain's log has it and the book's hash confirms.

        Raises:
            AlreadyDone: Its key was paid.
            InputError: There is none, or the node does not know it.
        """
        number = self.book.number_of(order)
        self._require_waiting(number, self.book.entry(number))
        for block, event in self._said(order, "Sealed"):
            found = Seal(
                f"{event.values['ciphertext']:064x}",
                f"{event.values['key']:064x}",
                block,
                self.book.chain.node.block(block).time,
            )
            # Asked after the log, so that a settlement in between is seen.
            if found.hash(number) == self.book.entry(number).seal:
                return found
        raise InputError(f"order {number}: the node does not find the last seal; ask another one")

    def ciphertext(self, order: Order) -> str:
        """Hash of the ciphertext whose key is waited for, or was shown last.

        Raises:
            InputError: There is none.
        """
        try:
            return self.seal(order).ciphertext
        except AlreadyDone:
            return self.revealed(order).ciphertext

    def accept(self, order: Order, seal: Seal) -> Action:
        """Accepts a ciphertext that the consumer has. It sends this itself, and in time."""
        number = self.book.number_of(order)

        def guard() -> None:
            entry = self.book.entry(number)
            self._require_last(number, entry, seal)
            if entry.accepted:
                raise AlreadyDone(f"order {number}: ciphertext {seal.ciphertext} is accepted")

        about = f"ciphertext {seal.ciphertext}"
        return self.book.action("accept", order, seal.struct(), guard=guard, about=about)

    def reveal(
        self, order: Order, seal: Seal, key: bytes, acceptance: Acceptance | None = None
    ) -> Action:
        """Shows the key of the last seal, which pays the worker for all steps up to it.

        Nobody is asked anything with the key in it before `require_payment` is content.

        Args:
            order: The order.
            seal: Its last seal.
            key: 32 bytes, whose hash is the seal's: that is compared before.
            acceptance: The consumer's signature, where it gave one.
        """
        signature = b"" if acceptance is None else acceptance.signature

        def guard() -> None:
            self.require_payment(order, seal, acceptance)

        return self.book.action(
            *("reveal", order, seal.struct(), int.from_bytes(key, "big"), signature),
            guard=guard,
            about=f"key of ciphertext {seal.ciphertext}",
            # A later call that goes on with it shows no key in vain either.
            until=order.deadline + order.reveal_window - MARGIN,
        )

    def require_payment(self, order: Order, seal: Seal, acceptance: Acceptance | None) -> None:
        """Whether a key that is shown now will be paid, whatever the chain still takes back.

        Settlement, acceptance and publication have to be final: both by the book's `finality` and
        by what this chain's transactions are waited for.

        Raises:
            AlreadyDone: It was paid.
            InputError: It would not be, or not surely.
        """
        book, number = self.book, self.book.number_of(order)
        self._require_last(number, book.entry(number), seal)
        head = book.chain.node.block()
        waits = max(book.finality(), book.chain.confirmations, 1)
        # A node without a next block tries calls on its last one.
        ahead = 0 if book.chain.node.ahead == "latest" else 1
        final = max(seal.settled_in + waits - 1, seal.settled_in + book.finality() - ahead)
        if head.number < final:
            raise InputError(
                f"order {number}: its settlement is final with block {final}, and this is "
                f"{head.number}; a key that is shown now may be shown in vain"
            )
        end = order.deadline + order.reveal_window
        if head.time + MARGIN > end:
            raise InputError(
                f"order {number}: a key is paid until {date(end)}, which is too soon or over; "
                "nothing was shown"
            )
        if acceptance is not None:
            self._require_signed(order, seal, acceptance)
            return
        settled = head.number + 1 - waits
        if book.entry(number, settled).accepted:
            return
        opens = seal.settled_at + order.reveal_window // 2
        if not self.envelopes.is_published(seal.ciphertext, settled):
            raise InputError(
                f"order {number}: ciphertext {seal.ciphertext} is neither accepted nor published, "
                f"or not for {waits} blocks yet, so the key would not be paid; give --acceptance, "
                "wait, or publish it: 'zkpot order publish'"
            )
        if head.time < opens:
            raise InputError(
                f"order {number}: what is published counts as accepted from {date(opens)} on; "
                "until then the consumer may accept"
            )

    def revealed(self, order: Order) -> Revealed:
        """The key that was shown last.

        Raises:
            InputError: None was.
        """
        number = self.book.number_of(order)
        shown: tuple[int, int] | None = None
        for _, event in self._said(order, "Revealed", "Sealed"):
            values = event.values
            if event.name == "Revealed" and shown is None:
                shown = values["ciphertext"], values["key"]
            elif event.name == "Sealed" and shown and values["ciphertext"] == shown[0]:
                return Revealed(
                    f"{shown[0]:064x}", shown[1].to_bytes(32, "big"), f"{values['key']:064x}"
                )
        raise InputError(f"order {number}: no key was shown yet")

    def _said(self, order: Order, *events: str) -> Iterator[tuple[int, Event]]:
        book = self.book
        about = bytes.fromhex(book.number_of(order)[2:])
        # Nothing is settled before bidding ends.
        return history(book.chain, book.address, "OrderBook", events, about, order.bidding_ends)

    def _require_last(self, number: str, entry: Entry, seal: Seal) -> None:
        self._require_waiting(number, entry)
        if entry.seal != seal.hash(number):
            raise InputError(
                f"order {number}: another chunk was settled since, or the chain was written anew; "
                "run the same again"
            )

    def _require_waiting(self, number: str, entry: Entry) -> None:
        if entry.waits_for_key:
            return
        if entry.steps and entry.paid == entry.steps:
            raise AlreadyDone(f"order {number}: all {entry.steps} steps that are proven are paid")
        raise InputError(f"order {number}: no chunk is settled that waits for a key")

    def _require_signed(self, order: Order, seal: Seal, acceptance: Acceptance) -> None:
        book, number = self.book, self.book.number_of(order)
        named = (acceptance.chain_id, acceptance.book, acceptance.number)
        if named != (book.chain.id, book.address, number):
            raise InputError(f"the acceptance is one of order {acceptance.number}, or of elsewhere")
        if (acceptance.ciphertext, acceptance.key) != (seal.ciphertext, seal.key):
            raise InputError(
                f"the acceptance is one of ciphertext {acceptance.ciphertext}, and order {number} "
                f"waits for the key of {seal.ciphertext}"
            )
        if acceptance.signer() != order.consumer:
            raise InputError(f"the acceptance is not signed by {order.consumer}")

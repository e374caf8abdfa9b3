"""What a transaction is for."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Intent:
    """What somebody wants done on a chain, once.

    Two intents are the same if they do the same for the same thing, whatever their data: another
    proof of one chunk is no other intent.

    Attributes:
        contract: The contract's address; empty where one is made.
        call: Contract and function, as `OrderBook.settle`.
        subject: What it is about, as people read it: an order, a chunk of it, an amount.
        data: The call's data, hexadecimal.
        until: Seconds of the epoch after which it is given to no node any more, since it would say
            something for nothing; 0 where it says nothing that is worth anything.
    """

    contract: str
    call: str
    subject: str
    data: str = field(repr=False)
    until: int = 0

    def is_same(self, other: Intent) -> bool:
        """Whether doing both would be doing it twice."""
        mine = (self.contract, self.call, self.subject)
        return mine == (other.contract, other.call, other.subject)

    def text(self) -> str:
        """For messages."""
        return f"{self.call} ({self.subject})" if self.subject else self.call

"""What became of a transaction (JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zkpot.artifacts.durable import write_file
from zkpot.settle.contracts.events import Event
from zkpot.settle.nodes.answers import Mined
from zkpot.settle.transactions.intent import Intent

FORMAT = "zkpot.chain.receipt"


@dataclass(frozen=True)
class Receipt:
    """A transaction that is final. Numbers that may be large are decimal strings in its file.

    Attributes:
        chain_id: Of the chain.
        account: Who sent it.
        contract: Whom it was sent to, or the contract that it made.
        call: Contract and function.
        subject: What it was about.
        transaction: Its hash, hexadecimal.
        block: Number of its block.
        gas: Units that it took.
        cost: What that cost, in wei.
        events: What contracts of zkpot said, in order.
        resumed: Whether it was signed by an earlier call, which did not see its end.
    """

    chain_id: int
    account: str
    contract: str
    call: str
    subject: str
    transaction: str
    block: int
    gas: int
    cost: int
    events: Sequence[Event] = field(default_factory=tuple)
    resumed: bool = False

    @classmethod
    def of(
        cls,
        chain_id: int,
        account: str,
        intent: Intent,
        transaction: str,
        mined: Mined,
        events: Sequence[Event],
        resumed: bool,
    ) -> Receipt:
        """Of a transaction that was mined."""
        contract = intent.contract or mined.made or ""
        cost = mined.gas * mined.gas_price
        return cls(
            *(chain_id, account, contract, intent.call, intent.subject, transaction),
            *(mined.number, mined.gas, cost, events, resumed),
        )

    def to_value(self) -> dict[str, Any]:
        """As the file holds it."""
        value = asdict(self)
        value["chain_id"], value["cost"] = str(self.chain_id), str(self.cost)
        value["events"] = [event.to_value() for event in self.events]
        return {"format": FORMAT, "version": 1} | value

    def write(self, path: Path) -> None:
        """Writes the file, wholly or not at all."""
        write_file(path, (json.dumps(self.to_value(), indent=1) + "\n").encode())

    def event(self, name: str) -> Mapping[str, Any]:
        """Values of the first event of this name.

        Raises:
            KeyError: There is none.
        """
        for event in self.events:
            if event.name == name:
                return event.values
        raise KeyError(name)

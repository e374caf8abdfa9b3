"""What a contract said about one thing, looked up from the chain's end backwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zkpot.errors import TransactionRejected
from zkpot.settle.contracts.events import Event, read_events
from zkpot.settle.contracts.interface import interface
from zkpot.settle.nodes.chain import Chain

#: Blocks that are looked through at once. Nodes that take fewer are asked for fewer.
_BLOCKS = 2_000


def history(
    chain: Chain, contract: str, name: str, events: Sequence[str], about: bytes, since: int
) -> Iterator[tuple[int, Event]]:
    """Events whose first indexed value is `about`, the newest first, with their blocks' numbers.

    Args:
        chain: Where.
        contract: Who said it.
        name: What the contract is: a name of `interface`.
        events: Names of events.
        about: 32 bytes.
        since: Seconds of the epoch, before which nothing is looked for.
    """
    known = interface(name)
    firsts = [topic for topic, entry in known.events.items() if entry["name"] in events]
    last, size = chain.node.block().number, _BLOCKS
    while last >= 0:
        first = max(0, last - size + 1)
        try:
            logs = chain.node.logs(contract, [firsts, about], first, last)
        except TransactionRejected:
            if size == 1:
                raise
            size = max(1, size // 8)
            continue
        for log in reversed(logs):
            for event in read_events([log], {contract: known}):
                yield int(log["blockNumber"]), event
        if chain.node.block(first).time < since:
            return
        last = first - 1

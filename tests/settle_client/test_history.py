"""What a contract said about an order, from nodes that look through few blocks at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.settle_client.sealing import Waiting
from zkpot.settle.nodes.history import history


def test_history_in_small_pieces(waiting: Waiting) -> None:
    """Nodes look through so many blocks at once, and not more."""
    sealed, given = waiting
    node, faults = sealed.bench.node()
    chain = replace(sealed.chain, node=node)
    refused = []

    def limit(method: str, params: Any, ask: Any) -> Any:
        width = int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) + 1
        if width > 3:
            refused.append(width)
            error = {"code": -32005, "message": "block range is too wide"}
            return {"jsonrpc": "2.0", "id": 1, "error": error}
        return ask(method, params)

    faults.add("eth_getLogs", *[limit] * 200)
    about = bytes.fromhex(given.number[2:])
    names = ("Sealed", "Awarded", "Opened")
    found = list(history(chain, given.book, "OrderBook", names, about, 0))
    assert [event.name for _, event in found] == ["Sealed", "Awarded", "Opened"]
    assert refused
    later = history(chain, given.book, "OrderBook", names, about, given.order.bidding_ends)
    assert [event.name for _, event in later][:1] == ["Sealed"]

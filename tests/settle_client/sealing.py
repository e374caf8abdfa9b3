"""A chunk that waits for its key, and what its consumer signs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from tests.settle_client.market import CHUNK, Market
from zkpot.settle.order_file import OrderFile
from zkpot.settle.seal import Acceptance, Seal
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.receipts import Receipt

PRICE = 80


class Waiting(NamedTuple):
    """A market, and an order whose first chunk is settled there."""

    market: Market
    given: OrderFile


def put_waiting(market: Market) -> Waiting:
    """In a market of its own, which several tests begin with."""

    def make() -> OrderFile:
        given = market.awarded(market.order(), PRICE)
        settle(market, given)
        mine(market, 1)
        return given

    name = f"a chunk in {market.deployment.book}"
    return Waiting(market, market.bench.ground.having(name, make))


def settle(market: Market, given: OrderFile, leave_key: bool = False) -> Receipt:
    chunk = market.book.entry(given.number).steps // CHUNK
    action = market.book.settle(given.order, chunk, market.proof(given), leave_key=leave_key)
    return perform(market.sender(market.worker), action)


def signed(market: Market, given: OrderFile, seal: Seal, **other: Any) -> Acceptance:
    named = Acceptance(given.chain_id, given.book, given.number, seal.ciphertext, seal.key, b"")
    found = replace(named, **other)
    message = Seal(found.ciphertext, found.key, 0, 0).message(
        found.chain_id, found.book, found.number
    )
    return replace(found, signature=market.consumer.message(message))


def mine(market: Market, blocks: int) -> None:
    for _ in range(blocks):
        market.pass_time(1)

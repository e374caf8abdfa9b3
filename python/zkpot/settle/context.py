"""What binds a run to one order and one worker: `contextOf` of `OrderBook`."""

from __future__ import annotations

from zkpot.settle.extra import needed

with needed():
    from eth_utils.crypto import keccak


_DOMAIN = keccak(b"zkpot/v1/order/context")


def context_of(chain_id: int, book: str, number: str, worker: str) -> bytes:
    """The context that the worker's run is made with: `zkpot prove --context`.

    Args:
        chain_id: The chain.
        book: The book's address.
        number: The order's.
        worker: Who is paid.
    """
    words = (chain_id, int(book, 16), int(number, 16), int(worker, 16))
    return _DOMAIN + b"".join(word.to_bytes(32, "big") for word in words)

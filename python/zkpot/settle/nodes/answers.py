"""A node's answers, read: of what is none, some error of Python's is the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Block:
    """A block's header, as far as it is needed; `base_fee` is None where gas has none."""

    number: int
    hash: bytes
    time: int
    base_fee: int | None
    gas_limit: int


@dataclass(frozen=True)
class Mined:
    """A transaction's receipt."""

    number: int
    block: bytes
    succeeded: bool
    gas: int
    gas_price: int
    made: str | None
    logs: tuple[Mapping[str, Any], ...]


def natural(value: Any) -> int:
    """A number from 0 up to the largest word."""
    number = int(value)
    if not 0 <= number < 2**256:
        raise ValueError("no number of a chain")
    return number


def read_block(found: Mapping[str, Any]) -> Block:
    """A block's header."""
    base = found.get("baseFeePerGas")
    return Block(
        natural(found["number"]),
        bytes(found["hash"]),
        natural(found["timestamp"]),
        None if base is None else natural(base),
        natural(found["gasLimit"]),
    )


def read_mined(found: Mapping[str, Any] | None) -> Mined | None:
    """A receipt; None where the transaction is in no block."""
    if found is None or found.get("blockNumber") is None:
        return None
    made = found.get("contractAddress")
    return Mined(
        number=natural(found["blockNumber"]),
        block=bytes(found["blockHash"]),
        succeeded=found["status"] == 1,
        gas=natural(found["gasUsed"]),
        gas_price=natural(found.get("effectiveGasPrice", 0)),
        made=None if made is None else str(made),
        logs=tuple(found["logs"]),
    )


def read_sent(transactions: Any, account: str, nonce: int) -> bytes | None:
    """The hash of an account's transaction with a nonce, among a block's."""
    for found in transactions:
        if (str(found["from"]).lower(), int(found["nonce"])) == (account.lower(), nonce):
            return bytes(found["hash"])
    return None

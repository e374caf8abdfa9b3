"""What a consumer signs and what a worker offers.

Fields are those of the contract's structs, in their order; a test compares both. Their types in
Solidity come from the contract's interface, and so does what a wallet is asked to sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

from zkpot.artifacts.hexadecimal import digest
from zkpot.errors import InputError
from zkpot.settle.contracts.interface import Abi, address, interface, snake
from zkpot.settle.extra import needed

with needed():
    from eth_account import Account
    from eth_account.messages import SignableMessage, encode_typed_data
    from eth_utils.crypto import keccak

#: Of EIP-712.
DOMAIN = {"name": "zkpot", "version": "1"}


class Schedule(IntEnum):
    """How `scalars` names the public scalars of an order's steps."""

    CONSTANT = 0
    LISTED = 1


@dataclass(frozen=True)
class Order:
    """What a consumer signs; see docs/spec/settlement.md, 'Orders'.

    Addresses have their checksums, digests are 64 hexadecimal digits behind `0x`, times are seconds
    of the epoch, prices and stake units of their tokens.
    """

    consumer: str
    verifier: str
    verifier_code: str
    program: str
    first: str
    shard: str
    nonce: str
    earlier_steps: int
    schedule: int
    scalars: str
    steps: int
    chunk_steps: int
    price_per_step: int
    stake: int
    bond: int
    bidding_ends: int
    deadline: int
    reveal_window: int
    regions: int = 0
    privacy: int = 0
    accelerators: int = 0
    memory_gib: int = 0
    cores: int = 0

    @property
    def most(self) -> int:
        """What it costs at most: what is locked when it opens."""
        return self.steps * self.price_per_step + self.bond

    @property
    def chunks(self) -> int:
        """How many proofs it takes."""
        return self.steps // self.chunk_steps if self.chunk_steps else 0

    def struct(self) -> dict[str, Any]:
        """As calls are encoded."""
        return _struct(self, order_fields())

    def number(self, chain_id: int, book: str) -> str:
        """The order's number: what is signed (EIP-712), and what the book calls it."""
        message = self.message(chain_id, book)
        return "0x" + keccak(b"\x19" + message.version + message.header + message.body).hex()

    def message(self, chain_id: int, book: str) -> SignableMessage:
        """What a key signs."""
        types = {"Order": [{"name": f["name"], "type": f["type"]} for f in order_fields()]}
        domain = {**DOMAIN, "chainId": chain_id, "verifyingContract": book}
        return encode_typed_data(domain, types, self.struct())

    def to_value(self) -> dict[str, str]:
        """For JSON: numbers as decimal strings."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_value(cls, value: Mapping[str, str]) -> Order:
        """From JSON.

        Raises:
            InputError: A field is missing, unknown or none of its type.
        """
        return cls(**_fields("order", value, order_fields()))


@dataclass(frozen=True)
class Offer:
    """What a worker says of itself. Nobody checks it; the chain's log keeps it."""

    regions: int = 0
    privacy: int = 0
    accelerators: int = 0
    memory_gib: int = 0
    cores: int = 0

    def struct(self) -> dict[str, Any]:
        """As calls are encoded."""
        return _struct(self, interface("OrderBook").components("bid", "offer"))


def order_fields() -> Sequence[Abi]:
    """The order's fields in the contract."""
    return interface("OrderBook").components("open", "order")


def signer_of(order: Order, chain_id: int, book: str, signature: bytes) -> str | None:
    """Whose key signed; None where the bytes are no signature of a key."""
    try:
        return str(Account.recover_message(order.message(chain_id, book), signature=signature))
    except Exception:
        # A consumer that is a contract has signatures of its own making.
        return None


def _struct(value: Any, components: Sequence[Abi]) -> dict[str, Any]:
    return {f["name"]: _encoded(f, getattr(value, snake(f["name"]))) for f in components}


def _encoded(field: Abi, value: Any) -> Any:
    return bytes.fromhex(value.removeprefix("0x")) if field["type"] == "bytes32" else value


def _fields(what: str, value: Mapping[str, str], components: Sequence[Abi]) -> dict[str, Any]:
    names = {snake(field["name"]): str(field["type"]) for field in components}
    if missing := sorted(names.keys() - value.keys()):
        raise InputError(f"{what}: '{missing[0]}' is missing")
    if unknown := sorted(value.keys() - names.keys()):
        raise InputError(f"{what}: '{unknown[0]}' is no field of an {what}")
    return {name: _parsed(f"{what}: '{name}'", kind, value[name]) for name, kind in names.items()}


def _parsed(where: str, kind: str, text: str) -> Any:
    if kind == "address":
        return address(where, text)
    if kind == "bytes32":
        return "0x" + digest(where, text)
    if not text.isascii() or not text.isdecimal():
        raise InputError(f"{where} is '{text[:80]}', and a whole number is needed")
    # Longer ones are none of any type, and take long to read.
    bits = int(kind.removeprefix("uint"))
    number = int(text) if len(text) <= 78 else 2**256
    if number >= 2**bits:
        raise InputError(f"{where} is {text[:80]}, which has more than {bits} bits")
    return number

"""Interfaces of the contracts, as `make interfaces` wrote them, and values as they are encoded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from zkpot.errors import InputError
from zkpot.settle.extra import needed

with needed():
    from eth_abi.abi import decode, encode
    from eth_abi.exceptions import DecodingError, EncodingError
    from eth_utils.abi import collapse_if_tuple
    from eth_utils.address import is_address, to_checksum_address
    from eth_utils.crypto import keccak

Abi = Mapping[str, Any]


@dataclass(frozen=True)
class Interface:
    """A contract's functions, events and errors, and the code that makes it.

    Attributes:
        name: Of the contract.
        abi: As the compiler writes it.
        code: What is sent to make one, without the constructor's arguments.
    """

    name: str
    abi: Sequence[Abi]
    code: bytes = b""

    def encode(self, function: str, *arguments: Any) -> bytes:
        """A call's data. Structs are tuples or mappings, by their fields' names.

        Raises:
            InputError: A value is none of its type.
        """
        entry = self._functions[function]
        return _selector(entry) + self._encoded(function, entry["inputs"], arguments)

    def creation(self, *arguments: Any) -> bytes:
        """The data of a transaction that makes the contract."""
        inputs: Sequence[Abi] = next(
            (e["inputs"] for e in self.abi if e["type"] == "constructor"), []
        )
        return self.code + self._encoded("constructor", inputs, arguments)

    def decode(self, function: str, data: bytes) -> Any:
        """What a call returned: a value, or a tuple of several; structs are mappings.

        Raises:
            InputError: It is nothing that this function returns.
        """
        outputs = self._functions[function]["outputs"]
        try:
            found = decode([collapse_if_tuple(output) for output in outputs], data)
        except (DecodingError, ValueError, OverflowError):
            raise InputError(
                f"the answer to {self.name}.{function} is none: is there such a contract?"
            ) from None
        values = [named(output, value) for output, value in zip(outputs, found, strict=True)]
        return values[0] if len(values) == 1 else tuple(values)

    def components(self, function: str, argument: str) -> Sequence[Abi]:
        """The fields of a struct that a function takes."""
        inputs = self._functions[function]["inputs"]
        found: Sequence[Abi] = next(i for i in inputs if i["name"] == argument)["components"]
        return found

    @cached_property
    def errors(self) -> dict[bytes, Abi]:
        """Custom errors by their selectors."""
        return {_selector(entry): entry for entry in self.abi if entry["type"] == "error"}

    @cached_property
    def events(self) -> dict[bytes, Abi]:
        """Events by their first topics."""
        return {_signature(entry): entry for entry in self.abi if entry["type"] == "event"}

    @cached_property
    def _functions(self) -> dict[str, Abi]:
        return {entry["name"]: entry for entry in self.abi if entry["type"] == "function"}

    def _encoded(self, what: str, inputs: Sequence[Abi], arguments: Sequence[Any]) -> bytes:
        types = [collapse_if_tuple(dict(entry)) for entry in inputs]
        laid = [in_order(i, value) for i, value in zip(inputs, arguments, strict=True)]
        try:
            return encode(types, laid)
        except (EncodingError, TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{self.name}.{what}: {error}") from None


@lru_cache
def interface(name: str) -> Interface:
    """One that comes with the package: OrderBook, Staking, Token or TrainingVerifier."""
    text = (files("zkpot.settle") / "interfaces" / f"{name}.json").read_text()
    document = json.loads(text)
    return Interface(name, document["abi"], bytes.fromhex(document["code"]))


def named(entry: Abi, value: Any) -> Any:
    """Decoded values with structs as mappings, and addresses with their checksums."""
    kind = str(entry["type"])
    if kind.endswith("[]"):
        inner = {**entry, "type": kind[:-2]}
        return [named(inner, item) for item in value]
    if kind == "tuple":
        fields = entry["components"]
        return {f["name"]: named(f, item) for f, item in zip(fields, value, strict=True)}
    return to_checksum_address(value) if kind == "address" else value


def in_order(entry: Abi, value: Any) -> Any:
    """A struct's mapping as a tuple, fields inside of it, too."""
    kind = str(entry["type"])
    if kind.endswith("[]"):
        return [in_order({**entry, "type": kind[:-2]}, item) for item in value]
    if kind == "tuple":
        fields = entry["components"]
        items = [value[f["name"]] for f in fields] if isinstance(value, Mapping) else value
        return tuple(in_order(f, item) for f, item in zip(fields, items, strict=True))
    return value


def address(name: str, text: str) -> str:
    """An address with its checksum.

    Raises:
        InputError: It is none, or its checksum is wrong.
    """
    if not is_address(text):
        raise InputError(f"{name}: '{text}' is no address of an account (0x and 40 digits)")
    return to_checksum_address(text)


def snake(name: str) -> str:
    """A contract's name as Python writes it: `memoryGiB` is `memory_gib`."""
    return re.sub(r"(?<=[a-z0-9])(GiB|[A-Z])", r"_\1", name).lower()


def _signature(entry: Abi) -> bytes:
    types = ",".join(collapse_if_tuple(dict(value)) for value in entry["inputs"])
    return keccak(f"{entry['name']}({types})".encode())


def _selector(entry: Abi) -> bytes:
    return _signature(entry)[:4]

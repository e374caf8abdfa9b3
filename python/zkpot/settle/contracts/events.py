"""What contracts said in a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zkpot.settle.contracts.interface import Interface, named
from zkpot.settle.extra import needed

with needed():
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError
    from eth_utils.abi import collapse_if_tuple


@dataclass(frozen=True)
class Event:
    """One event.

    Attributes:
        contract: Who said it.
        name: Of the event.
        values: By their names.
    """

    contract: str
    name: str
    values: Mapping[str, Any]

    def to_value(self) -> dict[str, Any]:
        """As a receipt holds it."""
        values = {name: plain(value) for name, value in self.values.items()}
        return {"contract": self.contract, "event": self.name, "values": values}


def read_events(
    logs: Iterable[Mapping[str, Any]], known: Mapping[str, Interface]
) -> tuple[Event, ...]:
    """Events of contracts that are known, by their addresses; all others are left out."""
    found = []
    for log in logs:
        contract = str(log["address"])
        interface = known.get(contract)
        topics = [bytes(topic) for topic in log["topics"]]
        entry = interface.events.get(topics[0]) if interface and topics else None
        if entry is None:
            continue
        try:
            found.append(Event(contract, entry["name"], _values(entry, topics, log["data"])))
        except (DecodingError, ValueError, OverflowError):
            continue
    return tuple(found)


def plain(value: Any) -> Any:
    """A value for JSON: numbers as decimal strings, bytes in hexadecimal."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _values(entry: Mapping[str, Any], topics: list[bytes], data: Any) -> dict[str, Any]:
    content = bytes(data) if not isinstance(data, str) else bytes.fromhex(data.removeprefix("0x"))
    indexed = iter(topics[1:])
    inputs = entry["inputs"]
    rest = [value for value in inputs if not value["indexed"]]
    others = iter(decode([collapse_if_tuple(value) for value in rest], content))
    return {
        value["name"]: named(
            value,
            decode([value["type"]], next(indexed))[0] if value["indexed"] else next(others),
        )
        for value in inputs
    }

"""The file of an order (JSON): its terms, its number, and the consumer's signature."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from zkpot.artifacts.durable import write_file
from zkpot.artifacts.hexadecimal import digest
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.reading import read_bounded
from zkpot.errors import InputError
from zkpot.settle.contracts.interface import address
from zkpot.settle.order import Order, signer_of

VERSION = 1
_LARGEST = 1 << 16

Hexadecimal = Annotated[str, msgspec.Meta(pattern=r"^0x([0-9a-f]{2})*\Z")]


@dataclass(frozen=True)
class OrderFile:
    """An order for one book of one chain.

    Attributes:
        chain_id: The chain.
        book: The book's address.
        order: The terms.
        signature: The consumer's; empty where it has not signed.
    """

    chain_id: int
    book: str
    order: Order
    signature: bytes = b""

    @property
    def number(self) -> str:
        """What the book calls it."""
        return self.order.number(self.chain_id, self.book)

    def signer(self) -> str | None:
        """Whose key signed it; None where none did."""
        return signer_of(self.order, self.chain_id, self.book, self.signature)

    def write(self, path: Path) -> None:
        """Writes the file, wholly or not at all."""
        document = _Document(
            chain_id=str(self.chain_id),
            book=self.book,
            number=self.number,
            order=self.order.to_value(),
            signature="0x" + self.signature.hex(),
        )
        write_file(path, (json.dumps(asdict(document), indent=1) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> OrderFile:
        """From a file that anybody may have written.

        Raises:
            InputError: It is none, or its terms are not those of its number.
        """
        content = read_bounded(path, _LARGEST)
        try:
            version = parse(content, _Header).version
            if version != VERSION:
                raise ValueError(f"version {version}, and this zkpot reads {VERSION}")
            document = parse(content, _Document)
            found = cls(
                int(document.chain_id),
                address("book", document.book),
                Order.from_value(document.order),
                bytes.fromhex(document.signature.removeprefix("0x")),
            )
            stated = "0x" + digest("number", document.number)
        except (ValueError, InputError) as error:
            raise InputError(f"{path}: not an order ({error})") from None
        if found.number != stated:
            raise InputError(
                f"{path}: its terms are those of order {found.number}, not of {stated}: they were "
                "changed; make the order again"
            )
        return found


@dataclass(frozen=True)
class _Document:
    chain_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,78}\Z")]
    book: str
    number: str
    order: dict[str, str]
    signature: Hexadecimal
    format: Literal["zkpot.settlement.order"] = "zkpot.settlement.order"
    version: int = VERSION


@dataclass(frozen=True)
class _Header:
    version: int

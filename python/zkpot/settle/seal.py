"""What a settled chunk left for its key, and what a consumer signs who has the ciphertext."""

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
from zkpot.settle.extra import needed
from zkpot.settle.order import DOMAIN

with needed():
    from eth_account import Account
    from eth_account.messages import SignableMessage, encode_typed_data
    from eth_utils.crypto import keccak

VERSION = 1
_LARGEST = 1 << 16
_TYPE = {
    "Acceptance": [
        {"name": "order", "type": "bytes32"},
        {"name": "ciphertext", "type": "uint256"},
        {"name": "key", "type": "uint256"},
    ]
}


@dataclass(frozen=True)
class Seal:
    """The encrypted states of a chunk, and where they were settled: the contracts' struct `Seal`.

    Attributes:
        ciphertext: Hash of the ciphertext, 64 hexadecimal digits.
        key: Hash of the key, likewise.
        settled_in: Number of the block of the settlement.
        settled_at: Seconds of the epoch of that block.
    """

    ciphertext: str
    key: str
    settled_in: int
    settled_at: int

    def struct(self) -> tuple[int, int, int, int]:
        """As calls are encoded."""
        return int(self.ciphertext, 16), int(self.key, 16), self.settled_in, self.settled_at

    def hash(self, number: str) -> str:
        """What the book keeps of it for an order: `Seals.hash`."""
        words = (int(number, 16), *self.struct())
        return "0x" + keccak(b"".join(word.to_bytes(32, "big") for word in words)).hex()

    def message(self, chain_id: int, book: str, number: str) -> SignableMessage:
        """What a consumer's key signs (EIP-712). Block and time are not in it."""
        domain = {**DOMAIN, "chainId": chain_id, "verifyingContract": book}
        ciphertext, key, *_ = self.struct()
        value = {"order": bytes.fromhex(number[2:]), "ciphertext": ciphertext, "key": key}
        return encode_typed_data(domain, _TYPE, value)


@dataclass(frozen=True)
class Acceptance:
    """The file of a signed acceptance (JSON).

    Attributes:
        chain_id: The chain.
        book: The book's address.
        number: The order's.
        ciphertext: Hash of the ciphertext that the consumer has, 64 hexadecimal digits.
        key: Hash of the key that it is encrypted with.
        signature: The consumer's.
    """

    chain_id: int
    book: str
    number: str
    ciphertext: str
    key: str
    signature: bytes

    def signer(self) -> str | None:
        """Whose key signed it; None where none did."""
        seal = Seal(self.ciphertext, self.key, 0, 0)
        message = seal.message(self.chain_id, self.book, self.number)
        try:
            return str(Account.recover_message(message, signature=self.signature))
        except Exception:
            # Libraries differ in what they raise for bytes that are no signature.
            return None

    def write(self, path: Path) -> None:
        """Writes the file, wholly or not at all."""
        document = _Document(
            chain_id=str(self.chain_id),
            book=self.book,
            number=self.number,
            ciphertext=self.ciphertext,
            key=self.key,
            signature="0x" + self.signature.hex(),
        )
        write_file(path, (json.dumps(asdict(document), indent=1) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> Acceptance:
        """From a file that anybody may have written.

        Raises:
            InputError: It is none.
        """
        content = read_bounded(path, _LARGEST)
        try:
            version = parse(content, _Header).version
            if version != VERSION:
                raise ValueError(f"version {version}, and this zkpot reads {VERSION}")
            found = parse(content, _Document)
            return cls(
                int(found.chain_id),
                address("book", found.book),
                "0x" + digest("number", found.number),
                found.ciphertext,
                found.key,
                bytes.fromhex(found.signature.removeprefix("0x")),
            )
        except (ValueError, InputError) as error:
            raise InputError(f"{path}: not an acceptance ({error})") from None


_Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


@dataclass(frozen=True)
class _Document:
    chain_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,78}\Z")]
    book: str
    number: str
    ciphertext: _Hash
    key: _Hash
    signature: Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{130}\Z")]
    format: Literal["zkpot.settlement.acceptance"] = "zkpot.settlement.acceptance"
    version: int = VERSION


@dataclass(frozen=True)
class _Header:
    version: int

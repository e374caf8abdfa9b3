"""An account that signs. Its key is in no argument, message, file or representation."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from zkpot.artifacts.reading import read_bounded
from zkpot.errors import InputError
from zkpot.settle.contracts.interface import address
from zkpot.settle.extra import needed

with needed():
    from eth_account import Account

if TYPE_CHECKING:
    from eth_account.messages import SignableMessage
    from eth_account.signers.local import LocalAccount

#: Where a key is looked for without a keystore: 64 hexadecimal digits.
VARIABLE = "ZKPOT_PRIVATE_KEY"
#: Where a keystore's password is looked for before anybody is asked.
PASSWORD = "ZKPOT_KEYSTORE_PASSWORD"
_LARGEST = 1 << 16


class Signer:
    """An account with its key."""

    __slots__ = ("_account",)

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    @classmethod
    def from_keystore(cls, path: Path, password: Callable[[], str]) -> Signer:
        """From an encrypted file, as geth, foundry and eth-account write it.

        Args:
            path: The file.
            password: Gives it when it is needed.

        Raises:
            InputError: It is no such file, or the password is another.
        """
        document = _keystore(path)
        opened = None
        given = password()
        try:
            opened = Account.decrypt(document, given)
        except Exception as error:
            # Libraries differ in what they raise; the password is in none of what is said here.
            wrong = "MAC" in str(error)
        if opened is None:
            raise InputError(
                f"{path}: the password is wrong"
                if wrong
                else f"{path}: no keystore that can be read (version 3, scrypt or PBKDF2)"
            )
        return cls(_account(bytes(opened), str(path)))

    @classmethod
    def from_environment(cls, variable: str = VARIABLE) -> Signer:
        """From a variable of the environment.

        Raises:
            InputError: It is not set, or holds no key.
        """
        text = os.environ.get(variable, "").strip()
        if not text:
            raise InputError(f"no key: give --keystore FILE, or set {variable}")
        if not re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", text):
            raise InputError(f"{variable}: no private key, which has 64 hexadecimal digits")
        return cls(_account(bytes.fromhex(text.removeprefix("0x")), variable))

    @property
    def address(self) -> str:
        """The account's."""
        return str(self._account.address)

    def transaction(self, fields: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """A signed transaction: its bytes, and its hash."""
        signed = self._account.sign_transaction(dict(fields))
        return bytes(signed.raw_transaction), bytes(signed.hash)

    def message(self, message: SignableMessage) -> bytes:
        """A signature of 65 bytes."""
        return bytes(self._account.sign_message(message).signature)

    def __repr__(self) -> str:
        return f"Signer({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer has a key, and is not written")


def keystore_address(path: Path) -> str:
    """Whose key a keystore has, without its password.

    Raises:
        InputError: It is none, or does not say.
    """
    found = _keystore(path).get("address")
    if not isinstance(found, str):
        raise InputError(f"{path}: the keystore does not say whose it is")
    return address(str(path), "0x" + found.removeprefix("0x"))


def _keystore(path: Path) -> dict[str, Any]:
    content = read_bounded(path, _LARGEST)
    document: Any = None
    with suppress(ValueError, RecursionError):
        document = json.loads(content)
    if not isinstance(document, dict) or "crypto" not in {str(key).lower() for key in document}:
        raise InputError(f"{path}: no keystore (JSON with a key 'crypto')")
    return document


def _account(key: bytes, where: str) -> LocalAccount:
    found: LocalAccount | None = None
    # What it raises may hold the key.
    with suppress(Exception):
        found = Account.from_key(key)
    if found is None:
        raise InputError(f"{where}: no private key of an account")
    return found

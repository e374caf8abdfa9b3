"""Who signs, from options and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.settle.transactions.signer import Signer


def signing(keystore: Path | None, password_file: Path | None) -> tuple[str, Callable[[], Signer]]:
    """Who signs, and what gives its key when it is needed."""
    return _account(keystore), _key(keystore, password_file)


def nobody() -> tuple[str, Callable[[], Signer]]:
    """For commands that only ask. A key is looked for in the environment if one is needed."""
    return "", _key(None, None)


def _account(keystore: Path | None) -> str:
    """Whose key it is, without its password."""
    from zkpot.settle.transactions.signer import Signer, keystore_address

    return Signer.from_environment().address if keystore is None else keystore_address(keystore)


def _key(keystore: Path | None, password_file: Path | None) -> Callable[[], Signer]:
    def key() -> Signer:
        from zkpot.settle.transactions.signer import PASSWORD, Signer

        if keystore is None:
            return Signer.from_environment()

        def password() -> str:
            if password_file is not None:
                try:
                    return password_file.read_text().rstrip("\r\n")
                except (OSError, UnicodeDecodeError):
                    raise InputError(f"{password_file}: not readable") from None
            if PASSWORD in os.environ:
                return os.environ[PASSWORD]
            return str(click.prompt(f"password of {keystore}", hide_input=True, err=True))

        return Signer.from_keystore(keystore, password)

    return key

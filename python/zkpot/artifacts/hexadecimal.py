"""Digests and bytes as people and files write them."""

from __future__ import annotations

from zkpot.errors import InputError

DIGITS = frozenset("0123456789abcdef")
DIGEST_BYTES = 32
#: How much of what was given a message repeats.
_MOST = 80


def hexadecimal(where: str, text: str) -> str:
    """Bytes in lower case, which were given with `0x` before them or without.

    Raises:
        InputError: It is something else.
    """
    value = text.strip().lower().removeprefix("0x")
    if len(value) % 2 or set(value) - DIGITS:
        raise InputError(f"{where}: '{text[:_MOST]}' is not hexadecimal")
    return value


def digest(where: str, text: str) -> str:
    """The same for 32 bytes.

    Raises:
        InputError: It is something else.
    """
    value = hexadecimal(where, text)
    if len(value) != 2 * DIGEST_BYTES:
        raise InputError(
            f"{where}: 64 hexadecimal digits are needed, not {len(value)}: '{text[:_MOST]}'"
        )
    return value

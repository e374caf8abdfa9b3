"""The nonce that fixes the order of the batches, and other hexadecimal arguments."""

from __future__ import annotations

import hashlib
import secrets

from zkpot.errors import InputError

NONCE_BYTES = 32


def choose_nonce(nonce: str | None, seed: int | None) -> str:
    """The given nonce, one derived from `seed`, or a fresh one.

    Whoever chooses the nonce chooses the order of the batches, and with it a little of what
    the model learns; a requester who minds draws it after everything else is committed.
    """
    if nonce is not None and seed is not None:
        raise InputError("give --nonce or --seed, not both: the seed only makes a nonce")
    if nonce is not None:
        return digest("nonce", nonce)
    if seed is not None:
        return hashlib.sha256(b"zkpot/v1/nonce/seed" + str(seed).encode()).hexdigest()
    return secrets.token_hex(NONCE_BYTES)


def digest(name: str, text: str) -> str:
    """A 32-byte value in hexadecimal, checked."""
    value = hexadecimal(name, text)
    if len(value) != 2 * NONCE_BYTES:
        raise InputError(f"{name}: 64 hexadecimal digits are needed, not {len(value)}")
    return value


def hexadecimal(name: str, text: str) -> str:
    """Bytes in hexadecimal, with `0x` before them or without."""
    value = text.strip().lower().removeprefix("0x")
    try:
        bytes.fromhex(value)
    except ValueError:
        raise InputError(f"{name}: '{text}' is not hexadecimal") from None
    return value

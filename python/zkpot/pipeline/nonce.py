"""The nonce that fixes the order of the batches."""

from __future__ import annotations

import hashlib
import secrets

from zkpot.artifacts.hexadecimal import DIGEST_BYTES, digest
from zkpot.errors import InputError


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
    return secrets.token_hex(DIGEST_BYTES)

"""Ciphertexts and keys in files, compared with what a chunk's proof stated of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from zkpot.artifacts.reading import read_bounded
from zkpot.backends import native
from zkpot.errors import InputError, InvalidProof

T = TypeVar("T")

#: Three entries of the states have 32 bytes.
LARGEST_CIPHERTEXT = 1 << 32


def read_ciphertext(path: Path, hashed: str) -> bytes:
    """A delivered ciphertext: elements of 32 bytes.

    Args:
        path: The file.
        hashed: What its hash must be, 64 hexadecimal digits.

    Raises:
        InvalidProof: It is another one.
        InputError: It is none.
    """
    content = read_bounded(path, LARGEST_CIPHERTEXT)
    if _of(path, lambda: native.hash_ciphertext(content)) != hashed:
        raise InvalidProof(f"{path}: not the ciphertext that the proof is about")
    return content


def is_ciphertext(content: bytes, hashed: str) -> bool:
    """Whether a ciphertext that a node showed is the one with this hash."""
    try:
        return native.hash_ciphertext(content) == hashed
    except InputError:
        return False


def read_key(path: Path, hashed: str) -> bytes:
    """The key in a file, 32 bytes.

    Args:
        path: The file, 64 hexadecimal digits.
        hashed: What the key's hash must be, likewise.

    Raises:
        InvalidProof: It is another one.
        InputError: It is none.
    """
    text = read_bounded(path, 1 << 10).decode("ascii", "replace").strip().removeprefix("0x")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise InputError(f"{path}: not a key, which is 64 hexadecimal digits")
    key = bytes.fromhex(text)
    if _of(path, lambda: native.hash_key(key)) != hashed:
        raise InvalidProof(f"{path}: not the key that the proof is about")
    return key


def is_key(key: bytes, hashed: str) -> bool:
    """Whether a key that somebody showed is the one with this hash."""
    try:
        return native.hash_key(key) == hashed
    except InputError:
        return False


def _of(path: Path, call: Callable[[], T]) -> T:
    try:
        return call()
    except InputError as error:
        raise InputError(f"{path}: {error}") from None

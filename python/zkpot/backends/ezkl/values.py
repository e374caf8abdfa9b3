"""Integers as elements of BN254's scalar field, in EZKL's hexadecimal (little-endian), and back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.ezkl.terms import SALT
from zkpot.backends.ezkl.settings import LARGEST
from zkpot.errors import ValueOutOfRange

#: Order of BN254's scalar field, and characteristic of the field of its points' coordinates.
ORDER = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
COORDINATES = 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47

_BYTES = 32


def encode(values: Iterable[int]) -> list[str]:
    """Integers as field elements."""
    return [(value % ORDER).to_bytes(_BYTES, "little").hex() for value in values]


def decode(elements: Sequence[str]) -> list[int]:
    """Field elements as the integers nearest to zero.

    Raises:
        ValueError: One is none, or not reduced.
    """
    return [_signed(element) for element in elements]


def _signed(element: str) -> int:
    content = bytes.fromhex(element)
    value = int.from_bytes(content, "little")
    if len(content) != _BYTES or value >= ORDER:
        raise ValueError("not an element of the field")
    return value - ORDER if value > ORDER // 2 else value


def quantise(place: str, values: npt.NDArray[np.generic], scale: int) -> list[int]:
    """Real numbers as integers at `scale` fraction bits, in the order of memory.

    Args:
        place: What they are, for messages.
        values: Any shape.
        scale: Fraction bits.

    Raises:
        ValueOutOfRange: One does not fit what a circuit holds; the message says where.
    """
    scaled = np.asarray(values, np.float64).ravel() * 2.0**scale
    rounded = np.rint(scaled)
    bad = ~(np.abs(rounded) <= LARGEST)
    if bad.any():
        index = int(np.argmax(bad))
        raise ValueOutOfRange(
            f"{place} has {np.ravel(values)[index]} at place {index}: with {scale} fraction bits "
            f"EZKL's circuit holds magnitudes up to {LARGEST * 2.0**-scale:.6g}"
        )
    return [int(value) for value in rounded]


def salt() -> list[int]:
    """Fresh random numbers, as large as a circuit's range check lets them be."""
    return [secrets.randbelow(LARGEST + 1) for _ in range(SALT)]

"""Gas of a transaction: what is paid before any code runs, and what the code takes."""

from __future__ import annotations

from typing import Any

TRANSACTION, ZERO_BYTE, OTHER_BYTE = 21_000, 4, 16


def intrinsic(data: Any) -> int:
    """What a transaction with these bytes costs by itself."""
    content = bytes.fromhex(data.removeprefix("0x"))
    zeros = content.count(0)
    return TRANSACTION + zeros * ZERO_BYTE + (len(content) - zeros) * OTHER_BYTE


def execution(receipt: Any, data: Any) -> int:
    """What the rest took."""
    return int(receipt["gasUsed"]) - intrinsic(data)

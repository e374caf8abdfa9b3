"""BLAKE3's key derivation with extendable output, for keys and inputs of one chunk.

From the paper of O'Connor, Aumasson, Neves and Wilcox-O'Hearn (2021), sections 2.1 to 2.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

INITIAL = (
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
    0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)  # fmt: skip
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
# The four columns, then the four diagonals.
QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
CHUNK_START, CHUNK_END, ROOT = 1, 2, 8
DERIVE_KEY_CONTEXT, DERIVE_KEY_MATERIAL = 32, 64
BLOCK, CHUNK = 64, 1024
MASK = 0xFFFFFFFF

Words = tuple[int, ...]


def derive(context: str, material: bytes) -> Iterator[int]:
    """The bytes of the output, without end.

    Args:
        context: At most 1,024 bytes.
        material: At most 1,024 bytes.
    """
    chaining, block, length, flags = _derived(context, material)
    counter = 0
    while True:
        for word in compress(chaining, block, counter, length, flags):
            yield from word.to_bytes(4, "little")
        counter += 1


def derive_bytes(context: str, material: bytes, length: int) -> bytes:
    """The first bytes of the same output, all blocks at once."""
    chaining, block, size, flags = _derived(context, material)
    counters = np.arange(-(-length // BLOCK), dtype=np.uint64)
    words = np.stack(compress(chaining, block, counters, size, flags), axis=-1)
    return words.astype("<u4").tobytes()[:length]


def _derived(context: str, material: bytes) -> tuple[Words, Words, int, int]:
    """The arguments of the compression that gives a block of the output."""
    key = _last_block(INITIAL, context.encode(), DERIVE_KEY_CONTEXT)
    derived = compress(*key[:2], 0, *key[2:])[:8]
    return _last_block(derived, material, DERIVE_KEY_MATERIAL)


def _last_block(key: Words, content: bytes, mode: int) -> tuple[Words, Words, int, int]:
    """The arguments of the compression that gives the output of a single chunk."""
    if len(content) > CHUNK:
        raise ValueError("more than one chunk")
    blocks = [content[i : i + BLOCK] for i in range(0, len(content), BLOCK)] or [b""]
    chaining, flags = key, mode | CHUNK_START
    for block in blocks[:-1]:
        chaining = compress(chaining, _words(block), 0, BLOCK, flags)[:8]
        flags = mode
    return chaining, _words(blocks[-1]), len(blocks[-1]), flags | CHUNK_END | ROOT


def _words(block: bytes) -> Words:
    padded = block.ljust(BLOCK, b"\0")
    return tuple(int.from_bytes(padded[i : i + 4], "little") for i in range(0, BLOCK, 4))


def _rotate(word: Any, by: int) -> Any:
    return (word >> by) | (word << (32 - by)) & MASK


def compress(
    chaining: Words, block: Words, counter: Any, length: int, flags: int
) -> tuple[Any, ...]:
    """The compression function: 8 words and a block of 16 to 16 words.

    With an array of counters in place of a number, each word is an array.
    """
    state: list[Any] = [*chaining, *INITIAL[:4], counter & MASK, counter >> 32, length, flags]
    for _ in range(7):
        for number, (a, b, c, d) in enumerate(QUARTERS):
            for word, first, second in (
                (block[2 * number], 16, 12),
                (block[2 * number + 1], 8, 7),
            ):
                state[a] = (state[a] + state[b] + word) & MASK
                state[d] = _rotate(state[d] ^ state[a], first)
                state[c] = (state[c] + state[d]) & MASK
                state[b] = _rotate(state[b] ^ state[c], second)
        block = tuple(block[i] for i in PERMUTATION)
    low = (state[i] ^ state[i + 8] for i in range(8))
    high = (state[i + 8] ^ chaining[i] for i in range(8))
    return (*low, *high)

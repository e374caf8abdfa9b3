"""BLAKE3 for inputs and outputs of any length.

BLAKE3's paper (2021), section 2. Inputs of one chunk are hashed in plain integers, the chunks of
longer ones and the blocks of long outputs side by side in numpy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zkpot.reference.blake3 import (
    BLOCK,
    CHUNK,
    CHUNK_END,
    CHUNK_START,
    DERIVE_KEY_CONTEXT,
    DERIVE_KEY_MATERIAL,
    INITIAL,
    PERMUTATION,
    QUARTERS,
    ROOT,
    Words,
    compress,
)

PARENT = 4
Lanes = npt.NDArray[np.uint32]


def blake3(content: bytes) -> bytes:
    """BLAKE3's hash, 32 bytes."""
    return _bytes(compress(*_root(INITIAL, content, 0))[:8])


def derive_key(context: str, material: bytes, length: int = 32) -> bytes:
    """BLAKE3's key derivation, `length` bytes of its extendable output."""
    key = compress(*_root(INITIAL, context.encode(), DERIVE_KEY_CONTEXT))[:8]
    chaining, block, _, size, flags = _root(key, material, DERIVE_KEY_MATERIAL)
    count = -(-length // BLOCK)
    output = _compress_lanes(
        np.tile(np.array(chaining, dtype=np.uint32)[:, None], count),
        np.tile(np.array(block, dtype=np.uint32)[:, None], count),
        np.arange(count, dtype=np.uint64),
        size,
        flags,
    )
    return output.T.astype("<u4").tobytes()[:length]


def _bytes(words: Words) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)


def _root(key: Words, content: bytes, mode: int) -> tuple[Words, Words, int, int, int]:
    """The arguments of the root's compression."""
    if len(content) <= CHUNK:
        chaining, block, size, flags = _last_block(key, content, mode, 0)
        return chaining, block, 0, size, flags | ROOT
    level = _chunks(key, content, mode)
    while len(level) > 2:
        pairs, odd = divmod(len(level), 2)
        blocks = np.array(level[: 2 * pairs], dtype=np.uint32).reshape(pairs, 16).T
        keys = np.tile(np.array(key, dtype=np.uint32)[:, None], pairs)
        parents = _compress_lanes(
            keys, blocks, np.zeros(pairs, dtype=np.uint64), BLOCK, mode | PARENT
        )
        merged = [tuple(int(word) for word in column) for column in parents[:8].T]
        level = merged + level[len(level) - odd :]
    return key, (*level[0], *level[1]), 0, BLOCK, mode | PARENT | ROOT


def _last_block(key: Words, chunk: bytes, mode: int, counter: int) -> tuple[Words, Words, int, int]:
    blocks = [chunk[i : i + BLOCK] for i in range(0, len(chunk), BLOCK)] or [b""]
    chaining, flags = key, mode | CHUNK_START
    for block in blocks[:-1]:
        chaining = compress(chaining, _words(block), counter, BLOCK, flags)[:8]
        flags = mode
    return chaining, _words(blocks[-1]), len(blocks[-1]), flags | CHUNK_END


def _words(block: bytes) -> Words:
    padded = block.ljust(BLOCK, b"\0")
    return tuple(int.from_bytes(padded[i : i + 4], "little") for i in range(0, BLOCK, 4))


def _chunks(key: Words, content: bytes, mode: int) -> list[Words]:
    """The chaining value of every chunk."""
    # The last chunk may be short, so it is hashed by itself.
    count = (len(content) - 1) // CHUNK
    words = np.frombuffer(content[: count * CHUNK], dtype="<u4").reshape(count, 16, 16)
    chaining = np.tile(np.array(key, dtype=np.uint32)[:, None], count)
    counters = np.arange(count, dtype=np.uint64)
    for block in range(16):
        flags = mode | (CHUNK_START if block == 0 else 0) | (CHUNK_END if block == 15 else 0)
        chaining = _compress_lanes(chaining, words[:, block, :].T, counters, BLOCK, flags)[:8]
    whole = [tuple(int(word) for word in column) for column in chaining.T]
    before, block_words, size, flags = _last_block(key, content[count * CHUNK :], mode, count)
    return [*whole, compress(before, block_words, count, size, flags)[:8]]


def _compress_lanes(
    chaining: Lanes, block: Lanes, counters: npt.NDArray[np.uint64], size: int, flags: int
) -> Lanes:
    """The compression function on many blocks at once: `[8, n]` and `[16, n]` to `[16, n]`."""
    count = chaining.shape[1]
    state = np.empty((16, count), dtype=np.uint32)
    state[:8] = chaining
    state[8:12] = np.array(INITIAL[:4], dtype=np.uint32)[:, None]
    state[12] = (counters & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    state[13] = (counters >> np.uint64(32)).astype(np.uint32)
    state[14], state[15] = size, flags
    message = np.asarray(block, dtype=np.uint32)
    for _ in range(7):
        for number, (a, b, c, d) in enumerate(QUARTERS):
            for word, first, second in ((2 * number, 16, 12), (2 * number + 1, 8, 7)):
                state[a] += state[b] + message[word]
                state[d] = _rotate(state[d] ^ state[a], first)
                state[c] += state[d]
                state[b] = _rotate(state[b] ^ state[c], second)
        message = message[list(PERMUTATION)]
    state[:8] ^= state[8:]
    state[8:] ^= chaining
    return state


def _rotate(words: Lanes, by: int) -> Lanes:
    return (words >> np.uint32(by)) | (words << np.uint32(32 - by))

"""What a link will need, before it is begun."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zkpot.artifacts.program import Program
from zkpot.program.cost import cost

# Measured on MLPs between 64-32-10 and 784-128-10, links of 1 to 64 steps, and rounded up.
_BASE_BYTES = 320_000_000
_BYTES_PER_WITNESS_ENTRY = 125
_BYTES_PER_IMPORTED_ENTRY = 450
_BYTES_PER_OPENED_ENTRY = 60
# A proof's size hardly depends on what it proves.
LINK_BYTES = 5 << 19
# Integers are stored with variable length; a weight takes 4 bytes, an input 2 or 3.
_OPENING_BYTES = 5


def link_memory(program: Program, shard_rows: Sequence[int], steps: int) -> int:
    """Bytes at the peak of a link of `steps` steps, or of the import before it.

    A witness has a power of two entries. Besides it, a link opens the states and the shards
    that it reads, and commits to copies of them.
    """
    estimate = cost(program.description)
    row = estimate.data // program.batch
    largest = max(shard_rows)
    aligned = program.batch * steps % largest == 0
    shards = math.ceil(program.batch * steps / largest) + (0 if aligned else 1)
    read = row * min(sum(shard_rows), shards * largest)
    importing = _BYTES_PER_IMPORTED_ENTRY * _padded(read)
    training = _BYTES_PER_WITNESS_ENTRY * _padded(estimate.elements(steps))
    opened = _BYTES_PER_OPENED_ENTRY * 2 * (_padded(estimate.states) + _padded(read))
    return _BASE_BYTES + max(importing, training + opened)


def disk(program: Program, shard_rows: Sequence[int], links: int) -> int:
    """Bytes of a run directory: links, and twice the openings while one replaces the other."""
    estimate = cost(program.description)
    row = estimate.data // program.batch
    openings = (estimate.states + row * sum(shard_rows)) * _OPENING_BYTES
    return links * LINK_BYTES + 2 * openings


def proving_seconds(program: Program, steps: int) -> float:
    """Seconds of proving."""
    return cost(program.description).seconds(steps)


def _padded(entries: int) -> int:
    return 1 << max(0, entries - 1).bit_length()

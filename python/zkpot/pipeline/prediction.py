"""What a link will need, before it is begun."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zkpot.artifacts.program import Program
from zkpot.program.cost import BYTES_PER_ELEMENT, cost

# Interpreter, libraries, tables.
_BASE_BYTES = 64 << 20
# A proof's size hardly depends on what it proves.
LINK_BYTES = 5 << 19
# Integers are stored with variable length; a weight takes 4 bytes, an input 2 or 3.
_OPENING_BYTES = 5


def link_memory(program: Program, shard_rows: Sequence[int], steps: int) -> int:
    """Bytes at the peak of proving a link.

    Besides what the steps commit to, a link opens the states and the shards that it reads, and
    commits to copies of them.
    """
    estimate = cost(program.description)
    row = estimate.data // program.batch
    shards = math.ceil(program.batch * steps / max(shard_rows)) + 1
    carried = 2 * (estimate.states + row * min(sum(shard_rows), shards * max(shard_rows)))
    return _BASE_BYTES + estimate.bytes(steps) + carried * BYTES_PER_ELEMENT


def disk(program: Program, shard_rows: Sequence[int], links: int) -> int:
    """Bytes of a run directory: links, and twice the openings while one replaces the other."""
    estimate = cost(program.description)
    row = estimate.data // program.batch
    openings = (estimate.states + row * sum(shard_rows)) * _OPENING_BYTES
    return links * LINK_BYTES + 2 * openings


def proving_seconds(program: Program, steps: int) -> float:
    """Seconds of proving."""
    return cost(program.description).seconds(steps)

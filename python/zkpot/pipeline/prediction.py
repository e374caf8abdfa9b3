"""What a run will need, before it is begun: the sum of its links and of what is around them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.program import Program
from zkpot.pipeline.costing.beginning import links_apart, links_up_to
from zkpot.pipeline.costing.link import Link, Opened, count, fresh_seconds

# The start of the process and of the run, its files, and the prover's own check of the proof.
_BASE_SECONDS = 0.25
# Reading a value of the data, and committing to it with its shard.
_SECONDS_PER_DATUM = 0.05e-6
# What a process touches beyond this is counted with its links.
_REUSED_BYTES = 1_000_000_000
# Data stays in memory as float32.
_BYTES_PER_DATUM = 4
# More than any link measured, for the disk.
LINK_BYTES = 5 << 19
# Integers are stored with variable length; a weight takes 4 bytes, an input 2 or 3.
_OPENING_BYTES = 5


def links(
    program: Program, shard_rows: Sequence[int], steps: int, *, channel: Channel = "hiding"
) -> list[Link]:
    """The links of a run of `steps` steps in one link, its seal, and an import where that pays.

    Raises:
        InputError: A link of so many steps, or shards of so many rows, are too large to prove.
    """
    read = [Opened(rows, owned=True) for rows in _read(program, shard_rows, steps)]
    first = links_up_to(program, steps, read, owned=True, channel=channel)
    return [*first, count(program, "seal", 0, [], channel=channel)]


def least_memory(
    program: Program, shard_rows: Sequence[int], steps: int, *, channel: Channel = "hiding"
) -> int:
    """Bytes at the peak of a link of `steps` steps, or of the import before it.

    Raises:
        InputError: As `links`.
    """
    read = [Opened(rows, owned=True) for rows in _read(program, shard_rows, steps)]
    first = links_apart(program, steps, read, owned=True, channel=channel)
    return max(link.memory_bytes for link in first) + data_bytes(program, shard_rows)


def data_bytes(program: Program, shard_rows: Sequence[int]) -> int:
    """Bytes of a dataset in memory."""
    return _BYTES_PER_DATUM * _row(program) * sum(shard_rows)


def later_link(program: Program, shard_rows: Sequence[int], steps: int) -> Link:
    """A training link of `steps` steps that takes nothing from owners.

    Raises:
        InputError: As `links`.
    """
    read = [Opened(rows) for rows in _read(program, shard_rows, steps)]
    return count(program, "training", steps, read)


def run_seconds(program: Program, shard_rows: Sequence[int], steps: int) -> float:
    """Seconds of a run of one link of `steps` steps, from the start of its process to its seal."""
    proving = sum(link.seconds for link in links(program, shard_rows, steps))
    # Links are predicted for a process that had its memory before, but for the largest.
    fresh = fresh_seconds(min(link_memory(program, shard_rows, steps), _REUSED_BYTES))
    data = _SECONDS_PER_DATUM * _row(program) * sum(shard_rows)
    return _BASE_SECONDS + proving + fresh + data


def link_memory(
    program: Program, shard_rows: Sequence[int], steps: int, *, channel: Channel = "hiding"
) -> int:
    """Bytes at the peak of such a run.

    Raises:
        InputError: As `links`.
    """
    peak = max(link.memory_bytes for link in links(program, shard_rows, steps, channel=channel))
    return peak + data_bytes(program, shard_rows)


def proof_bytes(program: Program, shard_rows: Sequence[int], steps: int) -> int:
    """Bytes of the proof of such a run."""
    return sum(link.proof_bytes for link in links(program, shard_rows, steps))


def disk(program: Program, shard_rows: Sequence[int], links: int) -> int:
    """Bytes of a run directory: links, and twice the openings while one replaces the other."""
    states = sum(math.prod(state.shape) for state in program.states)
    openings = (states + _row(program) * sum(shard_rows)) * _OPENING_BYTES
    return links * LINK_BYTES + 2 * openings


def _row(program: Program) -> int:
    """Integers of a data row."""
    return sum(math.prod(field.row_shape) for field in program.fields)


def _read(program: Program, shard_rows: Sequence[int], steps: int) -> list[int]:
    """Rows of the shards that a link opens, the longest ones."""
    rows = program.batch * steps
    largest = max(shard_rows)
    shards = math.ceil(rows / largest) + (0 if rows % largest == 0 else 1)
    return sorted(shard_rows, reverse=True)[:shards]

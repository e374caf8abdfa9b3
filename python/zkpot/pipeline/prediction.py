"""What a run will need, before it is begun.

The constants were fitted to the programs of `benches` (2 cores, 24 GiB) and some links of them in
between; docs/benchmarks.md has the measurements, and a test compares. A change of the prover's
speed, memory or proof size is a change here and in `program/cost.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from zkpot.artifacts.program import Program
from zkpot.program.cost import Cost, cost

# Python, NumPy and the extension, with one link of next to nothing.
_BASE_BYTES = 142_000_000
_BYTES_PER_STATE = 500
_BYTES_PER_IMPORTED_ENTRY = 450
# Data stays in memory as float32.
_BYTES_PER_DATUM = 4

# The start of the process, and an import, a link and a seal of next to nothing.
_BASE_SECONDS = 0.34
_SECONDS_PER_DATUM = 0.09e-6

# A link's size grows with the logarithm of what it opens: at that many entries and for each
# doubling.
_IMPORT_BYTES = (14, 880_000, 115_000)
_TRAINING_BYTES = (17, 900_000, 125_000)
_SEAL_BYTES = (14, 480_000, 42_000)
# More than any link measured, for the disk.
LINK_BYTES = 5 << 19
# Integers are stored with variable length; a weight takes 4 bytes, an input 2 or 3.
_OPENING_BYTES = 5


def run_seconds(program: Program, shard_rows: Sequence[int], steps: int) -> float:
    """Seconds of a run of one link of `steps` steps, from the start of its process to its seal."""
    estimate = cost(program.description)
    data = _row(program, estimate) * sum(shard_rows)
    windows = steps // program.window
    return _BASE_SECONDS + estimate.seconds(windows) + _SECONDS_PER_DATUM * data


def link_memory(program: Program, shard_rows: Sequence[int], steps: int) -> int:
    """Bytes at the peak of a link of `steps` steps, or of the import before it.

    Rather too much than too little: links are made as long as this allows.
    """
    estimate = cost(program.description)
    importing = _BYTES_PER_IMPORTED_ENTRY * _padded(_read(program, estimate, shard_rows, steps))
    training = estimate.bytes(steps // program.window) + _BYTES_PER_STATE * estimate.states
    data = _BYTES_PER_DATUM * _row(program, estimate) * sum(shard_rows)
    return _BASE_BYTES + data + max(importing, training)


def proof_bytes(program: Program, shard_rows: Sequence[int], steps: int) -> int:
    """Bytes of a run of one link of `steps` steps, with its import and its seal."""
    estimate = cost(program.description)
    read = _read(program, estimate, shard_rows, steps)
    return (
        _link(_IMPORT_BYTES, estimate.states + read)
        + _link(_TRAINING_BYTES, estimate.elements(steps // program.window))
        + _link(_SEAL_BYTES, estimate.states)
    )


def disk(program: Program, shard_rows: Sequence[int], links: int) -> int:
    """Bytes of a run directory: links, and twice the openings while one replaces the other."""
    estimate = cost(program.description)
    openings = (estimate.states + _row(program, estimate) * sum(shard_rows)) * _OPENING_BYTES
    return links * LINK_BYTES + 2 * openings


def _row(program: Program, estimate: Cost) -> int:
    """Integers of a data row."""
    return estimate.data // (program.batch * program.window)


def _read(program: Program, estimate: Cost, shard_rows: Sequence[int], steps: int) -> int:
    """Integers of the shards that a link opens."""
    rows = program.batch * steps
    largest = max(shard_rows)
    shards = math.ceil(rows / largest) + (0 if rows % largest == 0 else 1)
    return _row(program, estimate) * min(sum(shard_rows), shards * largest)


def _link(fitted: tuple[int, int, int], entries: int) -> int:
    logarithm, size, more = fitted
    return size + more * max(0, _padded(entries).bit_length() - 1 - logarithm)


def _padded(entries: int) -> int:
    return 1 << max(0, entries - 1).bit_length()

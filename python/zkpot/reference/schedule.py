"""The public schedule of batches, from its specification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from zkpot.reference.blake3 import derive

CONTEXT = "zkpot/v1/schedule"
ORDER_OF_SHARDS = 0xFFFFFFFF


def permutation(seed: bytes, epoch: int, shard: int, count: int) -> list[int]:
    """The permutation of `range(count)` of a shard, or of the shards, in an epoch."""
    material = seed + epoch.to_bytes(8, "little") + shard.to_bytes(4, "little")
    output = derive(CONTEXT, material)
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        word = int.from_bytes(bytes(islice(output, 8)), "little")
        j = word * (i + 1) >> 64
        order[i], order[j] = order[j], order[i]
    return order


def epoch_rows(seed: bytes, shard_rows: Sequence[int], epoch: int) -> Iterator[tuple[int, int]]:
    """All rows of an epoch, `(shard, row)`."""
    for shard in permutation(seed, epoch, ORDER_OF_SHARDS, len(shard_rows)):
        for row in permutation(seed, epoch, shard, shard_rows[shard]):
            yield shard, row


def rows(
    seed: bytes, shard_rows: Sequence[int], first_step: int, steps: int, batch: int
) -> list[tuple[int, int]]:
    """The rows of some steps, `(shard, row)`: row `b` of step `first_step + t` at `t*batch + b`.

    Args:
        seed: 32 bytes.
        shard_rows: Rows of each shard of the dataset.
        first_step: Counted from the start of the run.
        steps: Number of steps.
        batch: Rows of a step.
    """
    start, wanted = first_step * batch, steps * batch
    epoch, skip = divmod(start, sum(shard_rows))
    selected: list[tuple[int, int]] = []
    while len(selected) < wanted:
        missing = wanted - len(selected)
        selected += islice(epoch_rows(seed, shard_rows, epoch), skip, skip + missing)
        epoch, skip = epoch + 1, 0
    return selected

"""Commitments that the owner of weights or data makes before any run."""

from __future__ import annotations

from pathlib import Path

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.owner_directory import Commitment, OwnerDirectory
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.data import Dataset
from zkpot.errors import InputError
from zkpot.pipeline.integers import initial_integers, shard_integers
from zkpot.plan import DEFAULT_LONGEST_LINK, shard_lengths


def commit(
    program: Program,
    directory: Path,
    *,
    data: Dataset | None = None,
    weights: Path | None = None,
    shard_rows: int | None = None,
    security: int = 100,
    wrapped: bool = False,
) -> Commitment:
    """Commits to weights, data or both, and keeps the openings in `directory`.

    Args:
        program: Whose integers are committed to.
        directory: A folder of its own.
        data: The dataset.
        weights: A .safetensors file.
        shard_rows: Rows of a data shard.
        security: Bits that runs with these commitments are made for.
        wrapped: For wrapped runs, any number of them, in place of one that hides.

    Raises:
        InputError: Nothing to commit to, or it does not fit the program.
    """
    if data is None and weights is None:
        raise InputError("nothing to commit to: give --data, --weights or both")
    if wrapped and shard_rows is not None:
        raise InputError("--shard-rows: a wrapped run reads its dataset as one shard; drop it")
    channel: Channel = "wrapped" if wrapped else "hiding"
    states = None
    if weights is not None:
        integers = initial_integers(program, weights)
        states = native.commit_states(program, integers, security, channel=channel)
    shards: list[native.Held] = []
    rows: list[int] = []
    if data is not None:
        rows = [data.rows]
        if not wrapped:
            rows = shard_rows_of(program, data.rows, DEFAULT_LONGEST_LINK, shard_rows)
        shards = [
            native.commit_shard(program, fields, security=security, channel=channel)
            for fields in shard_integers(program, data, rows)
        ]
    roots = [shard.root for shard in shards]
    public = Commitment(
        program=program.digest,
        first_commitment=states.root if states else None,
        data_root=native.data_root(roots, rows) if shards else None,
        shards=tuple(roots),
        shard_rows=tuple(rows),
        security=security,
        channel=channel,
    )
    OwnerDirectory(directory).write(
        public,
        states.to_bytes() if states else None,
        (shard.to_bytes() for shard in shards),
    )
    return public


def shard_rows_of(program: Program, rows: int, longest: int, wanted: int | None) -> list[int]:
    """Rows of each shard; `wanted` overrides what suits links of `longest` steps."""
    if wanted is None:
        return shard_lengths(rows, program.batch, longest)
    if wanted < 1:
        raise InputError(f"--shard-rows {wanted}: a shard has at least one row")
    return [min(wanted, rows - start) for start in range(0, rows, wanted)]

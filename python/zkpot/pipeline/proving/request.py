"""What a run was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.owner_directory import OwnerDirectory
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.data import Dataset
from zkpot.pipeline.rates import Rates


@dataclass(frozen=True)
class Request:
    """What a run was asked for; `Run` explains each of them.

    Attributes:
        program: What is trained.
        data: Training data, where the caller has it.
        weights: A .safetensors file that replaces the program's initial weights.
        rates: Learning rates.
        nonce: 64 hexadecimal digits, or None.
        seed: What to derive a nonce from, or None.
        context: Free bytes of the statement, hexadecimal.
        commitments: What owners committed to before the run.
        memory: Bytes that proving may use, or None for most of what is available.
        link_steps: The longest link, in steps, or None.
        shard_rows: Rows of a data shard, or None.
        after: The sealed run that this one continues, or None.
        init_seed: The public seed that the first weights come from, or None.
        keep_data: Whether the seal keeps the data for a run that continues this one.
        public_data: Whether the data are public, and their commitments follow from them.
        security: Bits of soundness that the run is made for, 100 or 128.
        channel: How the scalars of its links travel: only "hiding" is zero knowledge.
        envelopes: Whether the states after each link are delivered encrypted.
        workers: Links that are proven side by side.
    """

    program: Program
    data: Dataset | None
    weights: Path | None
    rates: Rates
    nonce: str | None
    seed: int | None
    context: str
    commitments: OwnerDirectory | None
    memory: int | None
    link_steps: int | None
    shard_rows: int | None
    after: RunDirectory | None = None
    init_seed: str | None = None
    keep_data: bool = False
    public_data: bool = False
    security: int = 100
    channel: Channel = "hiding"
    envelopes: bool = False
    workers: int = 1

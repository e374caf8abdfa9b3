"""The journal of a run: one record for every commitment that was made or opened.

A record is written only after everything it names is on the disk, and nothing that it names
leaves the secret part of the run directory before it is written. So the newest record is the
state of the run: what came after it never happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.durable import SECRET, write_file
from zkpot.artifacts.json_text import Count, parse
from zkpot.errors import InputError

VERSION = 4

Kind = Literal["commit", "import", "training", "seal"]
Root = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
ShardNumber = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,9}$")]


@dataclass(frozen=True)
class Settings:
    """How a run was begun.

    Attributes:
        target: Steps that it was begun for.
        link_steps: The longest link, in steps.
        given_rates: One learning rate for all steps, one a step, or None for the default ones.
        default_rates: What the program came with, by the scalar's name.
        salt: Of the fingerprint.
        data: Fingerprint of the training data; empty where the caller did not have them.
        channel: How the scalars of its links travel: only "hiding" is zero knowledge.
        envelopes: Whether the states after each link are delivered encrypted.
        keep_data: Whether the seal keeps the data for a run that continues this one.
        continuation: What a verifier needs of the run that this one continues, hexadecimal.
        lineage: The root under which the data's owner committed them, where it is another one.
    """

    target: Count
    link_steps: Count
    given_rates: float | tuple[float, ...] | None
    default_rates: Mapping[str, float]
    salt: str
    data: str
    channel: Channel
    envelopes: bool
    keep_data: bool
    continuation: str | None
    lineage: str | None


@dataclass(frozen=True)
class Record:
    """What happened, and what stands since then.

    Attributes:
        kind: `commit` begins a run; the others each made one link.
        steps: Steps of training that are in the run since then.
        states: Root of the commitment to weights and optimizer state.
        shards: Roots of the commitments to data shards, by the shard's number. A shard that was
            opened for the last time is no longer here.
        spent: Roots that were opened here, and must never be opened again.
        link: SHA-256 of the link that was made; None for `commit`.
        link_bytes: Its size.
        losses: Loss of each step of the link.
        seconds_training: Time spent in the exact executor.
        seconds_proving: Time spent in the prover.
        phases: Seconds of each of the prover's phases, in order, by name.
        settings: How the run was begun, on `commit`; None on the others.
    """

    kind: Kind
    steps: Count
    states: Root
    shards: Mapping[ShardNumber, Root]
    spent: tuple[Root, ...] = ()
    link: str | None = None
    link_bytes: int = 0
    losses: tuple[float, ...] = ()
    seconds_training: float = 0.0
    seconds_proving: float = 0.0
    phases: tuple[tuple[str, float], ...] = ()
    settings: Settings | None = None

    @property
    def live(self) -> tuple[str, ...]:
        """Roots whose openings are still needed."""
        return tuple(dict.fromkeys((self.states, *self.shards.values())))


class Journal:
    """The records of a run, in a folder of numbered files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records = _read_records(folder)

    @property
    def records(self) -> Sequence[Record]:
        """All records, oldest first."""
        return self._records

    @property
    def settings(self) -> Settings:
        """How the run was begun.

        Raises:
            InputError: It was not.
        """
        settings = self._records[0].settings if self._records else None
        if settings is None:
            raise InputError(f"{self._folder}: the run's journal has no beginning")
        return settings

    @property
    def last(self) -> Record | None:
        """The state of the run; None before it has begun."""
        return self._records[-1] if self._records else None

    def append(self, record: Record) -> None:
        """Makes a record durable; this is the moment at which it happened.

        Raises:
            InputError: It would open a commitment that is not live, or was opened before.
        """
        self.check(record)
        content = json.dumps({"version": VERSION} | asdict(record), indent=1).encode()
        write_file(_record_path(self._folder, len(self._records)), content, SECRET)
        self._records.append(record)

    def check(self, record: Record) -> None:
        """Refuses a record that does not follow from the last one."""
        last = self.last
        if (last is None) != (record.kind == "commit"):
            raise InputError(f"{self._folder}: a run begins with a commitment, and only once")
        spent_before = {root for earlier in self._records for root in earlier.spent}
        for root in record.spent:
            if root in spent_before:
                raise InputError(f"{self._folder}: commitment {root} was opened before")
            if last is not None and root not in last.live:
                raise InputError(f"{self._folder}: commitment {root} is none of this run's")
        for root in record.live:
            if root in spent_before or root in record.spent:
                raise InputError(f"{self._folder}: commitment {root} was opened and cannot stand")


@dataclass(frozen=True)
class _Header:
    version: int


def _record_path(folder: Path, index: int) -> Path:
    return folder / f"{index:06}.json"


def _read_records(folder: Path) -> list[Record]:
    records: list[Record] = []
    while (path := _record_path(folder, len(records))).exists():
        records.append(_read_record(path))
    return records


def _read_record(path: Path) -> Record:
    try:
        content = path.read_bytes()
        version = parse(content, _Header).version
        if version != VERSION:
            raise InputError(
                f"{path}: written by another zkpot (record version {version}, this one reads "
                f"{VERSION})"
            )
        return parse(content, Record)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the run's journal is damaged here ({error})") from error

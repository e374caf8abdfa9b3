"""The journal of a run: one record for every commitment that was made or opened.

A record is written only after everything it names is on the disk, and nothing that it names
leaves the secret part of the run directory before it is written. So the newest record is the
state of the run: what came after it never happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from zkpot.artifacts.durable import SECRET, write_file
from zkpot.artifacts.json_text import parse
from zkpot.errors import InputError

VERSION = 1

Kind = Literal["commit", "import", "training", "seal"]


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
        settings: How the run was begun, on `commit`.
    """

    kind: Kind
    steps: int
    states: str
    shards: Mapping[str, str]
    spent: tuple[str, ...] = ()
    link: str | None = None
    link_bytes: int = 0
    losses: tuple[float, ...] = ()
    seconds_training: float = 0.0
    seconds_proving: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)

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


def _record_path(folder: Path, index: int) -> Path:
    return folder / f"{index:06}.json"


def _read_records(folder: Path) -> list[Record]:
    records: list[Record] = []
    while (path := _record_path(folder, len(records))).exists():
        records.append(_read_record(path))
    return records


def _read_record(path: Path) -> Record:
    try:
        value = parse(path.read_bytes())
        version = value.pop("version")
        if version != VERSION:
            raise InputError(
                f"{path}: written by another zkpot (record version {version}, this one reads "
                f"{VERSION})"
            )
        for key in ("spent", "losses"):
            value[key] = tuple(value[key])
        return Record(**value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: the run's journal is damaged here ({error})") from error

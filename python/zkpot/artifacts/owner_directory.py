"""What an owner of weights or data made with `commit`, for a later run.

    commitment.json     public: program, roots, data root; hand it to whoever orders or verifies
    secret/<part>       openings (mode 0600)
    secret/used-by      the run that took them

Opening a commitment twice would reveal what it hides, so the openings serve one run. The mark
is made before the run begins and stays even if the run never does. Commitments for wrapped runs,
whose links hide nothing, serve any number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.durable import SECRET, unwritable, write_file
from zkpot.artifacts.handover import hand_over
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.order import Bits, Rows
from zkpot.errors import InputError

_PUBLIC = "commitment.json"


@dataclass(frozen=True)
class Commitment:
    """What an owner publishes.

    Attributes:
        program: Digest of the program whose integers were committed to.
        first_commitment: Of the weights, if they were committed to.
        data_root: Of the dataset, if it was committed to.
        shards: Commitments to its shards, in order.
        shard_rows: Rows of each shard.
        security: Bits that runs with these commitments are made for.
        channel: Of these runs.
    """

    program: str
    first_commitment: str | None
    data_root: str | None
    shards: tuple[str, ...]
    shard_rows: tuple[Rows, ...]
    security: Bits = 100
    channel: Channel = "hiding"

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class OwnerDirectory:
    """Commitments in a folder of their own."""

    path: Path

    def write(self, public: Commitment, states: bytes | None, shards: Iterable[bytes]) -> None:
        """Writes commitments and openings into a new folder.

        Raises:
            InputError: The folder holds something already.
        """
        if self.path.exists() and any(self.path.iterdir()):
            raise InputError(f"{self.path}: not empty; commitments need a folder of their own")
        secret = self.path / "secret"
        try:
            secret.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise unwritable(secret, error) from error
        if states is not None:
            write_file(secret / "states", states, SECRET)
        for index, shard in enumerate(shards):
            write_file(secret / f"shard-{index:06}", shard, SECRET)
        # Last, so that a folder with this file is a whole one.
        write_file(self.path / _PUBLIC, json.dumps(public.to_value(), indent=1).encode())

    def public(self) -> Commitment:
        """The public commitments."""
        try:
            return parse((self.path / _PUBLIC).read_bytes(), Commitment)
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path}: no commitments here ({error})") from error

    def take(self, run: str) -> None:
        """Marks the openings as used by `run`.

        Raises:
            InputError: Another run has taken them.
        """
        hand_over(self.path / "secret", run, "make new ones with 'zkpot commit'")

    def states(self) -> bytes | None:
        """The opening of the weights, if there is one."""
        path = self.path / "secret" / "states"
        return path.read_bytes() if path.exists() else None

    def shards(self) -> Iterator[bytes]:
        """The openings of the data shards, in order."""
        for path in sorted((self.path / "secret").glob("shard-*")):
            yield path.read_bytes()

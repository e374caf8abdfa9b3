"""The terms of a whole run (order.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import msgspec

from zkpot.artifacts.json_text import parse

Rows = Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]
Steps = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Bits = Annotated[int, msgspec.Meta(ge=100, le=128)]


@dataclass(frozen=True)
class Order:
    """The terms of a whole run.

    Attributes:
        program: Digest of the program.
        first: The commitment to the first weights, as their owner made it.
        shards: Commitments to the data shards, in order, as their owner made them.
        shard_rows: Rows of each.
        nonce: 32 bytes, hexadecimal; the batch order is drawn from it and everything above.
        context: Free bytes, hexadecimal.
        origin: Where the first weights come from.
        earlier_steps: Training steps that they have behind them.
        security: Bits that the run's commitments are made for, the owners' included.
    """

    program: str
    first: str
    shards: tuple[str, ...]
    shard_rows: tuple[Rows, ...]
    nonce: str
    context: str = ""
    origin: str = "arbitrary"
    earlier_steps: Steps = 0
    security: Bits = 100

    def to_json(self) -> str:
        """As the prover reads it."""
        return json.dumps(self.__dict__)

    @classmethod
    def from_json(cls, text: str | bytes) -> Order:
        """From order.json.

        Raises:
            ValueError: It is none.
        """
        order = parse(text, cls)
        if len(order.shards) != len(order.shard_rows):
            raise ValueError("another number of shards than of their rows")
        return order

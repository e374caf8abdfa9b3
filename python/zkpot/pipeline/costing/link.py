"""One link's predicted seconds, memory and proof."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.pipeline.costing import quantities

#: What one of each quantity costs; `benches/calibrate.py` writes it.
PRICES = Path(__file__).with_name("prices.json")


@cache
def prices() -> Mapping[str, Any]:
    """The prices: `seconds`, `processor`, `memory` and `proof`, by quantity, and the `machine`."""
    found: dict[str, Any] = json.loads(PRICES.read_text())
    return found


@dataclass(frozen=True)
class Opened:
    """A data shard that a link opens.

    Attributes:
        rows: Its rows.
        owned: Whether it is its owner's commitment, so that the link proves its range.
        copied: Whether the link leaves a copy.
    """

    rows: int
    owned: bool = False
    copied: bool = False


@dataclass(frozen=True)
class Link:
    """A link that is yet to be proven.

    Attributes:
        kind: "import", "training" or "seal".
        executions: How often a training link runs the program: its steps, or its windows.
        channel: Its channel.
        work: What its prover has to do, as the extension counts it.
    """

    kind: str
    executions: int
    channel: Channel
    work: Mapping[str, Any]

    @cached_property
    def quantities(self) -> Mapping[str, quantities.Quantities]:
        """What each phase is paid for."""
        return quantities.seconds(self.work, self.executions)

    def phases(self, clock: str = "seconds") -> dict[str, float]:
        """Predicted seconds of each phase, in order; of all processors for "processor"."""
        return {phase: _pay(clock, paid) for phase, paid in self.quantities.items()}

    @property
    def seconds(self) -> float:
        """Predicted time."""
        return sum(self.phases().values())

    @property
    def processor_seconds(self) -> float:
        """Predicted time of all processors together."""
        return sum(self.phases("processor").values())

    @property
    def memory_bytes(self) -> int:
        """Predicted memory at the peak of a process that proves it, its dataset left out."""
        return int(_pay("memory", quantities.memory(self.work)))

    @property
    def proof_bytes(self) -> int:
        """Predicted size of its proof."""
        return int(_pay("proof", quantities.proof(self.work)))

    @property
    def committed(self) -> int:
        """Elements of its witness: digits, table outputs and rows of tables."""
        return sum(column["elements"] for column in self.work["columns"])


def count(
    program: Program,
    kind: str,
    steps: int,
    shards: Sequence[Opened],
    *,
    states: bool | None = False,
    channel: Channel = "hiding",
) -> Link:
    """Counts a link.

    Args:
        program: What is trained.
        kind: "import", "training" or "seal".
        steps: Of a training link.
        shards: Data shards that it opens.
        states: Whether the states that it opens are their owner's; None where it opens none.
        channel: Its channel.

    Raises:
        InputError: A polynomial would have more entries than one may have.
    """
    steps = steps if kind == "training" else 0
    work = _counted(program, kind, steps, tuple(shards), states, channel)
    return Link(kind, steps // program.window, channel, work)


# Choosing the length of links counts each length that comes into question.
@lru_cache(maxsize=64)
def _counted(
    program: Program,
    kind: str,
    steps: int,
    shards: tuple[Opened, ...],
    states: bool | None,
    channel: Channel,
) -> Mapping[str, Any]:
    opened = [(shard.rows, shard.owned, shard.copied) for shard in shards]
    return native.work(program, kind, steps, opened, states=states, channel=channel)


def fresh_seconds(memory_bytes: int) -> float:
    """Predicted time to touch so much memory for the first time."""
    return _pay("seconds", {"fresh byte": memory_bytes})


def _pay(what: str, paid: Mapping[str, float]) -> float:
    known = prices()[what]
    return float(sum(known.get(name, 0.0) * number for name, number in paid.items()))

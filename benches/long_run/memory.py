"""Whether memory stays what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from benches.long_run.prepared import Prepared
from benches.long_run.watch import Sample, Seen
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.pipeline import prediction

# By how much a link may need more than was predicted (docs/benchmarks.md).
WITHIN = 0.25


def predicted_memory(prepared: Prepared, link_steps: int) -> int:
    """What `zkpot prove` reckons with for a link of so many steps, in bytes."""
    order = RunDirectory.existing(prepared.run).order
    return prediction.link_memory(Program.read(prepared.program), order.shard_rows, link_steps)


@dataclass(frozen=True)
class Growth:
    """Memory in the first and the last third of a run, in bytes: means and maxima."""

    first_mean: float
    last_mean: float
    first_peak: int
    last_peak: int

    @property
    def share(self) -> float:
        """By how much the mean grew.

        The maximum says less: the prover keeps memory from link to link, and gives it back once
        it is more than was planned for a link.
        """
        return self.last_mean / self.first_mean - 1


def growth(samples: Sequence[Sample], records: Sequence[Seen]) -> Growth:
    """Of the samples after each process's first training link, to the last training link."""
    warm: dict[int, float] = {}
    for record in records:
        if record.kind == "training":
            warm.setdefault(record.process, record.second)
    end = max(record.second for record in records if record.kind == "training")
    steady = [s for s in samples if s.process in warm and warm[s.process] <= s.second <= end]
    begin = steady[0].second
    third = (end - begin) / 3
    first = [s.memory_bytes for s in steady if s.second <= begin + third]
    last = [s.memory_bytes for s in steady if s.second >= end - third]
    return Growth(fmean(first), fmean(last), max(first), max(last))


def thinned(samples: Sequence[Sample], most: int) -> list[dict[str, Any]]:
    """At most about so many, each the largest of several in a row."""
    size = -(-len(samples) // most)
    parts = [samples[i : i + size] for i in range(0, len(samples), size)]
    return [
        {
            "second": round(part[0].second, 1),
            "process": part[0].process,
            "memory_bytes": max(s.memory_bytes for s in part),
            "memory_mean_bytes": round(fmean(s.memory_bytes for s in part)),
            "secret_bytes": max(s.secret_bytes for s in part),
            "journal_bytes": part[-1].journal_bytes,
            "public_bytes": part[-1].public_bytes,
        }
        for part in parts
    ]

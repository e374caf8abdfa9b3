"""How much several workers help: the same run by one process, and by workers of one core each.

    .venv/bin/python -m benches.workers --rounds 3

Every round proves one run in each way, in turn, in processes of their own. What is compared is the
time from the first training link's record to the last one's, without the start of Ray, the first
commitments and the seal; the time of the whole command stands beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from unittest import mock

from benches.test_prove import MNIST
from benches.work import Prepared, Work, busy, zkpot


@dataclass(frozen=True)
class Way:
    """Options of `zkpot prove`, and how many threads its own process may use."""

    name: str
    options: Sequence[object] = ()
    threads: int | None = None


WAYS = (
    Way("one process, one thread", threads=1),
    Way("one process, two threads"),
    Way("--workers 2: one process, two links at a time", ("--workers", 2)),
    Way("--ray --workers 1", ("--ray", "--workers", 1)),
    Way("--ray --workers 2", ("--ray", "--workers", 2)),
)


@dataclass(frozen=True)
class Taken:
    """Seconds of the training links after the first, and of the whole command."""

    links: float
    whole: float


def prove(prepared: Prepared, way: Way, steps: int, link_steps: int) -> Taken:
    """Proves the run from its commitments to its seal."""
    environment = {"RAYON_NUM_THREADS": str(way.threads)} if way.threads else {}
    started = monotonic()
    with mock.patch.dict(os.environ, environment):
        zkpot(
            *("prove", prepared.folder / "step.zkprog", "--data", prepared.folder / "data.npz"),
            *("--steps", steps, "--link-steps", link_steps, "--seed", 1, "--out", prepared.run),
            *way.options,
        )
    whole = monotonic() - started
    written = [
        path.stat().st_mtime
        for path in sorted((prepared.run / "secret" / "journal").iterdir())
        if _record(path)["kind"] == "training"
    ]
    prepared.forget()
    return Taken(written[-1] - written[0], whole)


def _record(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text())
    return record


def measure(work: Work, ways: Sequence[Way], rounds: int, links: int, link_steps: int) -> None:
    """Prints the medians of some rounds."""
    taken: dict[str, list[Taken]] = {way.name: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        prepared = work.prepare(Path(name))
        print(f"{work.name}: {links} links of {link_steps} steps, {rounds} rounds")
        for number in range(rounds):
            for way in ways:
                before = busy()
                found = prove(prepared, way, links * link_steps, link_steps)
                taken[way.name].append(found)
                print(
                    f"  round {number + 1}, {way.name}: {found.links:.2f} s, whole command "
                    f"{found.whole:.2f} s (processors busy before: {before:.0%}, load "
                    f"{os.getloadavg()[0]:.1f})",
                    flush=True,
                )
    first = median(one.links for one in taken[ways[0].name])
    for way in ways:
        seconds = sorted(one.links for one in taken[way.name])
        whole = median(one.whole for one in taken[way.name])
        print(
            f"  {way.name}: {median(seconds) / (links - 1):.2f} s a link "
            f"({seconds[0] / (links - 1):.2f} to {seconds[-1] / (links - 1):.2f}), "
            f"{first / median(seconds):.2f} times as fast as {ways[0].name}; whole command "
            f"{whole:.2f} s"
        )


def main() -> None:
    """Measures the ways that are asked about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--links", type=int, default=9)
    parser.add_argument("--link-steps", type=int, default=16)
    given = parser.parse_args()
    measure(MNIST, WAYS, given.rounds, given.links, given.link_steps)


if __name__ == "__main__":
    main()

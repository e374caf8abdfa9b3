"""What zero knowledge costs: the same run in the clear and hidden, in turn, in one process.

    .venv/bin/python -m benches.zero_knowledge --pairs 5

On the clear channel scalars are sent as they are, and commitments are plain WHIR. Each pair proves
one run on each channel, from the commitments to the seal; the first pair only warms memory up.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import zkpot
from benches.test_prove import DIGITS, MNIST
from benches.work import Work, busy
from zkpot.data import read_dataset

TARGET = 1.7


@dataclass(frozen=True)
class Proven:
    """One run: seconds in its links' proofs and from start to seal, those of all processors
    together, which other work hardly changes, and bytes of its links."""

    proving: float
    run: float
    processors: float
    bytes: int


def prove(program: zkpot.Program, data: Path, folder: Path, steps: int, *, clear: bool) -> Proven:
    """Proves one run from its commitments to its seal."""
    run = zkpot.Run(program, read_dataset(data), folder / "run", seed=1, clear=clear)
    started = process_time()
    summary = run.prove(steps)
    processors = process_time() - started
    shutil.rmtree(folder / "run")
    assert summary.zero_knowledge != clear
    return Proven(summary.seconds_proving, summary.seconds, processors, summary.proof_bytes)


def measure(work: Work, pairs: int) -> None:
    """Prints the medians of some pairs of runs, and their ratios."""
    with tempfile.TemporaryDirectory() as name:
        prepared = work.prepare(Path(name))
        program = zkpot.Program.read(prepared.folder / "step.zkprog")
        clear: list[Proven] = []
        hiding: list[Proven] = []
        before = busy()
        for pair in range(pairs + 1):
            for runs, is_clear in ((clear, True), (hiding, False)):
                data = prepared.folder / "data.npz"
                proven = prove(program, data, prepared.folder, work.steps, clear=is_clear)
                if pair:
                    runs.append(proven)
    print(f"{work.name}: {pairs} pairs, processors busy before {before:.0%}, load now {load()}")
    for part, what in (
        ("proving", "proving the links"),
        ("run", "the whole run"),
        ("processors", "processor time of run and check"),
    ):
        plain, hidden = ([getattr(run, part) for run in runs] for runs in (clear, hiding))
        ratios = [over / under for under, over in zip(plain, hidden, strict=True)]
        ratio = median(hidden) / median(plain)
        print(
            f"  {what}: clear {median(plain):.3f} s, hiding {median(hidden):.3f} s, "
            f"ratio {ratio:.2f} (of single pairs {min(ratios):.2f} to {max(ratios):.2f})"
        )
    sizes = [median(run.bytes for run in runs) / 1e6 for runs in (clear, hiding)]
    print(f"  links: clear {sizes[0]:.2f} MB, hiding {sizes[1]:.2f} MB", flush=True)


def load() -> str:
    """The mean number of processes that want a processor, over the last minute."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def main() -> None:
    """Measures the works that are asked about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    pairs = parser.parse_args().pairs
    print(f"zero knowledge is to cost at most {TARGET} times the clear channel on plain WHIR")
    for work in (DIGITS, MNIST):
        measure(work, pairs)


if __name__ == "__main__":
    main()

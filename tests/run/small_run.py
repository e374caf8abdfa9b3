"""A small run on the command line: six links of two steps, shards of eight rows."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from zkpot.artifacts.run_directory import RunDirectory
from zkpot.pipeline.verification import verify

STEPS = 12


def command(folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "zkpot", "prove", "small.zkprog", "--data", "d.npz"),
        *("--steps", str(STEPS), "--link-steps", "2", "--shard-rows", "8", "--seed", "1"),
        *("--out", "run", "--json"),
    ]


def wait_for(process: subprocess.Popen[Any], folder: Path, record: int) -> None:
    """Until the run has this record."""
    path = folder / "run" / "secret" / "journal" / f"{record:06}.json"
    while not path.exists():
        assert process.poll() is None, process.stderr
        time.sleep(0.01)


def check_sealed(folder: Path) -> None:
    """The run is whole: it verifies, and no commitment was opened twice."""
    receipt = verify(folder / "run", program=folder / "small.zkprog", steps=STEPS)
    assert receipt.unchecked == ("first", "data-root", "nonce", "context", "lr")
    records = RunDirectory(folder / "run").journal.records
    opened = [root for record in records for root in record.spent]
    assert len(opened) == len(set(opened))
    assert sum(len(record.losses) for record in records) == STEPS

"""The run's verification, by another process."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

from benches.commands import ZKPOT
from benches.long_run.prepared import Prepared
from benches.processes import peak
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native


def verified(prepared: Prepared, steps: int) -> dict[str, Any]:
    """The receipt of `zkpot verify`, which is told all that it may expect, and its peak memory.

    Raises:
        SystemExit: The run is refused.
    """
    order = RunDirectory.existing(prepared.run).order
    process = subprocess.Popen(
        [
            *(str(ZKPOT), "verify", str(prepared.run), "--program", str(prepared.program)),
            *("--steps", str(steps), "--lr", str(prepared.lr), "--first", order.first),
            *("--data-root", native.data_root(order.shards, order.shard_rows)),
            *("--nonce", order.nonce, "--context", order.context, "--json"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    most = 0
    while process.poll() is None:
        most = max(most, peak(process.pid) or 0)
        time.sleep(0.02)
    out, _ = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"zkpot verify ended with {process.returncode}: {out}")
    receipt: dict[str, Any] = json.loads(out)
    return receipt | {"peak_rss_bytes": most}

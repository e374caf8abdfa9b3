"""A chain of anvil's, for as long as it is needed."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
BINARY = ROOT / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
SECONDS = 60


class NoChain(Exception):
    """anvil is missing, or does not start."""


@contextmanager
def anvil(*options: str) -> Iterator[str]:
    """Starts one on a port of its own choice, gives its address, and ends it.

    Raises:
        NoChain: It is missing, or does not start.
    """
    if not BINARY.exists():
        raise NoChain(f"{BINARY}: no anvil; 'make data' fetches it with npm, for Linux on x86-64")
    command = [str(BINARY), "--port", "0", "--hardfork", "cancun", "--accounts", "2", *options]
    # States stay in memory: on the disk some are lost where a chain is set back often.
    command += ["--prune-history", "100000"]
    with tempfile.TemporaryFile("w+") as said:
        # A file, since nobody would go on reading a pipe.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield "http://" + _address(process, said.fileno())
        finally:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], output: int) -> str:
    """Where it listens, which it says once it does."""
    path = Path(f"/proc/self/fd/{output}")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        _, found, after = path.read_text().partition("Listening on ")
        if found and "\n" in after:
            return after.split()[0]
        if process.poll() is not None:
            raise NoChain(f"anvil ended: {path.read_text()}")
        time.sleep(0.02)
    raise NoChain(f"anvil does not listen after {SECONDS} s")

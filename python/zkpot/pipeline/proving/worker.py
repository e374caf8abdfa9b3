"""What a worker process does: it proves one link, and keeps nothing."""

from __future__ import annotations

import time
from functools import lru_cache

from zkpot.artifacts.program import Program
from zkpot.backends import native


def prove_elsewhere(
    program: bytes, link: bytes, threads: int
) -> tuple[bytes, float, native.Phases]:
    """Proves a link up to the openings of what comes in; returns proof, seconds and phases."""
    started = time.monotonic()
    proved, phases = native.prove_received(_program(program), link, threads)
    return proved, time.monotonic() - started, phases


@lru_cache(maxsize=1)
def _program(content: bytes) -> Program:
    return Program.from_bytes(content)

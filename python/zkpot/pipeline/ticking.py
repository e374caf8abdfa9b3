"""Bars for calls that say nothing until they are done: time against the estimate."""

from __future__ import annotations

from collections.abc import Callable

from zkpot import machine
from zkpot.progress import Progress

#: Called every now and then with the seconds that a call has taken.
Tick = Callable[[float], None]

_MILLISECONDS = 1000
# Estimates are for this many processors.
_PROCESSORS = 2
# A bar waits here for a call that takes longer than it should.
_NEARLY = 0.98


def ticking(progress: Progress, phase: str, seconds: float) -> Tick:
    """Moves the lower bar; `seconds` is the estimate on two processors."""
    total = seconds * _PROCESSORS / max(1, machine.processors())

    def tick(elapsed: float) -> None:
        done = min(elapsed, total * _NEARLY)
        progress.phase(phase, int(done * _MILLISECONDS), max(1, int(total * _MILLISECONDS)))

    tick(0.0)
    return tick

"""The moments at which a run is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benches.long_run.watch import Kill, Strike, Watch


def kills(steps: int, seed: int) -> Sequence[Kill]:
    """One in the first half of the run while a link is proven, one in the second as it is written.

    Args:
        steps: Of the whole run.
        seed: The moments are drawn from it.
    """
    generator = random.Random(seed)
    first, second = generator.uniform(0.2, 0.45), generator.uniform(0.55, 0.8)
    return (
        in_a_link(int(first * steps), generator.uniform(0.1, 0.9)),
        in_writing(int(second * steps)),
    )


def in_a_link(steps: int, share: float) -> Kill:
    """After so many steps, when so large a share of a link's usual time has gone by.

    The time of a link is from the training link before it, so its import of data counts.
    """

    def strike(watch: Watch, process: subprocess.Popen[str]) -> Strike | None:
        if watch.steps < steps:
            return None
        ends = [seen.second for seen in watch.records if seen.kind == "training"]
        if len(ends) < 2:
            return None
        if watch.now - ends[-1] < share * watch.usual_seconds():
            return None
        return _kill(process, watch.run, _phase(watch, share))

    return strike


def in_writing(steps: int) -> Kill:
    """After so many steps, while a link is on its way to the disk."""

    def strike(watch: Watch, process: subprocess.Popen[str]) -> Strike | None:
        if watch.steps < steps or not _staged(watch.run):
            return None
        # It may have gone on since; a process that stands still can be looked at.
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        if not _staged(watch.run):
            process.send_signal(signal.SIGCONT)
            return None
        return _kill(process, watch.run, "writing of a link")

    return strike


def _kill(process: subprocess.Popen[str], run: Path, moment: str) -> Strike:
    process.send_signal(signal.SIGKILL)
    process.wait()
    return Strike(moment, _staged(run))


def _staged(run: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in (run / "secret" / "staged").glob("*")))


def _phase(watch: Watch, share: float) -> str:
    """What the link before was at when the same share of its time had gone by."""
    places = [i for i, seen in enumerate(watch.records) if seen.kind == "training"]
    phases = [
        phase
        for seen in watch.records[places[-2] + 1 : places[-1] + 1]
        for phase in (
            ("training", seen.content["seconds_training"]),
            *(
                (f"'{name}' of an import" if seen.kind == "import" else name, seconds)
                for name, seconds in seen.content["phases"]
            ),
        )
    ]
    left = share * sum(seconds for _, seconds in phases)
    for name, seconds in phases:
        left -= seconds
        if left <= 0:
            return str(name)
    return str(phases[-1][0])

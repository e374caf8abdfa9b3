"""`zkpot prove` seen from outside: its memory, its directory, and the records that it writes."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benches.processes import resident

# Seconds from one look at the run to the next: while a kill waits for its moment, and otherwise.
_WAITING, _IDLE = 0.002, 0.02


@dataclass(frozen=True)
class Sample:
    """What a process and its run occupy.

    Attributes:
        second: Since the run began.
        process: Which start of the command, from 0.
        memory_bytes: Resident memory.
        secret_bytes: Openings and what is staged.
        journal_bytes: Records.
        public_bytes: Links, program and order.
    """

    second: float
    process: int
    memory_bytes: int
    secret_bytes: int
    journal_bytes: int
    public_bytes: int


@dataclass(frozen=True)
class Seen:
    """A record of the journal, and when it was there."""

    second: float
    process: int
    content: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.content["kind"])

    @property
    def steps(self) -> int:
        return int(self.content["steps"])


@dataclass(frozen=True)
class Strike:
    """How a process was killed: `moment` in words, `left` are the unfinished files there."""

    moment: str
    left: tuple[str, ...]


#: Asked again and again while a process runs: kills it when its time has come.
Kill = Callable[["Watch", "subprocess.Popen[str]"], Strike | None]


class Watch:
    """Starts a command again and again, until it has ended by itself.

    Args:
        command: What begins the run and goes on with it; prints JSON.
        run: Its directory.
        period: Seconds between samples.
    """

    def __init__(self, command: Sequence[str], run: Path, period: float) -> None:
        self.run = run
        self.starts: list[float] = []
        self.samples: list[Sample] = []
        self.records: list[Seen] = []
        self._command = command
        self._period = period
        self._began = time.monotonic()
        self._sizes = (0, 0, 0)
        self._sized = -1.0

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    @property
    def steps(self) -> int:
        """Proven steps."""
        return self.records[-1].steps if self.records else 0

    def usual_seconds(self) -> float:
        """From one training link's record to the next: the median."""
        links = [seen for seen in self.records if seen.kind == "training"]
        return median(
            after.second - before.second
            for before, after in pairwise(links)
            if before.process == after.process
        )

    def start(self, kill: Kill | None) -> Strike | dict[str, Any]:
        """Runs the command until the kill strikes or the command has ended.

        Returns:
            How it was killed, or what it printed.
        """
        self.starts.append(self.now)
        process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        try:
            while process.poll() is None:
                self._look(process.pid)
                strike = kill(self, process) if kill is not None else None
                if strike is not None:
                    return strike
                time.sleep(_IDLE if kill is None else _WAITING)
        finally:
            process.kill()
            out, _ = process.communicate()
        self._read_journal()
        if process.returncode != 0:
            raise SystemExit(f"zkpot prove ended with {process.returncode}: {out}")
        value: dict[str, Any] = json.loads(out)
        return value

    def _look(self, pid: int) -> None:
        self._read_journal()
        now = self.now
        if self.samples and now < self.samples[-1].second + self._period:
            return
        memory = resident(pid)
        if memory is None:
            return
        if now > self._sized + 10 * self._period:
            folders = ("secret/openings", "secret/staged", "secret/journal", "public")
            openings, staged, journal, public = (size_of(self.run / name) for name in folders)
            self._sizes, self._sized = (openings + staged, journal, public), now
        self.samples.append(Sample(now, len(self.starts) - 1, memory, *self._sizes))

    def _read_journal(self) -> None:
        folder = self.run / "secret" / "journal"
        while (path := folder / f"{len(self.records):06}.json").exists():
            content = json.loads(path.read_text())
            self.records.append(Seen(self.now, len(self.starts) - 1, content))


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder, which may change meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total

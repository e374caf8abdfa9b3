"""The machine, the versions and what others do at the moment."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benches.commands import ROOT
from benches.record import Machine, Round, Values, shorten
from zkpot.backends.native import BUILD
from zkpot.machine import processors

# What figures depend on. Records and pages change while they are measured.
_SOURCES = ("rust", "python", "models", "benches/*.py", "benches/sections", "Cargo.lock")
# `make costs` fits it to what it has just measured.
_PRICES = "python/zkpot/pipeline/costing/prices.json"
_LOOK_SECONDS = 0.3


def machine() -> Machine:
    """This machine."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(names[0] if names else platform.machine(), processors(), memory, BUILD)


def versions(*packages: str) -> dict[str, str]:
    """Of zkpot, its commit and Python, and of these packages where they are installed."""
    found = {"zkpot": version("zkpot"), "commit": commit(), "python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """The commit that is checked out, with `-dirty` where its sources were changed."""
    name = _git("rev-parse", "--short=10", "HEAD")
    changed = _git("status", "--porcelain", "--", *_SOURCES, f":!{_PRICES}")
    return name + ("-dirty" if changed else "")


def measured_round(measure: Callable[[], Values]) -> Round:
    """Look at what others do, then measure."""
    load, busy = os.getloadavg()[0], share_in_use()
    return Round(round(load, 2), round(busy, 3), shorten(measure()))


def share_in_use() -> float:
    """Share of the processors that is in use at the moment."""
    before = _processor_times()
    time.sleep(_LOOK_SECONDS)
    idle, total = (now - then for now, then in zip(_processor_times(), before, strict=True))
    return 1 - idle / total


def _processor_times() -> tuple[int, int]:
    """Idle and all time since the machine started."""
    times = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    return times[3] + times[4], sum(times[:8])


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()

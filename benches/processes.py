"""What a process occupies, seen from outside."""

from __future__ import annotations

from pathlib import Path


def resident(pid: int) -> int | None:
    """Bytes that a process occupies; None when it has ended."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int | None:
    """The most bytes that it has occupied so far; None when it has ended."""
    return _status(pid, "VmHWM")


def _status(pid: int, key: str) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    # One that has ended but was not waited for has a status without memory.
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":")), None)

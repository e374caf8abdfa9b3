"""What this machine and this process have and use."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

_IMPORTED_AT = time.time()


def available_memory() -> int | None:
    """Bytes that a new process may use without swapping, or None where nobody says."""
    limits = [_meminfo("MemAvailable:"), _cgroup_rest()]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def processors() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def free_disk(path: Path) -> int:
    """Bytes that may still be written under `path`, which need not exist yet."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def peak_memory() -> int | None:
    """Most memory that this process ever occupied, in bytes."""
    # What `getrusage` says is no less than what the process that started this one ever had.
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def resident_memory() -> int | None:
    """Memory that this process occupies, in bytes, or None where nobody says."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError, ValueError, IndexError):
        return None


def process_age() -> float:
    """Seconds since this process was started, interpreter and imports included."""
    try:
        # Field 22 of the process's status counts clock ticks since boot; the name before it,
        # in parentheses, may contain spaces.
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, AttributeError, ValueError, IndexError):
        return time.time() - _IMPORTED_AT


def _meminfo(key: str) -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = (line.split() for line in lines if line.startswith(key))
    return next((int(fields[1]) * 1024 for fields in found), None)


def _cgroup_rest() -> int | None:
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text().strip()
    except OSError:
        return None
    return None if limit == "max" else max(0, int(limit) - int(used))

"""Files that are either wholly there or not there at all, whenever the power fails."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable
from pathlib import Path

from zkpot.errors import InputError, NotEnoughResources

# Unfinished files end in this; whoever opens a run directory deletes what a crash left.
UNFINISHED = ".unfinished"

PUBLIC = 0o644
SECRET = 0o600


def write_file(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Writes `path` through a temporary file beside it, and returns when it is on the disk.

    Raises:
        As `write_parts`.
    """
    write_parts(path, [content], mode)


def write_parts(path: Path, parts: Iterable[bytes], mode: int = PUBLIC) -> None:
    """Writes one part after another, so that they need not be in memory together.

    Raises:
        NotEnoughResources: The disk is full, or files may not be so large. Nothing was replaced.
        InputError: The folder does not exist or may not be written.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            # The mode given to open() is subject to the umask, and an old file keeps its own.
            os.fchmod(descriptor, mode)
            for part in parts:
                _write_all(descriptor, part)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise


def move_file(source: Path, target: Path, mode: int = PUBLIC) -> None:
    """Moves a finished file within one disk and gives it `mode`."""
    try:
        source.chmod(mode)
        source.replace(target)
        sync_folder(target.parent)
        sync_folder(source.parent)
    except OSError as error:
        raise unwritable(target, error) from error


def sync_folder(folder: Path) -> None:
    """Makes names in `folder` durable, not only the files' contents."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(path: Path, error: OSError) -> InputError:
    """What to raise when writing `path` failed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NotEnoughResources(f"{path}: the disk is full; free some space and run this again")
    if error.errno == errno.EFBIG:
        return NotEnoughResources(
            f"{path}: larger than files may be here; raise the limit (ulimit -f, or another disk) "
            "and run this again"
        )
    return InputError(f"{path}: cannot be written ({error.strerror or error})")


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]

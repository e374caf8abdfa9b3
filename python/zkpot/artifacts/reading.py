"""Files that anybody may have written."""

from __future__ import annotations

from pathlib import Path

from zkpot.errors import InputError


def read_bounded(path: Path, limit: int) -> bytes:
    """A file's bytes, `limit` at most, so that nobody's file fills the memory.

    Raises:
        InputError: It is not readable, or larger.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"{path}: not readable ({error.strerror or error})") from error
    if len(content) > limit:
        raise InputError(f"{path}: larger than {limit} bytes, which no such file is")
    return content

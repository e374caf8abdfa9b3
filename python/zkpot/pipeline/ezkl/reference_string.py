"""Which SRS is used: the user's file, or, where it was asked for, a test SRS of this machine."""

from __future__ import annotations

import os
from pathlib import Path

from zkpot.artifacts.durable import unwritable
from zkpot.backends.ezkl.estimate import estimate
from zkpot.backends.ezkl.process import call
from zkpot.backends.ezkl.srs import Srs
from zkpot.errors import InputError
from zkpot.pipeline.ticking import ticking
from zkpot.progress import Progress


def reference_string(
    path: Path | None, test: bool, logrows: int, progress: Progress, *, make: bool = True
) -> Srs:
    """The SRS for circuits of 2^logrows rows.

    Args:
        path: The user's file, from a ceremony.
        test: Whether a test SRS serves: its secret may be known, so its proofs convince nobody
            but whoever made it.
        logrows: EZKL's k.
        progress: Where to report to.
        make: Whether a test SRS that is not there may be made: takes minutes for large k.

    Raises:
        InputError: There is none, it is too small, or a test SRS is not named as such.
    """
    if path is not None:
        found = Srs.read(path)
        if found.test and not test:
            raise InputError(
                f"{path}: a test SRS: whoever made it may know its secret and forge proofs; give "
                "a ceremony's file, or --test-srs for use on this machine only"
            )
        found.check_size(logrows)
        return found
    if not test:
        raise InputError(
            f"EZKL's proofs need the SRS of a ceremony (k = {logrows} or more, halo2's raw "
            "format): give --srs FILE, or --test-srs for use on this machine only"
        )
    # One for each k: EZKL takes seconds to make a large one smaller.
    known = _folder() / f"test-k{logrows}.srs"
    if known.exists():
        return Srs.read(known)
    if not make:
        raise InputError(
            f"this machine has no test SRS with k = {logrows}, so the proof comes from another "
            "one: a test SRS is for local use only"
        )
    return _make(known, logrows, progress)


def _folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "zkpot" / "ezkl"


def _make(path: Path, logrows: int, progress: Progress) -> Srs:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    progress.note(f"making a test SRS, k = {logrows}: whoever knows its secret can forge proofs")
    tick = ticking(progress, "test SRS", estimate(logrows, "committed").seconds_srs)
    call("make_srs", tick=tick, scratch=path.parent, path=str(path), logrows=logrows)
    return Srs.read(path)

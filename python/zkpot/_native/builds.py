"""Which build of the extension module is loaded."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from zkpot.errors import InputError

_VARIABLE = "ZKPOT_SIMD"


def load() -> ModuleType:
    """The build that ZKPOT_SIMD asks for, or the fastest that this processor can run.

    Raises:
        ImportError: There is no extension module.
        InputError: The build that was asked for is not there, or cannot run here.
    """
    try:
        # It runs everywhere, and knows what else the processor and its system could run.
        own = import_module("zkpot._native._native")
    except ModuleNotFoundError as error:
        raise ImportError(
            "zkpot has no extension module: run make in its checkout, or install zkpot again."
        ) from error
    others = {path.parent.name for path in Path(__file__).parent.glob("*/_native.*")}
    chosen = choose(os.environ.get(_VARIABLE), {own.BUILD, *others}, own.runnable_builds())
    return own if chosen == own.BUILD else import_module(f"zkpot._native.{chosen}._native")


def choose(wanted: str | None, present: Collection[str], runnable: Sequence[str]) -> str:
    """The name of the build to load.

    Args:
        wanted: Value of ZKPOT_SIMD; None or empty for the fastest.
        present: Builds that this installation has.
        runnable: Builds that this processor can run, the fastest last.

    Raises:
        InputError: The wanted build is not there, or cannot run here.
    """
    usable = [build for build in runnable if build in present]
    if not wanted:
        return usable[-1]
    if wanted not in present:
        raise InputError(
            f"{_VARIABLE}={wanted}: this installation of zkpot has no such build; "
            f"it has {', '.join(sorted(present))}."
        )
    if wanted not in usable:
        raise InputError(
            f"{_VARIABLE}={wanted}: this processor cannot run that build; "
            f"leave it unset, or take {' or '.join(usable)}."
        )
    return wanted

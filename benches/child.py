"""Functions in fresh processes, which give all their memory back when they end."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def child() -> Iterator[ProcessPoolExecutor]:
    """One process for several calls, one after the other."""
    context = multiprocessing.get_context("forkserver")
    # A fork of a process that has imported these starts at once.
    context.set_forkserver_preload(["torch", "zkpot", "onnxruntime"])
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        yield pool


def in_child(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the function returns; it and its arguments must be known by name to another process."""
    with child() as pool:
        return pool.submit(function, *args, **kwargs).result()

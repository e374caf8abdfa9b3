"""Long native work that Ctrl-C can end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class _Stopped(Exception):
    """Raised inside the work, where it reports progress, to end it."""


class Interruptible:
    """Runs work in a thread, so that the main thread can hear Ctrl-C.

    Native code runs without the interpreter lock and reports progress from time to time. It
    ends at the first report after Ctrl-C; whatever it had computed is dropped.
    """

    def __init__(self, on_interrupt: Callable[[], None]) -> None:
        self._on_interrupt = on_interrupt
        self._stop = threading.Event()

    def check(self) -> None:
        """To be called from inside the work, wherever it may end."""
        if self._stop.is_set():
            raise _Stopped

    def run(self, work: Callable[[], T]) -> T:
        """The result of `work`.

        Raises:
            KeyboardInterrupt: The user pressed Ctrl-C, and the work has ended. Pressed again,
                it is left behind as it is.
        """
        if threading.current_thread() is not threading.main_thread():
            return work()
        results: list[T] = []
        failures: list[BaseException] = []
        # Not Thread.join: interrupted, it takes the thread for finished (Python 3.10 to 3.12).
        done = threading.Event()

        def target() -> None:
            try:
                results.append(work())
            except BaseException as failure:  # handed to the main thread, whatever it is
                failures.append(failure)
            finally:
                done.set()

        thread = threading.Thread(target=target, name="zkpot-work", daemon=True)
        try:
            thread.start()
            done.wait()
        except KeyboardInterrupt:
            self._stop.set()
            self._on_interrupt()
            if thread.ident is not None:
                done.wait()
            raise
        if failures:
            raise failures[0]
        return results[0]

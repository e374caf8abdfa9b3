"""Long native work that Ctrl-C can end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

# Of all threads that native work runs in.
THREAD = "zkpot-"


class _Stopped(Exception):
    """Raised inside the work, where it reports progress, to end it."""


class Interruptible:
    """Runs work in a thread, so that the main thread can hear Ctrl-C.

    Native code runs without the interpreter lock and reports progress from time to time. It
    ends at the first report after Ctrl-C; whatever it had computed is dropped.

    Args:
        on_interrupt: Called once, when Ctrl-C is heard and the work has not ended yet.
    """

    def __init__(self, on_interrupt: Callable[[], None]) -> None:
        self._on_interrupt = on_interrupt
        self._stopped = False
        # Not Thread.join: interrupted, it takes the thread for finished (Python 3.10 to 3.12).
        self._done = threading.Event()
        self._done.set()

    @property
    def left_behind(self) -> bool:
        """Whether Ctrl-C was pressed again, and the work that nobody waits for has not ended."""
        return not self._done.is_set()

    def check(self) -> None:
        """To be called from inside the work, wherever it may end."""
        if self._stopped:
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
        self._done = done = threading.Event()

        def target() -> None:
            try:
                results.append(work())
            except BaseException as failure:  # handed to the main thread, whatever it is
                failures.append(failure)
            finally:
                done.set()

        thread = threading.Thread(target=target, name=f"{THREAD}work", daemon=True)
        try:
            with self._hearing():
                thread.start()
                done.wait()
                # It has nothing left to do, and `works_on` must not find it.
                thread.join()
        except KeyboardInterrupt:
            # Pressed again, or from a handler that is not ours.
            if not self._stopped:
                self._stop()
                if thread.ident is not None:
                    done.wait()
            raise
        if self._stopped:
            raise KeyboardInterrupt
        if failures:
            raise failures[0]
        return results[0]

    @contextlib.contextmanager
    def _hearing(self) -> Iterator[None]:
        """Ctrl-C is remembered in the body, and raises nothing unless it is pressed again.

        Raised inside of Event.wait, KeyboardInterrupt can become a RuntimeError about its lock.
        """
        before = signal.getsignal(signal.SIGINT)
        # Who ignores the signal, or has a handler of their own, keeps it.
        if before is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, self._heard)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopped:
            raise KeyboardInterrupt
        self._stop()

    def _stop(self) -> None:
        self._stopped = True
        self._on_interrupt()


def works_on() -> bool:
    """Whether native work goes on in a thread that nobody waits for."""
    return any(thread.name.startswith(THREAD) for thread in threading.enumerate())

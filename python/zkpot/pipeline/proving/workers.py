"""Who proves links: this process, one link after another or several side by side."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Protocol

from zkpot import machine
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.interrupt import THREAD, Interruptible
from zkpot.pipeline.proving.chain import Ready
from zkpot.progress import Progress


class Task(Protocol):
    """A link on its way to its proof."""

    @property
    def seconds(self) -> float:
        """What the proof took, once it is there."""

    @property
    def phases(self) -> native.Phases:
        """Its phases, once it is there."""

    def done(self) -> bool:
        """Whether `result` returns at once."""

    def result(self) -> native.Unopened:
        """The proof up to the openings of what comes in; called once."""


class Workers(Protocol):
    """Proves links that are ready, in any order."""

    @property
    def count(self) -> int:
        """Links that are proven side by side."""

    @property
    def ahead(self) -> int:
        """How many links may be ready or proven and not yet written."""

    @property
    def share_memory(self) -> bool:
        """Whether they see what training has computed."""

    def submit(self, ready: Ready) -> Task:
        """Takes a link; does not wait for its proof."""


class Alone:
    """Proves in this process, one link after another, on all its threads."""

    count = 1
    ahead = 1
    share_memory = True

    def __init__(self, program: Program, work: Interruptible, progress: Progress) -> None:
        self._program = program
        self._work = work
        self._progress = progress

    def submit(self, ready: Ready) -> Task:
        """The link is proven when its proof is asked for."""
        return _Here(self, ready)

    def prove(self, ready: Ready) -> native.Unopened:
        """Proves a link."""

        def report(phase: str, done: int, total: int) -> None:
            self._work.check()
            self._progress.phase(f"{ready.name}: {phase}", done, total)

        return native.prove(self._program, ready.link, None, report)


class _Here:
    def __init__(self, workers: Alone, ready: Ready) -> None:
        self._workers, self._ready = workers, ready
        self.seconds = 0.0
        self.phases: native.Phases = ()

    def done(self) -> bool:
        return False

    def result(self) -> native.Unopened:
        started = time.monotonic()
        unopened = self._workers.prove(self._ready)
        self.seconds = time.monotonic() - started
        self.phases = tuple(unopened.phases)
        return unopened


class SideBySide:
    """Proves in this process, several links at a time, each on its share of the threads."""

    share_memory = True

    def __init__(
        self, program: Program, count: int, work: Interruptible, progress: Progress
    ) -> None:
        self.count = count
        # One each, and one more for whoever is ready first.
        self.ahead = count + 1
        self._program = program
        self._threads = max(1, machine.processors() // count)
        self._work = work
        self._progress = progress
        self._tasks: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._ended = threading.Event()

    @contextlib.contextmanager
    def started(self) -> Iterator[SideBySide]:
        """Has the threads while the body runs."""
        threads = [
            threading.Thread(target=self._prove_all, name=f"{THREAD}worker-{number}", daemon=True)
            for number in range(self.count)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            # Whatever is not proven yet is not wanted any more.
            self._ended.set()
            for _ in threads:
                self._tasks.put(None)
            # They end at their next report.
            if not self._work.left_behind:
                for thread in threads:
                    thread.join()

    def submit(self, ready: Ready) -> Task:
        """Takes a link."""
        task = _Queued(ready)
        self._tasks.put(task)
        return task

    def _prove_all(self) -> None:
        while (task := self._tasks.get()) is not None:
            task.run(lambda link: native.prove(self._program, link, self._threads, self._check))

    def _check(self, phase: str, done: int, total: int) -> None:
        self._work.check()
        if self._ended.is_set():
            raise _Ended
        self._progress.phase(f"{self.count} links side by side: {phase}", done, total)


class _Ended(Exception):
    """Raised inside a proof that nobody waits for."""


class _Queued:
    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._future: Future[native.Unopened] = Future()
        self.seconds = 0.0
        self.phases: native.Phases = ()

    def run(self, prove: Callable[[native.Link], native.Unopened]) -> None:
        started = time.monotonic()
        try:
            unopened = prove(self._ready.link)
        except BaseException as failure:  # handed to whoever asks for the proof
            self._future.set_exception(failure)
        else:
            self.seconds = time.monotonic() - started
            self.phases = tuple(unopened.phases)
            self._future.set_result(unopened)

    def done(self) -> bool:
        return self._future.done()

    def result(self) -> native.Unopened:
        return self._future.result()

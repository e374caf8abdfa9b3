"""The links of a run: each is proven, and made durable together with what it spends."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from zkpot.artifacts.journal import Record
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory, link_digest
from zkpot.backends import native
from zkpot.errors import ZkpotError
from zkpot.interrupt import Interruptible
from zkpot.pipeline.proving.chain import Chain, Ready
from zkpot.pipeline.proving.openings import Openings
from zkpot.pipeline.proving.workers import Task, Workers
from zkpot.progress import Progress


class Links:
    """Proves the links of a begun run.

    Links are made ready one after another, proven by workers up to the openings of what comes in,
    and then opened and written in their order: only the openings depend on the links before.

    Args:
        program: What is trained.
        chain: Makes the links ready.
        directory: The run.
        openings: Of its commitments.
        workers: Who proves.
        work: What Ctrl-C ends.
        progress: Where to report to.
    """

    def __init__(
        self,
        program: Program,
        chain: Chain,
        directory: RunDirectory,
        openings: Openings,
        workers: Workers,
        work: Interruptible,
        progress: Progress,
    ) -> None:
        self._program = program
        self._directory = directory
        self._openings = openings
        self._workers = workers
        self._work = work
        self._progress = progress
        self._chain = chain

    def prove(self, lengths: Iterable[int], target: int, trained: Callable[[int], None]) -> None:
        """Proves training links of these lengths with what they need, and seals the run.

        Args:
            lengths: In steps.
            target: Steps of the whole run; shards that are read later stay open.
            trained: Called after each training link with the steps that are proven.

        Raises:
            InputError: A data shard is needed that was opened for the last time.
            ValueOutOfRange: A value left its range; the links before this one stand.
        """
        waiting: deque[tuple[Ready, Task]] = deque()
        ready = self._chain.links(lengths, target, self._progress.phase)
        failure: ZkpotError | None = None
        while True:
            while waiting and (waiting[0][1].done() or len(waiting) >= self._workers.ahead):
                self._finish(*waiting.popleft(), trained)
            try:
                link = next(ready, None)
            except ZkpotError as error:
                # What was made ready before is proven all the same.
                failure, link = error, None
            if link is None:
                break
            waiting.append((link, self._workers.submit(link)))
        while waiting:
            self._finish(*waiting.popleft(), trained)
        if failure is not None:
            raise failure

    def _finish(self, ready: Ready, task: Task, trained: Callable[[int], None]) -> None:
        """Ends the proof of a link, and writes it."""
        unopened = self._work.run(task.result)
        states = self._openings[ready.states] if ready.states is not None else None
        shards = {index: self._openings[root] for index, root in ready.shards.items()}
        started = time.monotonic()
        proven = self._work.run(
            lambda: native.open_link(
                self._program, ready.link, unopened, states, shards, self._report(ready)
            )
        )
        seconds = task.seconds + time.monotonic() - started
        self._append(ready, proven, seconds, (*task.phases, *proven.phases))
        self._chain.forget(ready)
        if ready.kind == "training":
            trained(ready.steps)

    def _append(
        self, ready: Ready, proven: native.Proven, seconds: float, phases: native.Phases
    ) -> None:
        """Makes a link and what it spends durable, together."""
        state = self._directory.state
        # What hides nothing may be opened again, and shards stay where they are.
        standing = self._directory.journal.settings.channel == "wrapped"
        opened = [] if standing else ready.shards.values()
        spent = [*([ready.states] if ready.states else []), *opened]
        shards = dict(state.shards)
        for index, held in () if standing else proven.shards.items():
            shards.pop(str(index))
            if held is not None:
                shards[str(index)] = held.root
        fresh = [held for held in (proven.states, *proven.shards.values()) if held is not None]
        record = Record(
            kind=ready.kind,
            steps=ready.steps,
            states=proven.states.root if proven.states else state.states,
            shards=shards,
            spent=tuple(spent),
            link=link_digest(proven.link),
            link_bytes=len(proven.link),
            losses=tuple(ready.link.losses),
            seconds_training=ready.link.seconds_training,
            seconds_proving=seconds,
            phases=phases,
        )
        # Before the link is appended, which erases what is spent.
        unchanged = [] if proven.states is not None else [self._openings[state.states]]
        for held in fresh:
            self._openings.store(held)
        envelope = native.envelope(self._program, ready.link)
        self._directory.append(proven.link, record, envelope)
        kept = [self._openings[root] for root in shards.values()] if standing else []
        self._openings.keep([*unchanged, *fresh, *kept])

    def _report(self, ready: Ready) -> Callable[[str, int, int], None]:
        def report(phase: str, done: int, total: int) -> None:
            self._work.check()
            self._progress.phase(f"{ready.name}: {phase}", done, total)

        return report

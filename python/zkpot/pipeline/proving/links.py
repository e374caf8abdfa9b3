"""The links of a run: each is proven, and made durable together with what it spends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from zkpot.artifacts.journal import Kind, Record
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory, link_digest
from zkpot.backends import native
from zkpot.errors import InputError, ValueOutOfRange
from zkpot.interrupt import Interruptible
from zkpot.pipeline.proving.openings import Openings
from zkpot.pipeline.rates import Rates
from zkpot.progress import Progress


class Links:
    """Proves the links of a begun run.

    Args:
        program: What is trained.
        rates: Learning rates.
        directory: The run.
        openings: Of its commitments.
        work: What Ctrl-C ends.
        progress: Where to report to.
    """

    def __init__(
        self,
        program: Program,
        rates: Rates,
        directory: RunDirectory,
        openings: Openings,
        work: Interruptible,
        progress: Progress,
    ) -> None:
        self._program = program
        self._rates = rates
        self._directory = directory
        self._openings = openings
        self._work = work
        self._progress = progress
        self._order = directory.order
        settings = directory.journal.settings
        self._clear = settings.clear
        self._keep_data = settings.keep_data

    def train(self, steps: int, target: int) -> None:
        """Imports what the next `steps` steps are the first to read, and proves them.

        Args:
            steps: Length of the link.
            target: Steps of the whole run; shards that are read later stay open.

        Raises:
            InputError: A data shard is needed that was opened for the last time.
            ValueOutOfRange: A value left its range; the links before this one stand.
        """
        read = native.shards_read(self._program, self._order, self._directory.state.steps, steps)
        self._prove_import(read)
        self._prove_training(steps, read, target)

    def seal(self) -> None:
        """Proves the link that closes the run."""
        order, state = self._order, self._directory.state
        # Shards that were never read are still their owner's commitments and have no claims.
        open_shards = [int(i) for i, root in state.shards.items() if root != order.shards[int(i)]]
        position = self._position(open_shards)
        keep = open_shards if self._keep_data else []
        proven = self._work.run(
            lambda: native.prove_seal(self._program, order, position, keep, self._report("seal"))
        )
        self._append("seal", proven, state.steps, position.shards)

    def _prove_import(self, shards: Sequence[int]) -> None:
        """Brings in the weights, and of the shards those that are read for the first time."""
        order, state = self._order, self._directory.state
        fresh = [i for i in shards if state.shards.get(str(i)) == order.shards[i]]
        states = self._openings[state.states] if state.states == order.first else None
        if states is None and not fresh:
            return
        position = self._position(fresh)
        proven = self._work.run(
            lambda: native.prove_import(
                self._program, order, position, states, self._report("import")
            )
        )
        self._append("import", proven, state.steps, position.shards)

    def _prove_training(self, steps: int, read: Sequence[int], target: int) -> None:
        order, done = self._order, self._directory.state.steps
        missing = [i for i in read if str(i) not in self._directory.state.shards]
        if missing:
            raise InputError(
                f"{self._directory.path}: data shard {missing[0]} was opened for the last time, "
                f"because the run was begun for fewer steps; prove the {done} steps that it has, "
                "and begin another run from its weights"
            )
        left = target - done - steps
        later = set(native.shards_read(self._program, order, done + steps, left)) if left else set()
        if self._keep_data:
            later.update(read)
        position = self._position(read)
        scalars = self._rates.integers(self._program, done, steps, earlier=order.earlier_steps)
        try:
            proven = self._work.run(
                lambda: native.prove_training(
                    self._program,
                    order,
                    position,
                    scalars,
                    steps,
                    [i for i in read if i in later],
                    self._report(f"link of {steps} steps"),
                )
            )
        except ValueOutOfRange as error:
            raise ValueOutOfRange(
                f"{error}; the {done} steps before this link stand in {self._directory.path}: "
                "lower --lr and run this again, or compile with more headroom"
            ) from error
        self._append("training", proven, done + steps, position.shards)

    def _append(
        self,
        kind: Kind,
        proven: native.Proven,
        steps: int,
        opened: Mapping[int, native.Held],
    ) -> None:
        """Makes a link and what it spends durable, together."""
        state = self._directory.state
        spent = [held.root for held in opened.values()]
        shards = dict(state.shards)
        for index, held in proven.shards.items():
            shards.pop(str(index))
            if held is not None:
                shards[str(index)] = held.root
        if proven.states is not None:
            spent.insert(0, state.states)
        fresh = [held for held in (proven.states, *proven.shards.values()) if held is not None]
        record = Record(
            kind=kind,
            steps=steps,
            states=proven.states.root if proven.states else state.states,
            shards=shards,
            spent=tuple(spent),
            link=link_digest(proven.link),
            link_bytes=len(proven.link),
            losses=proven.losses,
            seconds_training=proven.seconds_training,
            seconds_proving=proven.seconds_proving,
            phases=proven.phases,
        )
        # Before the link is appended, which erases what is spent.
        unchanged = [] if proven.states is not None else [self._openings[state.states]]
        for held in fresh:
            self._openings.store(held)
        self._directory.append(proven.link, record)
        self._openings.keep([*unchanged, *fresh])

    def _position(self, shards: Sequence[int]) -> native.Position:
        state = self._directory.state
        return native.Position(
            steps=state.steps,
            last_link=self._directory.last_link,
            states=self._openings[state.states],
            shards={i: self._openings[state.shards[str(i)]] for i in shards},
            clear=self._clear,
        )

    def _report(self, name: str) -> Callable[[str, int, int], None]:
        def report(phase: str, done: int, total: int) -> None:
            self._work.check()
            self._progress.phase(f"{name}: {phase}", done, total)

        return report

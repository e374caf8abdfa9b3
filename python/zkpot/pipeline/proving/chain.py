"""The links of a run, made ready one after another, before those ahead of them are proven."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from zkpot import plan
from zkpot.artifacts.journal import Kind
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError, ValueOutOfRange
from zkpot.interrupt import Interruptible
from zkpot.pipeline.costing.beginning import links_up_to
from zkpot.pipeline.costing.link import Link, Opened
from zkpot.pipeline.proving.openings import Openings
from zkpot.pipeline.rates import Rates

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Ready:
    """A link that can be proven.

    Attributes:
        kind: What it does.
        link: Its statement is complete, and what comes out is committed to.
        steps: Training steps that are in the run once it is proven.
        states: Root of the states that it opens; None where it opens none.
        shards: Roots of the data shards that it opens, by number.
        name: What to call it.
    """

    kind: Kind
    link: native.Link
    steps: int
    states: str | None
    shards: dict[int, str]
    name: str


class Chain:
    """Trains ahead of the proofs.

    Nothing of a link is on the disk before it is proven: after a crash, the chain begins again
    where the newest record stands.

    Args:
        program: What is trained.
        rates: Learning rates.
        directory: The run.
        openings: Of its commitments.
        work: What Ctrl-C ends.
        fits: Whether there is memory for a link.
        witness: Whether to keep what the proofs need, for this process to prove them.
    """

    def __init__(
        self,
        program: Program,
        rates: Rates,
        directory: RunDirectory,
        openings: Openings,
        work: Interruptible,
        fits: Callable[[Link], bool],
        *,
        witness: bool,
    ) -> None:
        self._program = program
        self._rates = rates
        self._path = directory.path
        self._openings = openings
        self._work = work
        self._fits = fits
        self._witness = witness
        self._order = directory.order
        settings = directory.journal.settings
        self._channel = settings.channel
        self._envelopes = settings.envelopes
        self._keep_data = settings.keep_data
        state, last = directory.state, directory.last_link
        self._steps = state.steps
        self._previous = native.statement_digest(last) if last else native.NO_LINK
        self._states = state.states
        self._shards = {int(index): root for index, root in state.shards.items()}
        # What links leave that are not proven yet.
        self._fresh: dict[str, native.Held] = {}

    def links(self, lengths: Iterable[int], target: int, report: Report) -> Iterator[Ready]:
        """Training links of these lengths, imports before them where that pays, and the seal.

        Links on the wrapped channel stand for themselves: there is nothing to import or to seal.

        Args:
            lengths: In steps.
            target: Steps of the whole run; shards that are read later stay open.
            report: Hears of progress.

        Raises:
            InputError: A data shard is needed that was opened for the last time.
            ValueOutOfRange: A value left its range; the links before this one can be proven.
        """
        for steps in lengths:
            read = native.shards_read(self._program, self._order, self._steps, steps, self._channel)
            yield from self._import(steps, read, target)
            yield self._train(steps, read, target, report)
        if self._channel != "wrapped":
            yield self._seal()

    def forget(self, ready: Ready) -> None:
        """What this link leaves is on the disk now."""
        for held in (ready.link.states, *ready.link.shards.values()):
            if held is not None:
                self._fresh.pop(held.root, None)

    def _import(self, steps: int, read: Sequence[int], target: int) -> Iterator[Ready]:
        """Brings in the weights, and of the shards those that are read for the first time.

        Unless the training link takes them itself.
        """
        if self._channel == "wrapped":
            return
        order = self._order
        new = [index for index in read if self._shards.get(index) == order.shards[index]]
        owned = self._states == order.first
        later = self._copied(steps, read, target)
        opened = [Opened(order.shard_rows[index], index in new, index in later) for index in read]
        links = links_up_to(
            self._program, steps, opened, owned=owned, channel=self._channel, fits=self._fits
        )
        if links[0].kind != "import":
            return
        states = self._held(self._states) if owned else None
        position = self._position(new)
        link = self._work.run(lambda: native.import_link(self._program, order, position, states))
        yield self._made("import", link, 0, new, "import")

    def _train(self, steps: int, read: Sequence[int], target: int, report: Report) -> Ready:
        order, done = self._order, self._steps
        missing = [index for index in read if index not in self._shards]
        if missing:
            raise InputError(
                f"{self._path}: data shard {missing[0]} was opened for the last time, "
                f"because the run was begun for fewer steps; prove the {done} steps that it has, "
                "and begin another run from its weights"
            )
        later = self._copied(steps, read, target)
        position = self._position(read)
        scalars = self._rates.integers(self._program, done, steps, earlier=order.earlier_steps)
        keep = [index for index in read if index in later]
        name = f"link of {steps} steps"

        def heard(phase: str, part: int, whole: int) -> None:
            self._work.check()
            report(f"{name}: {phase}", part, whole)

        try:
            link = self._work.run(
                lambda: native.train_link(
                    self._program,
                    order,
                    position,
                    scalars,
                    steps,
                    keep,
                    heard,
                    witness=self._witness,
                    envelope=self._envelopes,
                )
            )
        except ValueOutOfRange as error:
            raise ValueOutOfRange(
                f"{error}; the {done} steps before this link stand in {self._path}: "
                "lower --lr and run this again, or compile with more headroom"
            ) from error
        return self._made("training", link, steps, read, name)

    def _copied(self, steps: int, read: Sequence[int], target: int) -> set[int]:
        """Shards that the next steps have to leave a copy of, where they open them."""
        if self._channel == "wrapped":
            return set()
        return self._read_later(self._steps + steps, target) | set(read if self._keep_data else ())

    def _read_later(self, done: int, target: int) -> set[int]:
        """Shards that steps after the first `done` read."""
        program, order = self._program, self._order
        # Looking further would find nothing else, and take longer for each link of a longer run.
        ahead = program.whole_windows(plan.two_epochs(sum(order.shard_rows), program.batch))
        ahead = min(target - done, ahead)
        return (
            set(native.shards_read(program, order, done, ahead, self._channel)) if ahead else set()
        )

    def _seal(self) -> Ready:
        # Shards that were never read are still their owner's commitments and have no claims.
        first = self._order.shards
        left = [index for index, root in self._shards.items() if root != first[index]]
        position = self._position(left)
        keep = left if self._keep_data else []
        link = self._work.run(lambda: native.seal_link(self._program, self._order, position, keep))
        return self._made("seal", link, 0, left, "seal")

    def _made(
        self, kind: Kind, link: native.Link, steps: int, opened: Sequence[int], name: str
    ) -> Ready:
        """Takes what the link leaves as where the next one begins."""
        shards = {index: self._shards[index] for index in opened}
        before, self._steps, self._previous = self._states, self._steps + steps, link.digest
        states = link.states
        if states is not None:
            self._states = states.root
            self._fresh[states.root] = states
        for index, copy in link.shards.items():
            if self._channel == "wrapped":
                continue
            del self._shards[index]
            if copy is not None:
                self._shards[index] = copy.root
                self._fresh[copy.root] = copy
        return Ready(kind, link, self._steps, before if states else None, shards, name)

    def _position(self, shards: Sequence[int]) -> native.Position:
        return native.Position(
            steps=self._steps,
            previous=self._previous,
            states=self._held(self._states),
            shards={index: self._held(self._shards[index]) for index in shards},
            channel=self._channel,
            seed=secrets.token_bytes(32),
        )

    def _held(self, root: str) -> native.Held:
        fresh = self._fresh.get(root)
        return self._openings[root] if fresh is None else fresh

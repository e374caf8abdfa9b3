"""A run: from weights and data to a sealed chain of proofs, in a directory that survives."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zkpot import plan
from zkpot.artifacts.channel import Channel
from zkpot.artifacts.hexadecimal import digest, hexadecimal
from zkpot.artifacts.owner_directory import OwnerDirectory
from zkpot.artifacts.program import Program
from zkpot.artifacts.receipt import Receipt
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.data import Dataset
from zkpot.errors import InputError, MissingExtra
from zkpot.interrupt import Interruptible
from zkpot.pipeline.compiling import dataset_of
from zkpot.pipeline.evaluation import check_evaluable, evaluate
from zkpot.pipeline.integers import Integers, parameters
from zkpot.pipeline.proving.beginning import begin
from zkpot.pipeline.proving.chain import Chain
from zkpot.pipeline.proving.links import Links
from zkpot.pipeline.proving.openings import Openings
from zkpot.pipeline.proving.request import Request
from zkpot.pipeline.proving.resources import Resources
from zkpot.pipeline.proving.resumption import resume
from zkpot.pipeline.proving.workers import Alone, SideBySide, Workers
from zkpot.pipeline.rates import Rates
from zkpot.pipeline.summary import Evaluation, Summary, summarise
from zkpot.pipeline.verification import verify
from zkpot.progress import Progress, default_progress

if TYPE_CHECKING:
    import torch


class Run:
    """Training that is proven, link by link, in one directory.

    Making a `Run` does nothing yet; `prove` begins the run, or goes on with the one that the
    directory holds. It may be interrupted or killed at any moment and called again.

    Args:
        program: What is trained. `zkpot.compile` makes it, `Program.read` reads it.
        data: Training data: a path, a `Dataset`, named arrays or the pair (x, y). May be None
            where `commitments` holds the data, and where a begun run goes on.
        directory: Where the run stands or shall stand.
        weights: A .safetensors file that replaces the program's initial weights.
        lr: Learning rate: a number, one number a step, or None for the program's own.
        nonce: 64 hexadecimal digits that fix the batch order; random if neither it nor `seed`
            is given.
        seed: A number from which a nonce is derived.
        context: Free bytes that every statement repeats, hexadecimal.
        commitments: A directory that `zkpot.commit` made.
        evaluation: Held-out data, evaluated after every link.
        memory: Bytes that proving may use; by default most of what is available.
        link_steps: The longest link, in steps; by default 64 or what memory allows.
        shard_rows: Rows of a data shard; by default what suits the links.
        after: The directory of a sealed run that this one continues: it starts from that run's
            weights, and from its data where that run kept them and none are given.
        init_seed: 64 hexadecimal digits that the first weights are drawn from, which the run
            proves; whoever orders it should draw them.
        keep_data: Whether the seal keeps the data for a run that continues this one.
        public_data: The data are public: their commitments follow from them, so that whoever has
            the data can check which they are.
        security: Bits of soundness that commitments and proofs are made for: 100 or 128.
        clear: Debugging: prove on the clear channel, which hides nothing.
        wrapped: Prove links that hide nothing themselves and that a circuit can verify
            (docs/spec/wrapped.md).
        envelopes: With `wrapped`: deliver the states after each link encrypted, with a key of
            its own that is to be paid for (docs/spec/envelope.md).
        workers: Links that are proven side by side, each on its share of this machine's
            processors or, with Ray, on one processor somewhere. By default one, or with Ray as
            many as it has processors.
        ray: True proves in processes of a Ray that is started for it; an address, in those of the
            cluster that is there. Its machines see data and weights.
        progress: Where to report to; by default a terminal or notebook, if there is one.
    """

    def __init__(
        self,
        program: Program,
        data: str | Path | Dataset | Mapping[str, Any] | tuple[Any, ...] | None,
        directory: str | Path,
        *,
        weights: str | Path | None = None,
        lr: float | Sequence[float] | None = None,
        nonce: str | None = None,
        seed: int | None = None,
        context: str = "",
        commitments: str | Path | None = None,
        evaluation: str | Path | Dataset | Mapping[str, Any] | tuple[Any, ...] | None = None,
        memory: int | None = None,
        link_steps: int | None = None,
        shard_rows: int | None = None,
        after: str | Path | None = None,
        init_seed: str | None = None,
        keep_data: bool = False,
        public_data: bool = False,
        security: int = 100,
        clear: bool = False,
        wrapped: bool = False,
        envelopes: bool = False,
        workers: int | None = None,
        ray: bool | str = False,
        progress: Progress | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise InputError(f"--workers {workers}: at least one worker proves")
        self.program = program
        self.directory = RunDirectory(Path(directory))
        self._request = Request(
            program=program,
            data=dataset_of(data) if data is not None else None,
            weights=Path(weights) if weights is not None else None,
            rates=Rates.of(lr, program),
            nonce=nonce,
            seed=seed,
            context=hexadecimal("context", context),
            commitments=OwnerDirectory(Path(commitments)) if commitments else None,
            memory=memory,
            link_steps=link_steps,
            shard_rows=shard_rows,
            after=RunDirectory.existing(Path(after)) if after is not None else None,
            init_seed=digest("--init-seed", init_seed) if init_seed else None,
            keep_data=keep_data,
            public_data=public_data,
            security=security,
            channel=_channel(clear=clear, wrapped=wrapped),
            envelopes=envelopes,
        )
        self._held_out = dataset_of(evaluation) if evaluation is not None else None
        if self._held_out is not None:
            check_evaluable(program, self._held_out)
        self._workers, self._ray = workers, ray
        self._progress = progress or default_progress()
        self._openings = Openings(self.directory)

    def prove(self, steps: int, *, since: float | None = None) -> Summary:
        """Trains and proves until the run has `steps` steps in all, and seals it.

        Args:
            steps: The whole run's length. A begun run goes on where it stopped. Where the program
                proves windows of several steps, the last is filled up with steps at a learning
                rate of zero, which change no weight.
            since: What `seconds` counts from (`time.monotonic()`); by default this call.

        Raises:
            InputError: Something given cannot be used; nothing was changed.
            NotEnoughResources: Memory or disk would not suffice, or the disk became full.
            ValueOutOfRange: A value left its range; what was proven before stands.
            RunLocked: Another process has the run.
            MissingExtra: Ray is asked for and not installed.
        """
        started = time.monotonic() if since is None else since
        if steps < 1:
            raise InputError(f"{steps} steps: a run has at least one")
        work = Interruptible(
            lambda: self._progress.note("stopping; press Ctrl-C again to stop at once")
        )
        with self._progress, self.directory.locked(), self._with_workers(work) as workers:
            whole = self.program.whole_windows(steps)
            if whole > steps:
                self._progress.note(
                    f"steps are proven in windows of {self.program.window}: {whole - steps} with a "
                    f"learning rate of zero fill up the last one of {steps}"
                )
            rates = replace(self._request.rates, until=steps)
            request = replace(self._request, rates=rates, workers=workers.count)
            try:
                if self.directory.begun:
                    request = resume(request, self.directory, whole)
                else:
                    begin(request, self.directory, whole, self._openings, work, self._progress)
                evaluations = self._continue(request, whole, workers, work)
            finally:
                native.release_memory()
            seconds = time.monotonic() - started
            return summarise(self.directory, seconds, evaluations)

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """The newest weights, under the torch model's names."""
        return parameters(self.program, self._states())

    def state_dict(self) -> dict[str, torch.Tensor]:
        """The newest weights, for `model.load_state_dict`.

        Raises:
            MissingExtra: torch is not installed; `weights` works without it.
        """
        try:
            import torch
        except ImportError:
            raise MissingExtra(
                "state_dict needs torch: install zkpot[torch], or use weights()"
            ) from None
        return {name: torch.from_numpy(value) for name, value in self.weights().items()}

    def verify(self, **expectations: Any) -> Receipt:
        """Verifies the run; see `zkpot.verify`."""
        return verify(self.directory.path, **expectations)

    def bundle(self, path: str | Path) -> int:
        """Writes the public part of the run as one file; returns its size in bytes."""
        return self.directory.bundle().write(Path(path))

    def _with_workers(self, work: Interruptible) -> AbstractContextManager[Workers]:
        """Who proves."""
        if self._ray:
            # Ray is an extra.
            from zkpot.pipeline.proving.on_ray import OnRay

            address = None if self._ray is True else self._ray
            return OnRay.started(self.program, address, self._workers, work, self._progress)
        if self._workers is None or self._workers == 1:
            return nullcontext(Alone(self.program, work, self._progress))
        return SideBySide(self.program, self._workers, work, self._progress).started()

    def _continue(
        self, request: Request, target: int, workers: Workers, work: Interruptible
    ) -> list[Evaluation]:
        evaluations: list[Evaluation] = []
        if self.directory.closed and self.directory.state.steps == target:
            return evaluations
        run = (self.directory, self._openings)
        fits = Resources(request, self.directory).fits
        chain = Chain(self.program, request.rates, *run, work, fits, witness=workers.share_memory)
        links = Links(self.program, chain, *run, workers, work, self._progress)
        done = self.directory.state.steps
        self._progress.steps(done, target)

        def trained(done: int) -> None:
            self._progress.steps(done, target)
            if self._held_out is not None:
                held_out = evaluate(self.program, self._states(), self._held_out, done)
                evaluations.append(held_out)
                self._progress.note(held_out.text())

        links.prove(self._lengths(request, target - done), target, trained)
        return evaluations

    def _lengths(self, request: Request, left: int) -> Iterator[int]:
        """Lengths of the training links; each is chosen when it is begun."""
        while left:
            # Others may have taken memory since the last one.
            resources = Resources(request, self.directory)
            longest = resources.longest_link(left, self.directory.journal.settings.link_steps)
            steps = plan.link_lengths(left, longest, self.program.window)[0]
            resources.trim(steps)
            yield steps
            left -= steps

    def _states(self) -> list[Integers]:
        return self._openings[self.directory.state.states].states()


def _channel(*, clear: bool, wrapped: bool) -> Channel:
    """The channel that was asked for."""
    if clear and wrapped:
        raise InputError("--clear and --wrapped: a run is on one channel; give one of them")
    return "clear" if clear else "wrapped" if wrapped else "hiding"

"""A run: from weights and data to a sealed chain of proofs, in a directory that survives."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from zkpot import machine, plan
from zkpot.artifacts.journal import Kind, Record
from zkpot.artifacts.owner_directory import OwnerDirectory
from zkpot.artifacts.program import Program
from zkpot.artifacts.receipt import Receipt
from zkpot.artifacts.run_directory import RunDirectory, link_digest
from zkpot.backends import native
from zkpot.data import Dataset
from zkpot.errors import InputError, MissingExtra, NotEnoughResources, ValueOutOfRange
from zkpot.interrupt import Interruptible
from zkpot.pipeline import prediction
from zkpot.pipeline.compiling import dataset_of
from zkpot.pipeline.evaluation import evaluate
from zkpot.pipeline.integers import Integers, initial_integers, parameters, shard_integers
from zkpot.pipeline.nonce import choose_nonce, hexadecimal
from zkpot.pipeline.ownership import shard_rows_of
from zkpot.pipeline.rates import Rates
from zkpot.pipeline.summary import Evaluation, Summary
from zkpot.pipeline.verification import verify
from zkpot.progress import Progress, default_progress

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

# Share of the available memory that a link may take.
_MEMORY_SHARE = 0.8


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
        progress: Progress | None = None,
    ) -> None:
        self.program = program
        self.directory = RunDirectory(Path(directory))
        self._data = dataset_of(data) if data is not None else None
        self._weights = Path(weights) if weights is not None else None
        self._rates = Rates.of(lr, program)
        self._nonce = nonce
        self._seed = seed
        self._context = hexadecimal("context", context)
        self._commitments = OwnerDirectory(Path(commitments)) if commitments else None
        self._held_out = dataset_of(evaluation) if evaluation is not None else None
        self._memory = memory
        self._link_steps = link_steps
        self._shard_rows = shard_rows
        self._progress = progress or default_progress()
        self._work = Interruptible(
            lambda: self._progress.note("stopping; press Ctrl-C again to stop at once")
        )
        # Openings that this process made itself and need not read back.
        self._held: dict[str, native.Held] = {}

    def prove(self, steps: int, *, since: float | None = None) -> Summary:
        """Trains and proves until the run has `steps` steps in all, and seals it.

        Args:
            steps: The whole run's length. A begun run goes on where it stopped.
            since: What `seconds` counts from (`time.monotonic()`); by default this call.

        Raises:
            InputError: Something given cannot be used; nothing was changed.
            NotEnoughResources: Memory or disk would not suffice, or the disk became full.
            ValueOutOfRange: A value left its range; what was proven before stands.
            RunLocked: Another process has the run.
        """
        started = time.monotonic() if since is None else since
        if steps < 1:
            raise InputError(f"{steps} steps: a run has at least one")
        with self._progress, self.directory.locked():
            if self.directory.begun:
                self._check_same(steps)
            else:
                self._begin(steps)
            evaluations = self._continue(steps)
            seconds = time.monotonic() - started
            return self._summary(seconds, evaluations)

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

    # Beginning.

    def _begin(self, steps: int) -> None:
        nonce = choose_nonce(self._nonce, self._seed)
        longest = self._longest_link(steps)
        rows = self._shard_lengths(longest)
        # Before the first commitment: better no run than one that stops half-way.
        self._check_resources(rows, steps)
        self._rates.integers(self.program, 0, steps)
        if self._commitments is not None:
            self._take_commitments(self._commitments)
        states, shards = self._work.run(lambda: self._commit(rows))
        order = native.Order(
            program=self.program.digest,
            first=states,
            shards=tuple(shards),
            shard_rows=tuple(rows),
            nonce=nonce,
            context=self._context,
        )
        record = Record(
            kind="commit",
            steps=0,
            states=states,
            shards={str(index): shard for index, shard in enumerate(shards)},
            settings={"target": steps, "link_steps": longest, "rates": asdict(self._rates)}
            | self._fingerprint(secrets.token_hex(16)),
        )
        self.directory.begin(self.program.native.to_bytes(), asdict(order), record)

    def _shard_lengths(self, longest: int) -> list[int]:
        if self._commitments is not None:
            public = self._commitments.public()
            if public.get("shard_rows"):
                return [int(rows) for rows in public["shard_rows"]]
        if self._data is None:
            raise InputError("a new run needs data: give --data, or --commitments that hold it")
        return shard_rows_of(self.program, self._data.rows, longest, self._shard_rows)

    def _take_commitments(self, owner: OwnerDirectory) -> None:
        if owner.public().get("program") != self.program.digest:
            raise InputError(f"{owner.path}: these commitments were made for another program")
        owner.take(hashlib.sha256(str(self.directory.path.resolve()).encode()).hexdigest())

    def _commit(self, rows: Sequence[int]) -> tuple[str, list[str]]:
        """Stores the openings of the first commitments; returns the commitments."""
        held = self._owned_states()
        if held is None:
            integers = initial_integers(self.program, self._weights)
            held = native.commit_states(self.program, integers)
        states = self._store(held)
        shards = []
        for shard in self._first_shards(rows):
            self._work.check()
            shards.append(self._store(shard))
            self._progress.phase("commit", len(shards), len(rows))
        return states, shards

    def _owned_states(self) -> native.Held | None:
        opening = self._commitments.states() if self._commitments is not None else None
        return native.read_held(opening) if opening is not None else None

    def _first_shards(self, rows: Sequence[int]) -> Iterator[native.Held]:
        owned = 0
        if self._commitments is not None:
            for opening in self._commitments.shards():
                owned += 1
                yield native.read_held(opening)
        if not owned and self._data is not None:
            for fields in shard_integers(self.program, self._data, rows):
                yield native.commit_shard(self.program, fields)

    def _store(self, held: native.Held) -> str:
        self.directory.store(held.root, held.to_bytes())
        return held.root

    def _fingerprint(self, salt: str) -> dict[str, str]:
        """Recognises the same data and weights later. Salted, and kept in the secret part."""
        digest = hashlib.sha256(salt.encode())
        if self._data is not None:
            for name, array in sorted(self._data.fields.items()):
                digest.update(f"{name}{array.dtype}{array.shape}".encode())
                digest.update(np.ascontiguousarray(array).data)
        return {"salt": salt, "data": digest.hexdigest() if self._data is not None else ""}

    def _check_same(self, steps: int) -> None:
        """A begun run goes on only with what it was begun with."""
        path, order = self.directory.path, self._order()
        settings = self.directory.journal.records[0].settings
        state = self.directory.state
        if order.program != self.program.digest:
            raise InputError(f"{path}: this run is about another program; choose another --out")
        given = self._fingerprint(settings["salt"])["data"]
        if given and settings["data"] and given != settings["data"]:
            raise InputError(f"{path}: this run was begun with other data")
        chosen = self._nonce is not None or self._seed is not None
        if chosen and choose_nonce(self._nonce, self._seed) != order.nonce:
            raise InputError(f"{path}: this run was begun with another nonce")
        if self._context and self._context != order.context:
            raise InputError(f"{path}: this run was begun with another context")
        if steps < state.steps or (state.kind == "seal" and steps != state.steps):
            sealed = " and is sealed" if state.kind == "seal" else ""
            raise InputError(
                f"{path}: this run has {state.steps} steps{sealed}; to train on, begin a run in "
                "another directory with the weights that 'zkpot weights' gives"
            )
        if self._rates.given is None:
            rates = settings["rates"]
            given = rates["given"]
            self._rates = Rates(
                tuple(given) if isinstance(given, list) else given, rates["defaults"]
            )

    # Going on.

    def _continue(self, target: int) -> list[Evaluation]:
        evaluations: list[Evaluation] = []
        if self.directory.state.kind == "seal":
            return evaluations
        done = self.directory.state.steps
        settings = self.directory.journal.records[0].settings
        longest = (
            self._longest_link(target - done, int(settings["link_steps"])) if target > done else 1
        )
        self._progress.steps(done, target)
        for steps in plan.link_lengths(target - done, longest):
            read = native.shards_read(self.program, self._order(), done, steps)
            self._import(read)
            self._train(steps, read, target)
            done += steps
            self._progress.steps(done, target)
            if self._held_out is not None:
                held_out = evaluate(self.program, self._states(), self._held_out, done)
                evaluations.append(held_out)
                self._progress.note(held_out.text())
        self._seal()
        return evaluations

    def _import(self, shards: Sequence[int]) -> None:
        """Brings in the weights, and of the shards those that are read for the first time."""
        order, state = self._order(), self.directory.state
        fresh = [i for i in shards if state.shards.get(str(i)) == order.shards[i]]
        states = self._opening(state.states) if state.states == order.first else None
        if states is None and not fresh:
            return
        position = self._position(fresh)
        proven = self._work.run(
            lambda: native.prove_import(
                self.program, order, position, states, self._report("import")
            )
        )
        self._append("import", proven, state.steps, position.shards)

    def _train(self, steps: int, read: Sequence[int], target: int) -> None:
        order, done = self._order(), self.directory.state.steps
        missing = [i for i in read if str(i) not in self.directory.state.shards]
        if missing:
            raise InputError(
                f"{self.directory.path}: data shard {missing[0]} was opened for the last time, "
                f"because the run was begun for fewer steps; prove the {done} steps that it has, "
                "and begin another run from its weights"
            )
        left = target - done - steps
        later = set(native.shards_read(self.program, order, done + steps, left)) if left else set()
        position = self._position(read)
        scalars = self._rates.integers(self.program, done, steps)
        try:
            proven = self._work.run(
                lambda: native.prove_training(
                    self.program,
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
                f"{error}; the {done} steps before this link stand in {self.directory.path}: "
                "lower --lr and run this again, or compile with more headroom"
            ) from error
        self._append("training", proven, done + steps, position.shards)

    def _seal(self) -> None:
        order, state = self._order(), self.directory.state
        # Shards that were never read are still their owner's commitments and have no claims.
        open_shards = [int(i) for i, root in state.shards.items() if root != order.shards[int(i)]]
        position = self._position(open_shards)
        proven = self._work.run(
            lambda: native.prove_seal(self.program, order, position, self._report("seal"))
        )
        self._append("seal", proven, state.steps, position.shards)

    def _append(
        self,
        kind: Kind,
        proven: native.Proven,
        steps: int,
        opened: Mapping[int, native.Held],
    ) -> None:
        """Makes a link and what it spends durable, together."""
        state = self.directory.state
        spent = [held.root for held in opened.values()]
        shards = dict(state.shards)
        for index, held in proven.shards.items():
            shards.pop(str(index))
            if held is not None:
                shards[str(index)] = held.root
        if proven.states is not None:
            spent.insert(0, state.states)
        fresh = [held for held in (proven.states, *proven.shards.values()) if held is not None]
        made = {held.root: held for held in fresh}
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
        )
        for held in made.values():
            self._store(held)
        self.directory.append(proven.link, record)
        # What the next link needs is read back from the disk if it is not among these.
        states = {state.states: self._held[state.states]} if proven.states is None else {}
        self._held = states | made

    def _position(self, shards: Sequence[int]) -> native.Position:
        state = self.directory.state
        return native.Position(
            steps=state.steps,
            last_link=self.directory.last_link,
            states=self._opening(state.states),
            shards={i: self._opening(state.shards[str(i)]) for i in shards},
        )

    def _opening(self, root: str) -> native.Held:
        if root not in self._held:
            self._held[root] = native.read_held(self.directory.opening(root))
        return self._held[root]

    def _states(self) -> list[Integers]:
        return self._opening(self.directory.state.states).states()

    def _order(self) -> native.Order:
        return native.Order.from_value(self.directory.order)

    def _report(self, name: str) -> Callable[[str, int, int], None]:
        def report(phase: str, done: int, total: int) -> None:
            self._work.check()
            self._progress.phase(f"{name}: {phase}", done, total)

        return report

    # Resources.

    def _longest_link(self, steps: int, chosen: int | None = None) -> int:
        """The longest link that memory allows."""
        wanted = self._link_steps or chosen or plan.DEFAULT_LONGEST_LINK
        if wanted < 1:
            raise InputError(f"--link-steps {wanted}: a link has at least one step")
        if self._link_steps and self._link_steps > self.program.max_steps:
            raise InputError(
                f"--link-steps {wanted}: the program's bounds hold for links of up to "
                f"{self.program.max_steps} steps; compile with a larger --max-steps"
            )
        at_most = min(wanted, self.program.max_steps, steps)
        limit = self._memory_limit()
        if limit is None:
            return plan.floor_to_power_of_two(at_most)
        longest = plan.longest_link(self._memory_of, limit, at_most)
        if self._link_steps and longest < plan.floor_to_power_of_two(at_most):
            raise NotEnoughResources(
                f"links of {at_most} steps need about {plan.size(self._memory_of(at_most))} of "
                f"memory and {plan.size(limit)} may be used: {longest} steps would fit; give "
                f"--link-steps {longest} or raise --memory"
            )
        return longest

    def _memory_limit(self) -> int | None:
        if self._memory is not None:
            return self._memory
        available = machine.available_memory()
        return int(available * _MEMORY_SHARE) if available is not None else None

    def _memory_of(self, steps: int) -> int:
        if self.directory.begun:
            rows: Sequence[int] = self._order().shard_rows
        elif self._data is not None:
            rows = shard_rows_of(self.program, self._data.rows, steps, self._shard_rows)
        else:
            rows = [self.program.batch * steps]
        return prediction.link_memory(self.program, rows, steps)

    def _check_resources(self, rows: Sequence[int], steps: int) -> None:
        longest = self._longest_link(steps)
        links = len(plan.link_lengths(steps, longest))
        # An import for each shard at worst, and the seal.
        needed = prediction.disk(self.program, rows, links + len(rows) + 1)
        free = machine.free_disk(self.directory.path)
        if needed <= free:
            return
        without = prediction.disk(self.program, rows, len(rows) + 1)
        fit = max(0, (free - without) // prediction.LINK_BYTES) * longest
        raise NotEnoughResources(
            f"{self.directory.path}: {steps} steps need about {plan.size(needed)} of disk and "
            f"{plan.size(free)} are free: {fit} steps would fit"
        )

    def _summary(self, seconds: float, evaluations: Sequence[Evaluation]) -> Summary:
        records = self.directory.journal.records
        losses = [loss for record in records for loss in record.losses]
        peak = machine.peak_memory()
        # The prover's own reading of what it hands out; a fault shows here and not at a buyer's.
        receipt = verify(self.directory.path)
        return Summary(
            directory=str(self.directory.path),
            steps=receipt.steps,
            links=len(records) - 1,
            seconds=seconds,
            seconds_training=sum(record.seconds_training for record in records),
            seconds_proving=sum(record.seconds_proving for record in records),
            peak_rss_bytes=peak,
            proof_bytes=sum(record.link_bytes for record in records),
            security_bits=receipt.security_bits,
            zero_knowledge=receipt.zero_knowledge,
            backend=native.NAME,
            loss_first=losses[0] if losses else None,
            loss_last=losses[-1] if losses else None,
            program=receipt.program,
            first_commitment=receipt.first_commitment,
            last_commitment=receipt.last_commitment,
            data_root=receipt.data_root,
            nonce=receipt.nonce,
            evaluations=tuple(evaluations),
            receipt=receipt,
        )

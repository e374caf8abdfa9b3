"""The native backend: everything that zkpot asks of its own prover and verifier.

Steps are training steps everywhere in Python, in whole windows where a program proves several of
them together; the prover counts the program's own steps, and this file is where they change.

This is the only file that knows the call signatures of training, committing, proving and
verifying. `artifacts/program.py` holds the other class of the extension, `Program`: the program
file is its encoding, and artifacts cannot import what is built on them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zkpot import _native
from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.draw import Draw
from zkpot.artifacts.order import Order
from zkpot.artifacts.program import Program
from zkpot.artifacts.receipt import Receipt

NAME = "native"
# Which of the wheel's builds was loaded: baseline, v3 or v4 (`zkpot._native`).
BUILD = _native.BUILD

Integers = npt.NDArray[np.int64]
if TYPE_CHECKING:
    Held = _native.Held
    Progress = _native.Progress


@dataclass(frozen=True)
class Position:
    """Where a run stands, and the openings that its next link uses.

    Attributes:
        steps: Steps proven so far.
        last_link: The newest link; empty before the first.
        states: Weights and optimizer state.
        shards: Those data shards that the link opens, by number.
        clear: Whether the link is on the clear channel, which hides nothing.
    """

    steps: int
    last_link: bytes
    states: Held
    shards: Mapping[int, Held]
    clear: bool = False


@dataclass(frozen=True)
class Proven:
    """A link, fresh from the prover.

    `states` (if it is not None) and `shards` replace those of the position that it was proven
    from; None in place of a shard says that it was opened for the last time. What is replaced
    is spent from the moment at which the link leaves the process. `phases` are the seconds of each.
    """

    link: bytes
    states: Held | None
    shards: Mapping[int, Held | None]
    losses: tuple[float, ...] = ()
    seconds_training: float = 0.0
    seconds_proving: float = 0.0
    phases: tuple[tuple[str, float], ...] = ()


def read_held(content: bytes) -> Held:
    """A commitment with its secret opening, from its file."""
    return _native.Held.from_bytes(content)


def initial_states(program: Program, seed: str) -> list[Integers]:
    """The states that a public seed gives (64 hexadecimal digits), flat, in the program's order."""
    return _native.initial_states(program.native, seed)


def commit_states(
    program: Program, states: Sequence[Integers], security: int = 100, *, clear: bool = False
) -> Held:
    """Commits to weights and optimizer state, in the program's order.

    Only runs of the same security and on the same channel can open the commitment; `clear` is the
    clear one, on which a commitment hides nothing.
    """
    return _native.commit_states(program.native, states, security, clear)


def commit_shard(
    program: Program,
    fields: Sequence[Integers],
    *,
    public: bool = False,
    security: int = 100,
    clear: bool = False,
) -> Held:
    """Commits to rows of data, in the program's order of fields.

    Only runs of the same security and on the same channel can open the commitment; `clear` is the
    clear one, on which a commitment hides nothing. A `public` commitment follows from program and
    data, so that anyone who has both can check it; it hides nothing either.
    """
    return _native.commit_shard(program.native, fields, public, security, clear)


def release_memory() -> None:
    """Returns memory to the system that the prover keeps from one link to the next."""
    _native.release_memory()


def security(program: Program, steps: int, bits: int = 100) -> dict[str, Any]:
    """The error terms of runs whose training links have `steps` steps."""
    account: dict[str, Any] = json.loads(program.native.security(steps // program.window, bits))
    return account


def work(
    program: Program,
    kind: str,
    steps: int,
    shards: Sequence[tuple[int, bool]],
    *,
    states: bool = True,
    clear: bool = False,
) -> dict[str, Any]:
    """What the prover of a link has to do, as `LinkWork` of the extension counts it.

    Args:
        program: What is trained.
        kind: "import", "training" or "seal".
        steps: Of a training link.
        shards: Rows of each data shard that it opens, and whether it copies the shard.
        states: Whether it opens the states.
        clear: Whether it is on the clear channel.

    Raises:
        InputError: A polynomial would have more than 2^28 entries.
    """
    counted: dict[str, Any] = json.loads(
        program.native.work(kind, steps // program.window, states, list(shards), clear)
    )
    return counted


def data_root(shards: Sequence[str], shard_rows: Sequence[int]) -> str:
    """The root that names a dataset: over the commitments to its shards, in order."""
    return _native.data_root(shards, shard_rows)


def train(
    program: Program,
    states: Sequence[Integers],
    fields: Sequence[Integers],
    scalars: Sequence[Sequence[int]],
    nonce: str,
    steps: int,
    progress: Progress | None,
) -> tuple[list[Integers], list[float]]:
    """Trains exactly as a prover does, without proving; returns the states and each step's loss.

    `fields` are all rows, in the program's order of fields; `scalars` are `[scalar][step]`.

    Raises:
        ValueOutOfRange: A value left its range.
    """
    windows = steps // program.window
    return _native.train(program.native, states, fields, scalars, nonce, progress, steps=windows)


def trace_step(
    program: Program,
    states: Sequence[Integers],
    rows: Sequence[Integers],
    scalars: Sequence[int],
    step: int,
    seed: str,
) -> Mapping[str, Any]:
    """One step of the program: its committed `tensors`, flat, by name, and the `states` after it.

    `rows` are a batch of each field; `scalars` one number each. Random tensors are drawn from the
    seed, 64 hexadecimal digits.

    Raises:
        ValueOutOfRange: A value left its range.
    """
    batches = [values[None] for values in rows]
    rates = [[scalar] for scalar in scalars]
    return _native.trace_link(program.native, states, batches, rates, step, 1, seed)


def random_tensor(seed: str, step: int, draw: Draw, elements: int) -> Integers:
    """A random tensor of a step, flat; the seed is the batch schedule's, 64 hexadecimal digits."""
    return _native.random_tensor(seed, step, draw.ordinal, draw.numerator, draw.bits, elements)


def evaluate(
    program: Program, states: Sequence[Integers], fields: Sequence[Integers]
) -> Mapping[str, Any]:
    """`loss` over all rows, and `accuracy` (a share) where the data has class numbers."""
    return _native.evaluate(program.native, states, fields)


def shards_read(program: Program, order: Order, first_step: int, steps: int) -> list[int]:
    """Which shards the batches of these steps come from."""
    first, windows = first_step // program.window, steps // program.window
    return _native.scheduled_shards(program.native, order.to_json(), first, windows)


def prove_import(
    program: Program,
    order: Order,
    position: Position,
    states: Held | None,
    progress: Progress | None,
) -> Proven:
    """Brings owners' commitments into the run and proves their ranges.

    The shards are those of `position`; `states` is given on the first import only.
    """
    started = time.monotonic()
    link, fresh, shards, report = _native.prove_import(
        program.native,
        order.to_json(),
        position.last_link,
        position.steps // program.window,
        states,
        dict(position.shards),
        position.clear,
        progress,
    )
    seconds, phases = time.monotonic() - started, tuple(report["phases"])
    return Proven(link, fresh, shards, seconds_proving=seconds, phases=phases)


def prove_training(
    program: Program,
    order: Order,
    position: Position,
    scalars: Sequence[Sequence[int]],
    steps: int,
    keep: Sequence[int],
    progress: Progress | None,
) -> Proven:
    """Trains `steps` steps and proves them in one link.

    The shards that it opens are copied for later links if they are in `keep`, otherwise
    opened for the last time. `scalars` are `[scalar][step]`.
    """
    link, states, shards, report = _native.prove_training(
        program.native,
        order.to_json(),
        position.last_link,
        position.steps // program.window,
        position.states,
        dict(position.shards),
        scalars,
        steps // program.window,
        list(keep),
        position.clear,
        progress,
    )
    return Proven(
        link,
        states,
        shards,
        losses=tuple(report["losses"]),
        seconds_training=report["seconds_training"],
        seconds_proving=report["seconds_proving"],
        phases=tuple(report["phases"]),
    )


def prove_seal(
    program: Program,
    order: Order,
    position: Position,
    keep: Sequence[int],
    progress: Progress | None,
) -> Proven:
    """Closes the run: opens what is still pending and leaves a fresh copy of the states.

    Shards in `keep` are copied as well, for a run that continues this one.
    """
    started = time.monotonic()
    link, states, shards, report = _native.prove_seal(
        program.native,
        order.to_json(),
        position.last_link,
        position.steps // program.window,
        position.states,
        dict(position.shards),
        list(keep),
        position.clear,
        progress,
    )
    seconds, phases = time.monotonic() - started, tuple(report["phases"])
    return Proven(link, states, shards, seconds_proving=seconds, phases=phases)


def statement_digest(link: bytes) -> str:
    """Keccak-256 of what a link states, hexadecimal."""
    return _native.statement_digest(link)


def is_clear(link: bytes) -> bool:
    """Whether a link says that it is on the clear channel.

    Raises:
        InvalidProof: It is no link.
    """
    return bool(json.loads(_native.link_statement(link))["channel"] == "Clear")


def continuation(
    program: Program,
    last_link: bytes,
    states: Held,
    shards: Mapping[int, Held],
    data_root: str,
) -> str:
    """What verifying a run that continues a sealed one needs of it, hexadecimal.

    `data_root` is the root of the shards as their owner committed them.
    """
    return _native.continuation(program.native, last_link, states, dict(shards), data_root)


def verify(bundle: Bundle, expectations: Mapping[str, Any]) -> Receipt:
    """Verifies a run.

    Raises:
        InvalidProof: It is refused.
        IncompleteRun: It verifies as far as it goes, but is not closed.
    """
    answer = _native.verify_run(
        bundle.program,
        bundle.order.decode(errors="replace"),
        bundle.links,
        json.dumps(expectations),
    )
    return Receipt.from_json(answer)

"""The native backend: everything that zkpot asks of its own prover and verifier.

Steps are training steps everywhere in Python, in whole windows where a program proves several of
them together; the prover counts the program's own steps, and this file is where they change.

This is the only file that knows the call signatures of training, committing, proving and
verifying. `artifacts/program.py` holds the other class of the extension, `Program`: the program
file is its encoding, and artifacts cannot import what is built on them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zkpot import _native
from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.channel import Channel
from zkpot.artifacts.draw import Draw
from zkpot.artifacts.envelope import Envelope
from zkpot.artifacts.order import Order
from zkpot.artifacts.program import Program
from zkpot.artifacts.receipt import Receipt

NAME = "native"
# Which of the wheel's builds was loaded: baseline, v3 or v4 (`zkpot._native`).
BUILD = _native.BUILD

Integers = npt.NDArray[np.int64]
if TYPE_CHECKING:
    Held = _native.Held
    Link = _native.Link
    Progress = _native.Progress
    Unopened = _native.Unopened

#: Seconds of each of a prover's phases, in order, by name.
Phases = tuple[tuple[str, float], ...]

#: What the first link of a run says of the one before it.
NO_LINK = "00" * 32


@dataclass(frozen=True)
class Position:
    """Where a run stands, and what its next link opens.

    Attributes:
        steps: Steps of the links before.
        previous: Digest of the last link's statement; `NO_LINK` before the first.
        states: Weights and optimizer state.
        shards: Those data shards that the link opens, by number.
        channel: How the scalars of the link travel.
        seed: 32 uniform bytes, for this link alone: its randomness derives from them.
    """

    steps: int
    previous: str
    states: Held
    shards: Mapping[int, Held]
    channel: Channel
    seed: bytes

    def at(self, program: Program) -> tuple[str, int, Channel]:
        """What every kind of link says of its place; the extension counts windows."""
        return self.previous, self.steps // program.window, self.channel


@dataclass(frozen=True)
class Proven:
    """A link, fresh from the prover.

    `states` (if it is not None) and `shards` replace those that it was proven from; None in place
    of a shard says that it was opened for the last time. What is replaced is spent from the moment
    at which the link leaves the process. `phases` are those of its commitments and openings.
    """

    link: bytes
    states: Held | None
    shards: Mapping[int, Held | None]
    phases: Phases


def read_held(content: bytes) -> Held:
    """A commitment with its secret opening, from its file."""
    return _native.Held.from_bytes(content)


def initial_states(program: Program, seed: str) -> list[Integers]:
    """The states that a public seed gives (64 hexadecimal digits), flat, in the program's order."""
    return _native.initial_states(program.native, seed)


def commit_states(
    program: Program,
    states: Sequence[Integers],
    security: int = 100,
    *,
    channel: Channel = "hiding",
) -> Held:
    """Commits to weights and optimizer state, in the program's order.

    Only runs of the same security and on the same channel can open the commitment.
    """
    return _native.commit_states(program.native, states, security, channel)


def commit_shard(
    program: Program,
    fields: Sequence[Integers],
    *,
    public: bool = False,
    security: int = 100,
    channel: Channel = "hiding",
) -> Held:
    """Commits to rows of data, in the program's order of fields.

    Only runs of the same security and on the same channel can open the commitment. A `public`
    commitment follows from program and data, so that anyone who has both can check it; it hides
    nothing.
    """
    return _native.commit_shard(program.native, fields, public, security, channel)


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
    shards: Sequence[tuple[int, bool, bool]],
    *,
    states: bool | None = False,
    channel: Channel = "hiding",
) -> dict[str, Any]:
    """What the prover of a link has to do, as `LinkWork` of the extension counts it.

    Args:
        program: What is trained.
        kind: "import", "training" or "seal".
        steps: Of a training link.
        shards: Rows of each data shard that it opens, whether the shard is its owner's commitment,
            and whether the link copies it.
        states: Whether the states that it opens are their owner's; None where it opens none.
        channel: Its channel.

    Raises:
        InputError: A polynomial would have more than 2^28 entries.
    """
    counted: dict[str, Any] = json.loads(
        program.native.work(kind, steps // program.window, states, list(shards), channel)
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
    *,
    shard_rows: Sequence[int] | None = None,
) -> tuple[list[Integers], list[float]]:
    """Trains exactly as a prover does, without proving; returns the states and each step's loss.

    `fields` are all rows, in the program's order of fields; `scalars` are `[scalar][step]`. The
    dataset is one shard unless `shard_rows` says how it is cut. Given the seed of a run's batch
    order in place of the nonce, and the run's shards, training reads what the run reads.

    Raises:
        ValueOutOfRange: A value left its range.
    """
    windows = steps // program.window
    return _native.train(
        program.native,
        states,
        fields,
        scalars,
        nonce,
        progress,
        shard_rows=shard_rows,
        steps=windows,
    )


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


def shards_read(
    program: Program, order: Order, first_step: int, steps: int, channel: Channel = "hiding"
) -> list[int]:
    """Which shards the batches of these steps come from."""
    first, windows = first_step // program.window, steps // program.window
    return _native.scheduled_shards(program.native, order.to_json(), first, windows, channel)


def import_link(program: Program, order: Order, position: Position, states: Held | None) -> Link:
    """Makes the link ready that brings owners' commitments into the run.

    The shards are those of `position`; `states` is given on the first import only.
    """
    shards = dict(position.shards)
    return _native.import_link(
        program.native, order.to_json(), position.at(program), states, shards, position.seed
    )


def train_link(
    program: Program,
    order: Order,
    position: Position,
    scalars: Sequence[Sequence[int]],
    steps: int,
    keep: Sequence[int],
    progress: Progress | None,
    *,
    witness: bool,
    envelope: bool = False,
) -> Link:
    """Trains `steps` steps and makes the link ready that proves them.

    The shards that it opens are copied for later links if they are in `keep`, otherwise
    opened for the last time. `scalars` are `[scalar][step]`. `witness` keeps in memory what the
    proof needs, so that this process need not train again for it. `envelope` delivers the states
    encrypted, which a wrapped link may.

    Raises:
        ValueOutOfRange: A value left its range.
    """
    return _native.train_link(
        program.native,
        order.to_json(),
        position.at(program),
        position.states,
        dict(position.shards),
        scalars,
        steps // program.window,
        list(keep),
        witness,
        envelope,
        position.seed,
        progress,
    )


def envelope(program: Program, link: Link) -> Envelope | None:
    """The states that come out of a link, encrypted; None where it does not deliver them."""
    parts = link.envelope(program.native)
    return None if parts is None else Envelope(*parts)


def open_envelope(
    program: Program, security: int, commitment: str, envelope: Envelope
) -> list[Integers]:
    """Decrypts states, and compares them with their commitment; in the program's order, flat.

    Raises:
        InvalidProof: They are others, or the key is.
        InputError: Ciphertext or key are none.
    """
    ciphertext, key = envelope.ciphertext, envelope.key
    return _native.open_envelope(program.native, security, commitment, ciphertext, key)


def hash_ciphertext(ciphertext: bytes) -> str:
    """What statements call a ciphertext by, hexadecimal.

    Raises:
        InputError: It is none.
    """
    return _native.hash_ciphertext(ciphertext)


def hash_key(key: bytes) -> str:
    """What statements call the key of an envelope by, hexadecimal.

    Raises:
        InputError: It is none.
    """
    return _native.hash_key(key)


def seal_link(program: Program, order: Order, position: Position, keep: Sequence[int]) -> Link:
    """Makes the link ready that closes the run and leaves a fresh copy of the states.

    Shards in `keep` are copied as well, for a run that continues this one.
    """
    return _native.seal_link(
        program.native,
        order.to_json(),
        position.at(program),
        position.states,
        dict(position.shards),
        list(keep),
        position.seed,
    )


def prove(
    program: Program, link: Link, threads: int | None = None, progress: Progress | None = None
) -> Unopened:
    """Proves everything of a link that needs no other link; on so many threads, or on all."""
    return link.prove(program.native, threads, progress)


def prove_received(program: Program, link: bytes, threads: int) -> tuple[bytes, Phases]:
    """`prove` for a link of another process, which `receive` takes the answer back to."""
    unopened = _native.Link.from_bytes(link).prove(program.native, threads)
    phases = tuple(unopened.phases)
    return unopened.to_bytes(), phases


def receive(program: Program, link: Link, proved: bytes) -> Unopened:
    """Takes over what another process proved, and verifies it.

    Raises:
        InvalidProof: It is no proof of this link.
    """
    return link.receive(program.native, proved)


def open_link(
    program: Program,
    link: Link,
    unopened: Unopened,
    states: Held | None,
    shards: Mapping[int, Held],
    progress: Progress | None,
) -> Proven:
    """Opens what comes into a link, which ends its proof.

    `states` and `shards` are what it was made ready from, with the claims that the links before
    left on them. They are spent from the moment at which the link leaves the process.
    """
    proof, fresh, copies, phases = link.open(
        program.native, unopened, states, dict(shards), progress
    )
    return Proven(proof, fresh, copies, tuple(phases))


def statement_digest(link: bytes) -> str:
    """Keccak-256 of what a link states, hexadecimal."""
    return _native.statement_digest(link)


def channel_of(link: bytes) -> Channel:
    """The channel that a link says it is on.

    Raises:
        InvalidProof: It is no link.
    """
    channel: Channel = statement(link)["channel"].lower()
    return channel


def statement(link: bytes) -> dict[str, Any]:
    """What a link states, field by field; digests are lists of their bytes.

    Raises:
        InvalidProof: It is no link.
    """
    stated: dict[str, Any] = json.loads(_native.link_statement(link))
    return stated


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

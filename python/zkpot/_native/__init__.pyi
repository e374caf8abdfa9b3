"""Types of the extension module, which is written in Rust (rust/python)."""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.channel import Channel

VERSION: str
ARITHMETIC_VERSION: int
# baseline, v3 (AVX2) or v4 (AVX-512): the level of x86-64 that it is compiled for.
BUILD: str
# Field elements in a vector.
LANES: int

Integers = npt.NDArray[np.int64]
# Called with what is being done, how much of it is done, and of how much. What it raises
# ends the work and is raised again.
Progress = Callable[[str, int, int], None]

def runnable_builds() -> list[str]: ...
def release_memory() -> None: ...

class Program:
    @staticmethod
    def from_json(text: str) -> Program: ...
    @staticmethod
    def from_bytes(content: bytes) -> Program: ...
    def to_json(self) -> str: ...
    def to_bytes(self) -> bytes: ...
    def evaluation(self) -> Program: ...
    def bounds(self) -> list[tuple[int, int]]: ...
    def security(self, steps: int, security: int = 100, channel: Channel = "hiding") -> str: ...
    def work(
        self,
        kind: str,
        steps: int,
        states: bool | None,
        shards: Sequence[tuple[int, bool, bool]],
        channel: Channel = "hiding",
    ) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def batch(self) -> int: ...
    @property
    def max_steps(self) -> int: ...

class Held:
    """A commitment with its secret opening."""

    @staticmethod
    def from_bytes(content: bytes) -> Held: ...
    def to_bytes(self) -> bytes: ...
    @property
    def root(self) -> str: ...
    @property
    def security(self) -> int: ...
    def states(self) -> list[Integers]: ...

def train(
    program: Program,
    states: Sequence[Integers],
    fields: Sequence[Integers],
    scalars: Sequence[Sequence[int]],
    nonce: str,
    progress: Progress | None = None,
    *,
    shard_rows: Sequence[int] | None = None,
    first_step: int = 0,
    steps: int | None = None,
) -> tuple[list[Integers], list[float]]: ...
def trace_link(
    program: Program,
    states: Sequence[Integers],
    data: Sequence[Integers],
    scalars: Sequence[Sequence[int]],
    first_step: int,
    steps: int,
    seed: str | None = None,
) -> dict[str, Any]: ...
def random_tensor(
    seed: str, step: int, ordinal: int, numerator: int, bits: int, elements: int
) -> Integers: ...
def scheduled_rows(
    seed: str,
    shard_rows: Sequence[int],
    first_step: int,
    steps: int,
    batch: int,
    channel: Channel = "hiding",
) -> npt.NDArray[np.uint32]: ...
def evaluate(
    program: Program, states: Sequence[Integers], fields: Sequence[Integers]
) -> dict[str, Any]: ...
def initial_states(program: Program, seed: str) -> list[Integers]: ...
def commit_states(
    program: Program, states: Sequence[Integers], security: int = 100, channel: Channel = "hiding"
) -> Held: ...
def commit_shard(
    program: Program,
    fields: Sequence[Integers],
    public: bool = False,
    security: int = 100,
    channel: Channel = "hiding",
) -> Held: ...

class Link:
    """A link before its proof: what comes out of it is committed to."""

    @staticmethod
    def from_bytes(content: bytes) -> Link: ...
    def to_bytes(self) -> bytes: ...
    @property
    def digest(self) -> str: ...
    @property
    def states(self) -> Held | None: ...
    @property
    def shards(self) -> dict[int, Held | None]: ...
    def envelope(self, program: Program) -> tuple[bytes, bytes] | None: ...
    @property
    def losses(self) -> list[float]: ...
    @property
    def seconds_training(self) -> float: ...
    def prove(
        self, program: Program, threads: int | None = None, progress: Progress | None = None
    ) -> Unopened: ...
    def receive(self, program: Program, content: bytes) -> Unopened: ...
    def open(
        self,
        program: Program,
        unopened: Unopened,
        states: Held | None,
        shards: dict[int, Held],
        progress: Progress | None = None,
    ) -> tuple[bytes, Held | None, dict[int, Held | None], list[tuple[str, float]]]: ...

class Unopened:
    """A link that waits for the claims of other links."""

    @property
    def phases(self) -> list[tuple[str, float]]: ...
    def to_bytes(self) -> bytes: ...

def import_link(
    program: Program,
    order: str,
    at: tuple[str, int, Channel],
    states: Held | None,
    shards: dict[int, Held],
    seed: bytes,
) -> Link: ...
def train_link(
    program: Program,
    order: str,
    at: tuple[str, int, Channel],
    states: Held,
    shards: dict[int, Held],
    scalars: Sequence[Sequence[int]],
    steps: int,
    keep: Sequence[int],
    witness: bool,
    envelope: bool,
    seed: bytes,
    progress: Progress | None = None,
) -> Link: ...
def seal_link(
    program: Program,
    order: str,
    at: tuple[str, int, Channel],
    states: Held,
    shards: dict[int, Held],
    keep: Sequence[int],
    seed: bytes,
) -> Link: ...
def continuation(
    program: Program, last_link: bytes, states: Held, shards: dict[int, Held], data_root: str
) -> str: ...
def verify_run(program: bytes, order: str, links: Iterable[bytes], expectations: str) -> str: ...
def verify_bundle(bundle: bytes, expectations: str, limits: str) -> tuple[int, str, str, int]: ...
def answer_wrapped(
    circuit: bytes, proof: bytes, expectations: str
) -> tuple[int, str, str, int]: ...
def scheduled_shards(
    program: Program, order: str, first_step: int, steps: int, channel: Channel = "hiding"
) -> list[int]: ...
def data_root(shards: Sequence[str], shard_rows: Sequence[int]) -> str: ...
def link_statement(link: bytes) -> str: ...
def statement_digest(link: bytes) -> str: ...

class Sponge:
    """A transcript's sponge from its last hash on, for openings alone."""

    def __init__(self, block: bytes, drawn: int) -> None: ...
    def observe(self, element: int) -> None: ...
    def sample(self) -> int: ...
    def verify_opening(
        self,
        commitment: bytes,
        variables: int,
        lasting: bool,
        security: int,
        channel: Channel,
        points: Sequence[Sequence[tuple[int, int, int]]],
        values: Sequence[tuple[int, int, int]],
        proof: bytes,
    ) -> tuple[float, float]: ...

def hash_ciphertext(ciphertext: bytes) -> str: ...
def hash_key(key: bytes) -> str: ...
def open_envelope(
    program: Program, security: int, commitment: str, ciphertext: bytes, key: bytes
) -> list[Integers]: ...

class WrapCircuit:
    """The circuit of wrapped runs of one shape."""

    def __init__(
        self,
        program: Program,
        steps: Sequence[int],
        rows: int,
        security: int,
        envelopes: bool,
    ) -> None: ...
    @property
    def k(self) -> int: ...
    @property
    def columns(self) -> int: ...
    def set_up(
        self, folder: str | PathLike[str], name: str, parameters: str | PathLike[str] | None
    ) -> WrapKeys: ...
    def prove(
        self,
        keys: WrapKeys,
        links: Sequence[bytes],
        envelopes: Sequence[tuple[bytes, bytes]],
    ) -> tuple[str, bytes]: ...

class FrontShape(Protocol):
    """What the front of a circuit is made with."""

    @property
    def program(self) -> str: ...
    @property
    def security(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def scalars(self) -> int: ...
    @property
    def outputs(self) -> int: ...
    @property
    def links(self) -> int: ...
    @property
    def mostSteps(self) -> int: ...  # noqa: N802 - as the contract calls it
    @property
    def proofBytes(self) -> int: ...  # noqa: N802
    @property
    def envelopes(self) -> bool: ...

class WrapKeys:
    """Keys of a circuit."""

    @staticmethod
    def read(folder: str | PathLike[str], name: str) -> WrapKeys | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def known(self) -> bool: ...
    @property
    def proof_bytes(self) -> int: ...
    def contract(self) -> str: ...
    def circuit(self, shape: FrontShape) -> bytes: ...
    def verify(self, inputs: Sequence[bytes], proof: bytes) -> None: ...

class WrapVerifier:
    """The verifier of a circuit's proofs, without its keys."""

    @staticmethod
    def from_bytes(content: bytes) -> WrapVerifier: ...
    @property
    def circuit(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def known(self) -> bool: ...
    def verify(self, text: bytes) -> bytes: ...

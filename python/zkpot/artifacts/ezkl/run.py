"""A run of EZKL proofs in a folder.

    public/run.json             which circuit, keys and SRS, and how many steps
    public/circuit.onnx, terms.json, vk
    public/step-000000.json     one proof a step
    secret/state.json           weights after the last proven step, with their salt (mode 0600)

`public` is what a verifier gets. The state is written after the proof that leads to it, so that
a run which was killed goes on with the step whose proof may be half there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from zkpot.artifacts.durable import SECRET, unwritable, write_file
from zkpot.artifacts.ezkl.circuit import LARGEST_FILE, Circuit, json_bytes
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.reading import read_bounded
from zkpot.errors import InputError

_Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
#: A verifier holds all proofs at once, so there are not many.
LONGEST = 4096
Steps = Annotated[int, msgspec.Meta(ge=1, le=LONGEST)]
_LARGEST_PROOF = 1 << 18

_RUN, _STATE = "run.json", "state.json"


@dataclass(frozen=True)
class Description:
    """What run.json says.

    Attributes:
        circuit: Digest of the circuit.
        vk: SHA-256 of the verifying key.
        srs: What names the SRS.
        test_srs: Whether it is a test SRS.
        steps: How many steps the run has.
    """

    circuit: _Digest
    vk: _Digest
    srs: _Digest
    test_srs: bool
    steps: Steps
    format: Literal["zkpot.ezkl.run"] = "zkpot.ezkl.run"
    version: Literal[1] = 1


@dataclass(frozen=True)
class State:
    """The owner's side of a run: how far it is, and with which integers it goes on."""

    steps: Annotated[int, msgspec.Meta(ge=0)]
    vector: tuple[int, ...]


class EzklRun:
    """The folder of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.secret = path / "secret"

    @property
    def public(self) -> Path:
        """Its public part: the folder itself where only that was handed over."""
        inner = self.path / "public"
        return self.path if not inner.exists() and (self.path / _RUN).exists() else inner

    @property
    def vk(self) -> Path:
        """The verifying key."""
        return self.public / "vk"

    @property
    def begun(self) -> bool:
        """Whether a run is there."""
        return (self.public / _RUN).exists()

    def description(self) -> Description:
        """What run.json says.

        Raises:
            InputError: There is no run.
        """
        path = self.public / _RUN
        try:
            return parse(read_bounded(path, LARGEST_FILE), Description)
        except ValueError as error:
            raise InputError(f"{path}: not a run of EZKL proofs ({error})") from error

    def begin(self, description: Description, circuit: Circuit, vk: bytes, state: State) -> None:
        """Makes the folder; run.json is written last, so that a folder with it is whole."""
        try:
            self.public.mkdir(parents=True, exist_ok=True)
            self.secret.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise unwritable(self.path, error) from error
        circuit.write(self.public)
        write_file(self.vk, vk)
        self.write_state(state)
        self.describe(description)

    def describe(self, description: Description) -> None:
        """Writes run.json."""
        write_file(self.public / _RUN, json_bytes(asdict(description)))

    def circuit(self) -> Circuit:
        """The circuit that its steps are proven with."""
        return Circuit.read(self.public)

    def state(self) -> State:
        """Where the owner's side stands.

        Raises:
            InputError: It is gone or damaged.
        """
        path = self.secret / _STATE
        try:
            return parse(read_bounded(path, 1 << 30), State)
        except ValueError as error:
            raise InputError(f"{path}: damaged ({error}); the run cannot go on") from error

    def write_state(self, state: State) -> None:
        """For the owner only."""
        write_file(self.secret / _STATE, json.dumps(asdict(state)).encode(), SECRET)

    def write_step(self, step: int, proof: object) -> None:
        """A step's proof."""
        write_file(self._step(step), json_bytes(proof))

    def read_step(self, step: int) -> bytes | None:
        """A step's proof as it stands there, or None."""
        path = self._step(step)
        return read_bounded(path, _LARGEST_PROOF) if path.exists() else None

    def _step(self, step: int) -> Path:
        return self.public / f"step-{step:06}.json"

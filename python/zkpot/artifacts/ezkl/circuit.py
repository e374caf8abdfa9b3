"""A circuit in a folder.

circuit.onnx            the graph, without weights: public
terms.json              what the circuit is made with: public
vk, pk, keys.json       keys, once they are set up; keys.json says with which SRS
initial.safetensors     the step's weights: for their owner only (mode 0600)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.durable import SECRET, unwritable, write_file
from zkpot.artifacts.ezkl.terms import Terms, digest
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.reading import read_bounded
from zkpot.errors import InputError

Floats = npt.NDArray[np.float32]

#: A graph without weights is small; nobody's file may fill the memory.
LARGEST_FILE = 1 << 26

_GRAPH, _TERMS, _INITIAL, _KEYS = "circuit.onnx", "terms.json", "initial.safetensors", "keys.json"


@dataclass(frozen=True)
class Circuit:
    """A graph and the terms on which it becomes a circuit.

    Attributes:
        terms: Precision, size, link, layout.
        graph: ONNX bytes.
    """

    terms: Terms
    graph: bytes

    @property
    def digest(self) -> str:
        """What names it."""
        return digest(self.terms, self.graph)

    @classmethod
    def read(cls, folder: Path) -> Circuit:
        """From a folder.

        Raises:
            InputError: There is none, or it is damaged.
        """
        try:
            terms = Terms.from_json(read_bounded(folder / _TERMS, LARGEST_FILE))
        except ValueError as error:
            raise InputError(f"{folder / _TERMS}: not the terms of a circuit ({error})") from error
        return cls(terms, read_bounded(folder / _GRAPH, LARGEST_FILE))

    def write(self, folder: Path) -> None:
        """Writes the two public files; the terms last, so that a folder with them is whole."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        write_file(folder / _GRAPH, self.graph)
        write_file(folder / _TERMS, self.terms.to_json())


@dataclass(frozen=True)
class Keys:
    """What keys.json says.

    Attributes:
        circuit: Digest of the circuit.
        vk: SHA-256 of the verifying key.
        srs: What names the SRS; see `zkpot/backends/ezkl/srs.py`.
        test_srs: Whether it is a test SRS, whose maker can forge proofs.
    """

    circuit: str
    vk: str
    srs: str
    test_srs: bool


class CircuitDirectory:
    """The folder of a circuit, its keys and its owner's first weights."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.vk = path / "vk"
        self.pk = path / "pk"

    @property
    def made(self) -> bool:
        """Whether a circuit is there."""
        return (self.path / _TERMS).exists()

    def circuit(self) -> Circuit:
        """The circuit.

        Raises:
            InputError: There is none.
        """
        return Circuit.read(self.path)

    def keys(self) -> Keys | None:
        """What the keys were set up with, if they are there and whole."""
        path = self.path / _KEYS
        if not path.exists():
            return None
        try:
            return parse(read_bounded(path, LARGEST_FILE), Keys)
        except ValueError as error:
            raise InputError(f"{path}: damaged ({error}); delete it and set up again") from error

    def write_keys(self, keys: Keys) -> None:
        """Says that the keys beside it are whole."""
        write_file(self.path / _KEYS, json.dumps(asdict(keys), indent=1).encode())

    def forget_keys(self) -> None:
        """Before new ones are made."""
        (self.path / _KEYS).unlink(missing_ok=True)

    def initial(self) -> dict[str, Floats] | None:
        """The step's weights by state, if they are here."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self.path / _INITIAL
        if not path.exists():
            return None
        try:
            return load_file(path)
        except (OSError, SafetensorError) as error:
            raise InputError(f"{path}: not a readable .safetensors file ({error})") from error

    def write_initial(self, states: Mapping[str, Floats]) -> None:
        """Keeps the step's weights, for their owner only."""
        from safetensors.numpy import save

        write_file(self.path / _INITIAL, save(dict(states)), SECRET)


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def json_bytes(value: Any) -> bytes:
    """A value as zkpot's files hold it."""
    return json.dumps(value, indent=1).encode()

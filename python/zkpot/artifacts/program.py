"""The program file (.zkprog) and the owner's initial state beside it.

A program is public: its digest names the computation in every statement. The initial weights
may be secret, so they are no part of it. `write` puts them into a second file beside it,
readable by its owner only, which is picked up again when the program is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from zkpot import _native
from zkpot.artifacts.durable import write_file
from zkpot.artifacts.initial import InitialState
from zkpot.errors import InputError

SUFFIX = ".zkprog"


@dataclass(frozen=True)
class Field:
    """A field of a data row.

    `classes` is the number of classes where the field holds class numbers, otherwise None.
    """

    name: str
    row_shape: tuple[int, ...]
    lo: int
    hi: int
    classes: int | None


@dataclass(frozen=True)
class State:
    """A parameter or a piece of optimizer state; `name` is `param.<name>` or `state.<...>`.

    `shape` is that of its tensor in the program, which may split axes; `outside` is the shape by
    which the model knows it.
    """

    name: str
    shape: tuple[int, ...]
    outside: tuple[int, ...]
    lo: int
    hi: int


@dataclass(frozen=True)
class Scalar:
    """A public number that may change from step to step: a learning rate."""

    name: str
    fraction_bits: int
    lo: int
    hi: int


class Program:
    """A fixed-point training step.

    Attributes:
        native: What the prover works with.
        initial: The weights that training starts from, if they are known.
    """

    def __init__(self, native: _native.Program, initial: InitialState | None = None) -> None:
        self.native = native
        self.initial = initial

    @classmethod
    def from_description(
        cls, description: Mapping[str, Any], initial: InitialState | None = None
    ) -> Program:
        """A program from its JSON form, checked.

        Raises:
            InputError: It is not well formed, or a bound reaches half the field.
        """
        return cls(_native.Program.from_json(json.dumps(description)), initial)

    @classmethod
    def read_public(cls, path: str | Path) -> Program:
        """Reads a program file alone."""
        path = Path(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: not readable ({error.strerror or error})") from error
        try:
            return cls.from_bytes(content)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error

    @classmethod
    def from_bytes(cls, content: bytes) -> Program:
        """A program from its file's bytes."""
        return cls(_native.Program.from_bytes(content))

    @classmethod
    def read(cls, path: str | Path) -> Program:
        """Reads a program, and the initial state beside it where there is one."""
        path = Path(path)
        program = cls.read_public(path)
        beside = initial_path(path)
        if beside.exists():
            program.initial = InitialState.read(beside, program.digest)
        return program

    def write(self, path: str | Path) -> list[Path]:
        """Writes the program, and its initial state beside it; returns what was written."""
        path = Path(path)
        write_file(path, self.native.to_bytes())
        if self.initial is None:
            return [path]
        beside = initial_path(path)
        self.initial.write(beside, self.digest)
        return [path, beside]

    def evaluation(self) -> Program:
        """The program that evaluates this one's model on a dataset; it follows from this one.

        Raises:
            InputError: This program names no prediction.
        """
        return Program(self.native.evaluation())

    @property
    def digest(self) -> str:
        """What names the program in statements, hexadecimal."""
        return self.native.digest

    @cached_property
    def description(self) -> dict[str, Any]:
        """The program's JSON form, as Rust's `zkpot_ir::Program` defines it."""
        value = json.loads(self.native.to_json())
        assert isinstance(value, dict)
        return value

    @property
    def name(self) -> str:
        """What its author called it."""
        return str(self.description["name"])

    @property
    def window(self) -> int:
        """Training steps that are proven together, as one step of the program."""
        return int(self.description["window"])

    @property
    def batch(self) -> int:
        """Rows that a training step reads."""
        return int(self.description["batch"]) // self.window

    @property
    def max_steps(self) -> int:
        """The longest link, in training steps, for which the integer bounds hold."""
        return int(self.description["max_steps"]) * self.window

    def whole_windows(self, steps: int) -> int:
        """The least number of training steps, `steps` or more, that is one of whole windows."""
        return -(-steps // self.window) * self.window

    @cached_property
    def fields(self) -> list[Field]:
        """The fields of a data row, in order."""
        return [
            Field(
                name=field["name"],
                row_shape=tuple(self._tensor(field["tensor"])["shape"][1:]),
                lo=self._lo(field["tensor"]),
                hi=self._hi(field["tensor"]),
                classes=self._classes(field["tensor"]),
            )
            for field in self.description["data"]
        ]

    @cached_property
    def states(self) -> list[State]:
        """Parameters and optimizer state, in the order in which they are committed."""
        return [
            State(
                name=state["name"],
                shape=tuple(self._tensor(state["tensor"])["shape"]),
                outside=tuple(state["shape"]),
                lo=self._lo(state["tensor"]),
                hi=self._hi(state["tensor"]),
            )
            for state in self.description["states"]
        ]

    @cached_property
    def scalars(self) -> list[Scalar]:
        """Public numbers that each step is given."""
        return [Scalar(**scalar) for scalar in self.description["scalars"]]

    def _tensor(self, index: int) -> dict[str, Any]:
        tensor: dict[str, Any] = self.description["tensors"][index]
        return tensor

    def _lo(self, index: int) -> int:
        return int(self._tensor(index)["range"]["lo"])

    def _hi(self, index: int) -> int:
        tensor = self._tensor(index)["range"]
        return int(tensor["lo"]) + (1 << int(tensor["bits"])) - 1

    def _classes(self, index: int) -> int | None:
        read = {index}
        for node in self.description["nodes"]:
            if "Sum" in node and [t["left"]["tensor"] for t in node["Sum"]["terms"]] == [index]:
                # The rows of one step of a window.
                read.add(node["Sum"]["out"])
            encoding = node.get("OneHot")
            if encoding is not None and encoding["input"] in read:
                return int(self._tensor(encoding["out"])["shape"][-1])
        return None


def initial_path(program: Path) -> Path:
    """Where the initial state of a program file stands."""
    return program.with_suffix(".initial.safetensors")

"""The integers that training starts from: weights, optimizer state, default learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.durable import SECRET, write_file
from zkpot.errors import InputError

Integers = npt.NDArray[np.int64]

_RATE = "rate."
_STATE = "state."
# Key of the file's metadata that names the program whose integers these are.
_PROGRAM = "zkpot.program"


@dataclass(frozen=True)
class InitialState:
    """Initial integers of each state, by role name, and default values of the scalars."""

    states: Mapping[str, Integers]
    rates: Mapping[str, float]

    def write(self, path: Path, program: str) -> None:
        """Writes a .safetensors file that only its owner may read."""
        from safetensors.numpy import save

        tensors: dict[str, npt.NDArray[np.generic]] = {
            _STATE + name: np.ascontiguousarray(value) for name, value in self.states.items()
        }
        tensors |= {_RATE + name: np.array(value) for name, value in self.rates.items()}
        write_file(path, save(tensors, {_PROGRAM: program}), SECRET)

    @staticmethod
    def stands_in(path: Path) -> bool:
        """Whether a .safetensors file says that it is one; what cannot be read says nothing."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as file:
                return _PROGRAM in (file.metadata() or {})
        except (OSError, SafetensorError, TypeError, ValueError):
            return False

    @classmethod
    def read(cls, path: Path, program: str) -> InitialState:
        """Reads such a file.

        Raises:
            InputError: It is damaged, or belongs to another program.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as file:
                found = (file.metadata() or {}).get(_PROGRAM)
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError, TypeError, ValueError) as error:
            raise InputError(f"{path}: not a readable .safetensors file ({error})") from error
        if found != program:
            raise InputError(
                f"{path}: holds the initial weights of another program; "
                "compile the step again, or delete the file and give the model's with --weights"
            )
        return cls(
            states={
                name.removeprefix(_STATE): value.astype(np.int64)
                for name, value in tensors.items()
                if name.startswith(_STATE)
            },
            rates={
                name.removeprefix(_RATE): float(value)
                for name, value in tensors.items()
                if name.startswith(_RATE)
            },
        )

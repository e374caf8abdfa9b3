"""The owner's copy of trained weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.durable import SECRET, write_file
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.pipeline.integers import parameters


@dataclass(frozen=True)
class Written:
    """What was written: after how many steps, and the shape of each tensor."""

    steps: int
    shapes: Mapping[str, tuple[int, ...]]


def write_weights(directory: Path, out: Path) -> Written:
    """Writes the newest weights of a run as a .safetensors file."""
    run = RunDirectory.existing(directory)
    program = Program.from_bytes(run.program)
    states = native.read_held(run.opening(run.state.states)).states()
    weights = parameters(program, states)
    write_tensors(out, weights)
    return Written(run.state.steps, {name: value.shape for name, value in weights.items()})


def write_tensors(path: Path, tensors: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Writes a .safetensors file that only its owner may read."""
    from safetensors.numpy import save

    content = save({name: np.ascontiguousarray(value) for name, value in tensors.items()})
    write_file(path, content, SECRET)

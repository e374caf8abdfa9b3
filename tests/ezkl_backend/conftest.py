"""Runs of EZKL proofs, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zkpot
from models.mlp import squared_error
from zkpot.artifacts.ezkl.circuit import CircuitDirectory
from zkpot.artifacts.ezkl.receipt import EzklReceipt
from zkpot.data import Dataset, read_dataset
from zkpot.pipeline.ezkl.compiling import compile_circuit
from zkpot.pipeline.ezkl.proving import prove_steps
from zkpot.pipeline.ezkl.verification import verify_steps


@dataclass(frozen=True)
class Example:
    """A step with data, its circuit and a run of it."""

    folder: Path
    steps: int

    @property
    def step(self) -> Path:
        return self.folder / "step.onnx"

    @property
    def npz(self) -> Path:
        return self.folder / "data.npz"

    @property
    def data(self) -> Dataset:
        return read_dataset(self.npz)

    @property
    def circuit(self) -> CircuitDirectory:
        return CircuitDirectory(self.folder / "circuit")

    @property
    def run(self) -> Path:
        return self.folder / "run"

    def copy(self, target: Path) -> Path:
        """The run's public part somewhere else, to be tampered with."""
        shutil.copytree(self.run / "public", target)
        return target

    def verify(self, path: Path | None = None, **expectations: Any) -> EzklReceipt:
        return verify_steps(path or self.run, test_srs=True, **expectations)


def write_example(folder: Path, widths: list[int], batch: int) -> Example:
    folder.mkdir(parents=True, exist_ok=True)
    example = Example(folder, 0)
    zkpot.export_step(*squared_error(widths, batch=batch)).save(example.step)
    random = np.random.default_rng(0)
    rows = 3 * batch
    np.savez(
        example.npz,
        x=random.random((rows, widths[0]), np.float32) - np.float32(0.5),
        y=random.random((rows, widths[-1]), np.float32),
    )
    return example


def make_example(folder: Path, widths: list[int], batch: int, steps: int, link: Any) -> Example:
    example = write_example(folder, widths, batch)
    compile_circuit(example.step, example.data, link=link, folder=example.circuit.path)
    if steps:
        prove_steps(example.circuit, example.data, steps, example.run, test_srs=True)
    return Example(folder, steps)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where test SRSs of these tests stand."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Two steps of 4-4-2 with B = 2."""
    return make_example(tmp_path_factory.mktemp("committed"), [4, 4, 2], 2, 2, "committed")


@pytest.fixture(scope="session")
def hashed(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Two steps of one layer, 2-2 with B = 1."""
    return make_example(tmp_path_factory.mktemp("hashed"), [2, 2], 1, 2, "hashed")


@pytest.fixture(scope="session")
def sixteen(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """16-16-4 with B = 4: a step and data."""
    return write_example(tmp_path_factory.mktemp("sixteen"), [16, 16, 4], 4)


@pytest.fixture(scope="session")
def agreed(committed: Example) -> dict[str, str]:
    """The circuit that was agreed on, and its key, which the verifier made itself."""
    receipt = committed.verify(step=committed.step)
    return {"circuit": receipt.circuit, "vk": receipt.vk}

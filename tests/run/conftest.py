"""Small programs: one for runs in processes of their own, one for the stand-in of the prover."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step
from stand_in import Native, description, install

from zkpot.artifacts.initial import InitialState
from zkpot.artifacts.program import Program
from zkpot.pipeline.compiling import compile_step, dataset_of


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    data = write_small_step(folder / "small.onnx")
    np.savez(folder / "d.npz", **data)
    dataset = dataset_of(folder / "d.npz")
    compile_step(folder / "small.onnx", dataset).program.write(folder / "small.zkprog")
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    for name in ("small.zkprog", "small.initial.safetensors", "d.npz"):
        (tmp_path / name).write_bytes((prepared / name).read_bytes())
    return tmp_path


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> Native:
    return install(monkeypatch)


@pytest.fixture
def program(native: Native) -> Program:
    initial = InitialState({"param.w": np.arange(30).reshape(3, 10)}, {"lr.0": 0.125})
    return Program.from_description(description(), initial)

"""A small program and its data, for runs in processes of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

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

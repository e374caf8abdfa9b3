"""Fixtures of the compiler's tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from zkpot import _native
from zkpot.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def check():
    """Rust's check: program text -> {tensor: (lo, hi)}; raises ValueError with its reason."""

    def run(text: str) -> dict[str, tuple[int, int]]:
        try:
            program = _native.Program.from_json(text)
        except InputError as error:
            raise ValueError(str(error)) from error
        names = [tensor["name"] for tensor in json.loads(text)["tensors"]]
        return dict(zip(names, program.bounds(), strict=True))

    return run


@pytest.fixture(scope="session")
def digits():
    """8 x 8 digits: training and test rows, x in sixteenths."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    x = (bunch.data / 16).astype(np.float32)[order]
    y = bunch.target.astype(np.int64)[order]
    return {"x": x[:1437], "y": y[:1437]}, {"x": x[1437:], "y": y[1437:]}


@pytest.fixture
def small():
    """Few random rows for networks of 12 inputs and 5 classes or outputs."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((64, 12)).astype(np.float32)
    return {
        "labels": {"x": x, "y": rng.integers(0, 5, 64)},
        "values": {"x": x, "y": rng.standard_normal((64, 5)).astype(np.float32)},
    }

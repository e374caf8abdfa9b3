"""Fixtures of the compiler's tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def check():
    """The Rust checker: program text -> {tensor: (lo, hi)}; raises ValueError with its reason."""
    root = Path(__file__).parents[2]
    if shutil.which("cargo") is None:
        pytest.skip("needs cargo")
    build = ["cargo", "build", "-q", "--release", "-p", "zkpot-ir", "--example", "check"]
    if subprocess.run(build, cwd=root, check=False).returncode:
        pytest.skip("the checker does not build here")
    target = Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))

    def run(text: str) -> dict[str, tuple[int, int]]:
        result = subprocess.run(
            [target / "release/examples/check"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ValueError(result.stderr.strip())
        bounds = {}
        for line in result.stdout.splitlines()[1:]:
            lo, hi, name = line.split(" ", 2)
            bounds[name] = (int(lo), int(hi))
        return bounds

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

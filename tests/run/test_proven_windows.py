"""A program whose step is a window of training steps is proven as any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import zkpot
from zkpot.errors import InvalidProof
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier import verify_run

WINDOW, ROWS = 4, 16


def test_deferred_weights_are_proven(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(96, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    x = np.random.default_rng(1).uniform(0, 1, (256, 96)).astype(np.float32)
    data = {"x": x, "y": x[:, :10].argmax(-1)}
    batch = tuple(torch.from_numpy(data[name][:ROWS]) for name in ("x", "y"))
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-5)
    step = zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch)
    program = zkpot.compile(step, data, window=WINDOW)
    assert program.batch == WINDOW * ROWS

    directory = tmp_path / "run"
    zkpot.Run(program, data, directory, seed=1).prove(4)
    receipt = zkpot.verify(directory, program=program, steps=4)
    assert receipt.steps == 4
    bundle = read_bundle(directory)
    assert verify_run(bundle.program, bundle.order, bundle.links).steps == 4
    other = zkpot.compile(step, data, window=2)
    with pytest.raises(InvalidProof):
        zkpot.verify(directory, program=other)

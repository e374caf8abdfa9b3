"""Small runs on the real prover, one of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
    return Runs(folder)

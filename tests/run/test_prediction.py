"""What `inspect` predicts, against what was measured; docs/benchmarks.md has the figures."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from small_run import command

import zkpot
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.pipeline import prediction
from zkpot.step.source import load_source

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 0.3
# Steps, rows committed, seconds, bytes at the peak, bytes of the proof: medians on two cores.
MEASURED = {
    "bench_64_16_10": [(1, 8, 0.44, 135e6, 2.29e6), (64, 512, 0.605, 191e6, 2.5e6)],
    "bench_128_64_10": [(1, 16, 0.442, 165e6, 2.34e6), (64, 1024, 0.955, 452e6, 2.92e6)],
    "mnist": [(64, 4096, 8.53, 3442e6, 4.46e6), (64, 60_000, 12.9, 3684e6, 4.46e6)],
}


@pytest.mark.parametrize("model", MEASURED)
def test_predictions_of_the_benchmarks(model: str) -> None:
    step = zkpot.export_step(*load_source(f"{ROOT / 'models' / 'mlp.py'}:{model}"))
    program = zkpot.compile(step, random_data(model))
    for steps, rows, seconds, memory, proof in MEASURED[model]:
        shards = [min(4096, rows - start) for start in range(0, rows, 4096)]
        assert prediction.run_seconds(program, shards, steps) == pytest.approx(seconds, rel=WITHIN)
        assert prediction.proof_bytes(program, shards, steps) == pytest.approx(proof, rel=WITHIN)
        needed = prediction.link_memory(program, shards, steps)
        assert memory <= needed <= (1 + WITHIN) * memory


def test_predictions_of_a_run_of_many_links(folder: Path) -> None:
    """Proofs and memory do not depend on how busy the machine is."""
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    program = Program.read(folder / "small.zkprog")
    records = RunDirectory(folder / "run").journal.records
    found = {record.kind: record.link_bytes for record in records}
    predicted = prediction.proof_bytes(program, [8, 8, 8], 2)
    assert predicted == pytest.approx(sum(found.values()), rel=WITHIN)


def random_data(model: str) -> tuple[np.ndarray, np.ndarray]:
    """As `benches/work.py` makes it: small, so that training is stable."""
    random = np.random.default_rng(0)
    inputs = {"bench_64_16_10": 64, "bench_128_64_10": 128, "mnist": 784}[model]
    x = random.random((1024, inputs), np.float32) / 16
    targets = random.random((1024, 10), np.float32)
    return x, targets.argmax(1) if model == "mnist" else targets

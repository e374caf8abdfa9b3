"""What `inspect` predicts, against what was measured; docs/benchmarks.md has the figures."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from small_run import command

import zkpot
from benches import page
from benches.sections import predictions
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import InputError
from zkpot.pipeline import prediction
from zkpot.pipeline.costing.breakdown import PROTOCOL, breakdown
from zkpot.pipeline.costing.layers import BACKWARD, DATA, FORWARD, UPDATE, own_name, places
from zkpot.pipeline.costing.link import Link
from zkpot.pipeline.costing.quantities import PHASES
from zkpot.pipeline.inspection import inspect
from zkpot.step.source import load_source

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 0.25
# Steps, rows committed, bytes at the peak, bytes of the proof: medians on two cores.
MEASURED = {
    "bench_64_16_10": [(1, 8, 147e6, 1.42e6), (64, 512, 188e6, 1.45e6)],
    "bench_128_64_10": [(1, 16, 152e6, 1.46e6), (64, 1024, 382e6, 1.55e6)],
    "mnist": [(64, 4096, 3126e6, 1.91e6), (64, 60_000, 3323e6, 1.92e6)],
}


@pytest.mark.parametrize("model", MEASURED)
def test_predictions_of_the_benchmarks(model: str) -> None:
    program = compiled(model)
    for steps, rows, memory, proof in MEASURED[model]:
        shards = [min(4096, rows - start) for start in range(0, rows, 4096)]
        assert prediction.proof_bytes(program, shards, steps) == pytest.approx(proof, rel=WITHIN)
        assert prediction.link_memory(program, shards, steps) == pytest.approx(memory, rel=WITHIN)
        assert prediction.run_seconds(program, shards, steps) > 0


def test_predictions_of_a_run_of_many_links(folder: Path) -> None:
    """Proofs and memory do not depend on how busy the machine is."""
    done = subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    program = Program.read(folder / "small.zkprog")
    records = RunDirectory(folder / "run").journal.records
    found = {record.kind: record.link_bytes for record in records}
    predicted = prediction.proof_bytes(program, [8, 8, 8], 2)
    assert predicted == pytest.approx(sum(found.values()), rel=WITHIN)
    told = json.loads(done.stdout)
    needed = prediction.link_memory(program, [8, 8, 8], 2)
    assert needed == pytest.approx(told["peak_rss_bytes"], rel=WITHIN)
    # The phases are what proving took.
    assert set(told["phases"]) <= set(PHASES)
    assert sum(told["phases"].values()) == pytest.approx(told["seconds_proving"], rel=0.1)


def test_recorded_predictions_hold() -> None:
    """What docs/benchmarks.md shows: prices that no longer fit have to be measured again."""
    recorded = page.read()[predictions.NAME]
    for what in ("processor", "memory", "proof"):
        ratios = sorted(predictions.ratio(link, what) for link in recorded.cases.values())
        within = sum(1 - WITHIN <= ratio <= 1 + WITHIN for ratio in ratios)
        assert within >= 0.9 * len(ratios), (what, ratios)


def test_time_is_for_something(small: Program) -> None:
    links = prediction.links(small, [8 * 16], 8)
    found = breakdown(small, links)
    assert sum(found.phases().values()) == pytest.approx(sum(link.seconds for link in links))
    assert list(found.links()) == ["training", "seal"]
    layers = found.layers()
    named = {(part, layer) for part in (FORWARD, BACKWARD, UPDATE) for layer in ("0", "2")}
    # Nothing is backward of the first layer but its gradient, which the update rounds.
    assert named - {(BACKWARD, "0")} <= set(layers)
    assert (PROTOCOL, "tables") in layers
    training = next(link for link in links if link.kind == "training")
    assert sum(elements for _, elements in layers.values()) == training.committed
    # More steps are more for the layers; how many digits a range takes depends on how often.
    longer = breakdown(small, prediction.links(small, [32 * 16], 32)).layers()
    assert longer[FORWARD, "0"][1] > 2 * layers[FORWARD, "0"][1]


def test_tensors_are_of_the_module_whose_parameters_they_read(small: Program) -> None:
    found = {place.tensor: place for place in places(small.description)}
    assert (found["x"].part, found["y"].part) == (DATA, DATA)
    assert (found["prediction"].part, found["prediction"].layer) == (FORWARD, "2")
    assert (found["param.0.weight"].part, found["param.0.weight"].layer) == (FORWARD, "0")
    assert (found["new.param.2.bias"].part, found["new.param.2.bias"].layer) == (UPDATE, "2")
    assert own_name("v2/block0@3/wide") == own_name("v2@3") == "v2"


def test_steps_of_a_window_are_told_apart() -> None:
    window = compiled("mnist", window=4)
    links = prediction.links(window, [8 * window.batch], 8)
    layers = breakdown(window, links).layers()
    parts = {part for part, _ in layers}
    assert {part for part, layer in layers if layer == part} <= {DATA}
    assert parts == {FORWARD, BACKWARD, UPDATE, DATA, PROTOCOL}
    assert {layer for part, layer in layers if part == FORWARD} == {"0", "2"}
    training = next(link for link in links if link.kind == "training")
    assert training.executions == 2


def test_what_is_too_large_to_prove_has_no_price(small: Program) -> None:
    with pytest.raises(InputError, match=r"entries|limit|large"):
        prediction.links(small, [1 << 24], 8)


def test_a_link_that_could_not_be_proven_is_inspected_shorter(
    small: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.write(tmp_path / "p.zkprog")
    possible = prediction.links

    def limited(program: Program, rows: list[int], steps: int, **options: bool) -> list[Link]:
        if steps > 5:
            raise InputError("too large")
        return possible(program, rows, steps, **options)

    monkeypatch.setattr(prediction, "links", limited)
    assert inspect(tmp_path / "p.zkprog", 16).steps == 4


@pytest.fixture(scope="module")
def small() -> Program:
    return compiled("digits")


def compiled(model: str, **options: int) -> Program:
    step = zkpot.export_step(*load_source(f"{ROOT / 'models' / 'mlp.py'}:{model}"))
    return zkpot.compile(step, random_data(model), **options)


def random_data(model: str) -> tuple[np.ndarray, np.ndarray]:
    """As `benches/sources.py` makes it: small, so that training is stable."""
    random = np.random.default_rng(0)
    inputs = {"bench_64_16_10": 64, "bench_128_64_10": 128, "mnist": 784, "digits": 64}[model]
    x = random.random((1024, inputs), np.float32) / 16
    targets = random.random((1024, 10), np.float32)
    return x, targets.argmax(1) if model in ("mnist", "digits") else targets

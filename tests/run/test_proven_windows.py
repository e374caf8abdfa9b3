"""A program whose step is a window of training steps is proven as any other."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import zkpot
from zkpot.cli import zkpot as command
from zkpot.errors import InputError, InvalidProof, ValueOutOfRange
from zkpot.pipeline import verification
from zkpot.pipeline.training import train
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier import verify_run

WINDOW, ROWS, RATE = 4, 16, 2**-5


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    x = np.random.default_rng(1).uniform(0, 1, (256, 96)).astype(np.float32)
    return {"x": x, "y": x[:, :10].argmax(-1)}


@pytest.fixture(scope="module")
def step(data: dict[str, Any]) -> zkpot.Step:
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(96, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    batch = tuple(torch.from_numpy(data[name][:ROWS]) for name in ("x", "y"))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    return zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch)


@pytest.fixture(scope="module")
def program(step: zkpot.Step, data: dict[str, Any]) -> zkpot.Program:
    return zkpot.compile(step, data, window=WINDOW)


@pytest.fixture(scope="module")
def run(
    program: zkpot.Program, data: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Six steps: a window, and half of another one."""
    directory = tmp_path_factory.mktemp("windows") / "run"
    summary = zkpot.Run(program, data, directory, seed=1).prove(6)
    assert summary.steps == 8
    return directory


def test_the_step_of_a_window_is_its_training_steps(program: zkpot.Program) -> None:
    assert (program.batch, program.window) == (ROWS, WINDOW)
    assert program.max_steps % WINDOW == 0
    description = program.description
    assert description["batch"] == WINDOW * ROWS
    assert len(set(description["monitor"]["predictions"])) == WINDOW
    # Class numbers are known as such, though every step picks its own out of the window's.
    assert program.fields[1].classes == 10


def test_a_receipt_counts_training_steps(
    run: Path, program: zkpot.Program, step: zkpot.Step, data: dict[str, Any]
) -> None:
    receipt = zkpot.verify(run, program=program, steps=6, lr=RATE)
    assert (receipt.steps, receipt.window, receipt.rows) == (8, WINDOW, 8 * ROWS)
    assert "lr" not in receipt.unchecked
    bundle = read_bundle(run)
    independent = verify_run(bundle.program, bundle.order, bundle.links)
    assert (independent.steps, independent.window) == (8, WINDOW)
    assert independent.continuation == receipt.continuation
    with pytest.raises(InvalidProof, match="steps"):
        zkpot.verify(run, steps=4)
    with pytest.raises(InvalidProof, match="steps"):
        zkpot.verify(run, steps=9)
    with pytest.raises(InvalidProof, match="program"):
        zkpot.verify(run, program=zkpot.compile(step, data, window=2))


def test_what_fills_up_a_window_has_a_rate_of_zero(run: Path) -> None:
    assert "lr" not in zkpot.verify(run, lr=RATE).unchecked
    with pytest.raises(InvalidProof, match="learning rate"):
        zkpot.verify(run, lr=RATE, steps=7)
    with pytest.raises(InvalidProof, match="learning rate"):
        zkpot.verify(run, lr=2 * RATE)


def test_a_run_without_steps_has_no_rates_to_check(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = zkpot.verify(run)
    scalars: dict[str, Any] = {name: [] for name in receipt.details["scalars"]}
    empty = replace(receipt, steps=0, details={**receipt.details, "scalars": scalars})
    monkeypatch.setattr(verification.native, "verify", lambda *_: empty)
    assert "lr" not in zkpot.verify(run, lr=RATE).unchecked


def test_the_weights_are_those_after_the_steps_asked_for(
    program: zkpot.Program, data: dict[str, Any]
) -> None:
    rows = zkpot.Dataset("data", data)
    six = train(program, rows, 6, seed=1)
    eight = train(program, rows, 8, seed=1, lr=[RATE] * 6 + [0, 0])
    assert (six.steps, len(six.losses)) == (8, 8)
    for name, weight in six.weights().items():
        np.testing.assert_array_equal(weight, eight.weights()[name])
    # At a rate of zero the loss of the same rows would not change; here it is of other rows.
    assert six.losses[:6] == eight.losses[:6]


def test_what_several_steps_contract_alike_is_counted_once(program: zkpot.Program) -> None:
    shards = [(WINDOW * ROWS, False, False)]
    counted = json.loads(program.native.work("training", 1, False, shards))
    names = [tensor["name"] for tensor in program.description["tensors"]]
    weight = names.index("param.0.weight")
    read = [
        elements
        for product in counted["products"]
        for tensor, elements in zip(product["tensors"], product["elements"], strict=True)
        if tensor == weight
    ]
    # Every step of the window reads it, at one point.
    assert len(read) == WINDOW
    assert sorted(read) == [0] * (WINDOW - 1) + [96 * 64]


def test_losses_are_those_of_single_steps(
    step: zkpot.Step, program: zkpot.Program, data: dict[str, Any]
) -> None:
    rows = zkpot.Dataset("data", data)
    single = train(zkpot.compile(step, data), rows, 8, seed=1, evaluation=rows)
    windows = train(program, rows, 8, seed=1, evaluation=rows)
    np.testing.assert_allclose(windows.losses, single.losses, atol=2e-3)
    assert windows.evaluation is not None
    assert single.evaluation is not None
    assert windows.evaluation.loss == pytest.approx(single.evaluation.loss, abs=2e-3)
    assert windows.evaluation.accuracy == pytest.approx(single.evaluation.accuracy, abs=0.02)


def test_the_trained_model_is_evaluated_by_single_batches(
    run: Path, program: zkpot.Program, data: dict[str, Any], tmp_path: Path
) -> None:
    held_out = {name: rows[:40] for name, rows in data.items()}
    summary = zkpot.prove_evaluation(run, held_out, tmp_path / "evaluation")
    receipt = zkpot.verify(tmp_path / "evaluation", after=run, program=program)
    assert (receipt.rows, receipt.earlier_steps, receipt.window) == (40, 8, 1)
    assert summary.accuracy == receipt.accuracy


def test_rates_are_those_of_training_steps(
    step: zkpot.Step, data: dict[str, Any], tmp_path: Path
) -> None:
    program = zkpot.compile(step, data, window=WINDOW, rate_bits=8)
    rates = [RATE, RATE / 2, RATE, 0.0]
    zkpot.Run(program, data, tmp_path / "run", seed=1, lr=rates).prove(4)
    receipt = zkpot.verify(tmp_path / "run", steps=4)
    scalars = {scalar.name: scalar for scalar in program.scalars}
    for number, rate in enumerate(rates):
        scalar = scalars[f"lr.0_{number}"]
        ((integer, count),) = receipt.details["scalars"][scalar.name]
        assert count == 1
        assert integer * 2.0**-scalar.fraction_bits == pytest.approx(rate)
    with pytest.raises(InputError, match="given for 3 steps, and step 3"):
        zkpot.Run(program, data, tmp_path / "short", seed=1, lr=rates[:3]).prove(4)


def test_a_fault_names_the_training_step(step: zkpot.Step, data: dict[str, Any]) -> None:
    narrow = zkpot.compile(step, data, window=WINDOW, headroom=0)
    other = {"x": data["x"], "y": data["y"][::-1]}
    with pytest.raises(ValueOutOfRange) as caught:
        train(narrow, zkpot.Dataset("data", other), 256, lr=16 * RATE, seed=1)
    found = re.match(r"tensor '.*?(?:@(\d))?', step (\d+): value", str(caught.value))
    assert found is not None
    assert int(found[2]) % WINDOW == int(found[1] or 0)


def test_the_command_line_compiles_windows(
    step: zkpot.Step, data: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "step.onnx").write_bytes(step.onnx)
    np.savez(tmp_path / "data.npz", **data)
    arguments = ["compile", "step.onnx", "--calibrate", "data.npz", "-o", "p.zkprog", "--json"]
    runner = CliRunner()
    paths = [str(tmp_path / a) if a.endswith(("onnx", "npz", "zkprog")) else a for a in arguments]
    told = runner.invoke(command, [*paths, "--window", "4"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["window"] == 4
    shown = runner.invoke(command, ["inspect", str(tmp_path / "p.zkprog"), "--json"])
    assert json.loads(shown.stdout)["steps"] % 4 == 0
    refused = runner.invoke(command, [*paths, "--window", "33"])
    assert isinstance(refused.exception, InputError)

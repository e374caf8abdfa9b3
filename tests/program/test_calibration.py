"""The float run: maxima, and what stops it."""

import sys

import numpy as np
import pytest
from written_steps import mlp

from zkpot.errors import CalibrationFailed, InputError
from zkpot.program import compile_step
from zkpot.program.calibrate import calibrate, check_data
from zkpot.program.read import load, read


def run(model, data, steps=5):
    checked = load(model)
    graph = read(checked)
    return calibrate(checked, graph, check_data(graph, data), graph.initial, steps)


def test_maxima_and_changes(small):
    found = run(mlp((12, 9, 5), 8), small["labels"], 5)
    assert found.steps == 8  # one pass is longer
    assert found.maxima["x"] == pytest.approx(float(np.abs(small["labels"]["x"]).max()))
    assert 0 < found.largest_change("param.0.weight") < 0.1
    assert found.maxima["param.0.weight"] > found.largest_change("param.0.weight")
    assert len(found.losses) == 8
    assert run(mlp((12, 9, 5), 8), small["labels"], 40).losses[-1] < found.losses[0]


def test_the_reference_evaluator_serves_where_onnxruntime_is_missing(small, monkeypatch):
    fast = run(mlp((12, 9, 5), 8), small["labels"])
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    slow = run(mlp((12, 9, 5), 8), small["labels"])
    assert slow.maxima.keys() == fast.maxima.keys()
    for name, value in fast.maxima.items():
        assert slow.maxima[name] == pytest.approx(value, rel=1e-3, abs=1e-6)


def test_a_diverging_run_names_tensor_and_step(small):
    with pytest.raises(CalibrationFailed, match=r"tensor '.+' is not finite at step \d+"):
        compile_step(mlp((12, 9, 5), 8, loss="mse", lr=1e6), small["values"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.pop("y"), "needs data for 'y'"),
        (lambda d: d.update(x=d["x"][:, :3]), r"rows of shape \[3\]; the step wants \[12\]"),
        (lambda d: d.update(x=d["x"][:20]), "different numbers of rows"),
        (lambda d: d.update(x=d["x"][:4], y=d["y"][:4]), "less than one batch of 8"),
        (lambda d: d["x"].__setitem__((7, 2), np.nan), "'x' is not finite in row 7"),
        (lambda d: d["y"].__setitem__(5, 9), "row 5 has the label 9; labels are .* 0 to 4"),
        (lambda d: d["y"].__setitem__(5, -1), "row 5 has the label -1"),
    ],
)
def test_bad_data(change, reason, small):
    data = {k: v.copy() for k, v in small["labels"].items()}
    change(data)
    with pytest.raises(InputError, match=reason):
        compile_step(mlp((12, 9, 5), 8), data)


@pytest.mark.parametrize(
    ("initial", "reason"),
    [
        ({"param.9.weight": np.zeros(3)}, "of no state or learning rate"),
        ({"param.0.weight": np.zeros(3)}, "has the shape"),
        ({"param.0.bias": np.full(9, np.inf)}, "'param.0.bias' is not finite"),
        ({"lr.0": np.float32(0)}, "a learning rate is positive"),
    ],
)
def test_bad_initial_values(initial, reason, small):
    with pytest.raises(InputError, match=reason):
        compile_step(mlp((12, 9, 5), 8), small["labels"], initial=initial)

"""Steps that other programs wrote: by hand, in onnxscript, in JAX. Roles come from a file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxscript import FLOAT, script
from onnxscript import opset18 as op
from safetensors.numpy import save_file

import zkpot
from models.data.digits import digits
from zkpot.errors import InputError
from zkpot.pipeline.training import train

HERE = Path(__file__).parent
BATCH, FEATURES, OUTPUTS = 8, 4, 3

# What a linear regression calls its tensors, here, and what they are.
ROLES = {
    "weight": "param.weight",
    "offset": "param.offset",
    "images": "x",
    "targets": "y",
    "rate": "lr.0",
    "weight_next": "new.param.weight",
    "offset_next": "new.param.offset",
    "logits": "prediction",
    "error": "loss",
}


@pytest.fixture
def regression() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.uniform(-1, 1, (64, FEATURES)).astype(np.float32)
    truth = random.uniform(-1, 1, (FEATURES, OUTPUTS)).astype(np.float32)
    return {"x": x, "y": x @ truth}


def by_hand() -> onnx.ModelProto:
    """Written with onnx.helper; weights are initializers that are no inputs, as many have them.

    Tensors inside are called like what zkpot wants to call others.
    """
    node = helper.make_node
    shapes = {"images": (BATCH, FEATURES), "targets": (BATCH, OUTPUTS)}
    results = {"weight_next": (OUTPUTS, FEATURES), "offset_next": (OUTPUTS,), "error": ()}
    info = helper.make_tensor_value_info
    weight = np.zeros((OUTPUTS, FEATURES), np.float32)
    graph = helper.make_graph(
        [
            node("Gemm", ["images", "weight", "offset"], ["logits"], transB=1),
            node("Sub", ["logits", "targets"], ["x"]),
            node("Mul", ["x", "x"], ["y"]),
            node("ReduceMean", ["y"], ["error"], keepdims=0),
            node("Mul", ["x", "quarter"], ["delta"]),
            node("Gemm", ["delta", "images"], ["of weight"], transA=1),
            node("ReduceSum", ["delta", "first"], ["of offset"], keepdims=0),
            node("Mul", ["of weight", "rate"], ["change of weight"]),
            node("Mul", ["of offset", "rate"], ["change of offset"]),
            node("Sub", ["weight", "change of weight"], ["weight_next"]),
            node("Sub", ["offset", "change of offset"], ["offset_next"]),
        ],
        "regression",
        [info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
        [info(name, TensorProto.FLOAT, shape) for name, shape in results.items()],
        [
            numpy_helper.from_array(value, name)
            for name, value in {
                "weight": weight,
                "offset": weight[:, 0],
                "rate": np.array(0.125, np.float32),
                "quarter": np.array(0.25, np.float32),
                "first": np.array([0]),
            }.items()
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def in_onnxscript() -> onnx.ModelProto:
    @script(default_opset=op)
    def regression(
        weight: FLOAT[OUTPUTS, FEATURES],
        offset: FLOAT[OUTPUTS],
        images: FLOAT[BATCH, FEATURES],
        targets: FLOAT[BATCH, OUTPUTS],
        rate: FLOAT,
    ):
        logits = op.Gemm(images, weight, offset, transB=1)
        difference = logits - targets
        error = op.ReduceMean(difference * difference, keepdims=0)
        delta = difference * 0.25
        first = op.Constant(value_ints=[0])
        weight_next = weight - rate * op.MatMul(op.Transpose(delta, perm=[1, 0]), images)
        offset_next = offset - rate * op.ReduceSum(delta, first, keepdims=0)
        return weight_next, offset_next, logits, error

    return regression.to_model_proto()


def roles_of(model: onnx.ModelProto) -> dict[str, str]:
    graph = model.graph
    names = {entry.name for entry in (*graph.input, *graph.output, *graph.initializer)}
    return {old: new for old, new in ROLES.items() if old in names}


def expected(data: Mapping[str, np.ndarray], steps: int) -> np.ndarray:
    """The weight after a pass over the rows in their order, in floating point."""
    weight, offset = np.zeros((OUTPUTS, FEATURES)), np.zeros(OUTPUTS)
    for step in range(steps):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        x, y = data["x"][rows], data["y"][rows]
        delta = (x @ weight.T + offset - y) * 0.25
        weight, offset = weight - 0.125 * delta.T @ x, offset - 0.125 * delta.sum(0)
    return weight


@pytest.mark.parametrize("make", [by_hand, in_onnxscript])
def test_a_regression_learns_as_in_floating_point(
    make, regression: dict[str, np.ndarray], tmp_path: Path
) -> None:
    model = make()
    (tmp_path / "roles.json").write_text(json.dumps(roles_of(model)))
    zeros = {
        "weight": np.zeros((OUTPUTS, FEATURES), np.float32),
        "offset": np.zeros(OUTPUTS, np.float32),
    }
    save_file(zeros, tmp_path / "zeros.safetensors")
    program = zkpot.compile(
        model.SerializeToString(),
        regression,
        roles=tmp_path / "roles.json",
        weights=tmp_path / "zeros.safetensors",
        rate=0.125,
    )
    assert {state.name for state in program.states} == {"param.weight", "param.offset"}
    # One step on one batch of rows: no order to choose.
    rows = {name: values[:BATCH] for name, values in regression.items()}
    trained = train(program, zkpot.Dataset("rows", rows), 1, seed=1)
    np.testing.assert_allclose(trained.weights()["weight"], expected(rows, 1), atol=1e-3)
    whole = train(program, zkpot.Dataset("rows", regression), 64, seed=1)
    assert whole.losses[-1] < whole.losses[0] / 4


def test_a_step_from_jax_learns_digits(tmp_path: Path) -> None:
    """make_jax_step.py wrote it; its roles lie beside it."""
    for name in ("jax_step.onnx", "jax_step.roles.json"):
        shutil.copy(HERE / name, tmp_path)
    random = np.random.default_rng(0)
    weights = {
        "w1": random.normal(scale=0.2, size=(64, 16)),
        "b1": np.zeros(16),
        "w2": random.normal(scale=0.2, size=(16, 10)),
        "b2": np.zeros(10),
    }
    save_file(
        {name: value.astype(np.float32) for name, value in weights.items()},
        tmp_path / "weights.safetensors",
    )
    data = {"x": digits().train["x"], "y": np.eye(10, dtype=np.float32)[digits().train["y"]]}
    program = zkpot.compile(
        tmp_path / "jax_step.onnx",
        data,
        weights=tmp_path / "weights.safetensors",
        rate=2**-4,
    )
    # Nothing says which tensor is the prediction, but the loss is a sum of squares: it is shown.
    rows = zkpot.Dataset("digits", data)
    result = train(program, rows, 1024, seed=1)
    assert np.mean(result.losses[-64:]) < np.mean(result.losses[:64]) / 2
    trained = result.weights()
    hidden = np.maximum(data["x"] @ trained["w1"] + trained["b1"], 0)
    prediction = hidden @ trained["w2"] + trained["b2"]
    assert (prediction.argmax(1) == data["y"].argmax(1)).mean() > 0.85


def test_without_a_loss_there_is_nothing_to_evaluate(
    regression: dict[str, np.ndarray], tmp_path: Path
) -> None:
    names = roles_of(by_hand())
    del names["error"]
    onnx.save(by_hand(), tmp_path / "step.onnx")
    (tmp_path / "step.roles.json").write_text(json.dumps(names))
    program = zkpot.compile(tmp_path / "step.onnx", regression, rate=2**-4)
    rows = zkpot.Dataset("rows", regression)
    for refuse in (
        lambda: train(program, rows, 1, evaluation=rows),
        lambda: zkpot.Run(program, rows, tmp_path / "run", evaluation=rows),
    ):
        with pytest.raises(InputError, match="rows: the program shows no loss"):
            refuse()


def test_training_without_a_loss_on_the_command_line(regression, tmp_path: Path) -> None:
    names = roles_of(by_hand())
    del names["error"]
    onnx.save(by_hand(), tmp_path / "step.onnx")
    (tmp_path / "step.roles.json").write_text(json.dumps(names))
    np.savez(tmp_path / "rows.npz", **regression)
    command = ["train", "step.onnx", "--data", "rows.npz", "--steps", "4", "--seed", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "zkpot", *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 steps in ")
    assert "loss" not in done.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"wait": "param.weight"}', "names 'wait', which is no input, output or initializer"),
        ('{"weight": "x", "images": "x"}', "calls both 'weight' and 'images' 'x'"),
        ("[1]", "roles.json: a roles file is a JSON object that maps tensors"),
        ('{"weight": 3}', "roles.json: a roles file is a JSON object that maps tensors"),
        ("{", "roles.json: a roles file is a JSON object that maps tensors"),
    ],
)
def test_roles_that_do_not_fit(text: str, message: str, regression, tmp_path: Path) -> None:
    (tmp_path / "roles.json").write_text(text)
    with pytest.raises(InputError, match=message):
        zkpot.compile(by_hand().SerializeToString(), regression, roles=tmp_path / "roles.json")


def test_a_roles_file_that_is_not_there(regression, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: not readable"):
        zkpot.compile(by_hand().SerializeToString(), regression, roles=tmp_path / "none.json")


def test_an_exported_step_needs_no_roles(regression) -> None:
    model = by_hand()
    helper.set_model_props(model, {"zkpot.roles": "{}"})
    with pytest.raises(InputError, match="has roles in its metadata"):
        zkpot.compile(model.SerializeToString(), regression, roles=roles_of(model))

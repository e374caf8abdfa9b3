"""Reading a model: roles, shapes, and why it is refused."""

import json

import numpy as np
import pytest
from onnx import helper
from written_steps import Builder, mlp

from zkpot.errors import InputError
from zkpot.program.read import read
from zkpot.program.roles import assign_roles


def test_names_give_roles():
    graph = read(mlp((12, 9, 5), 8, momentum=0.9))
    roles = graph.roles
    assert roles.data == ("x", "y")
    assert roles.scalars == ("lr.0",)
    assert roles.states["param.0.weight"] == "new.param.0.weight"
    assert roles.states["state.momentum_buffer.1.bias"] == "new.state.momentum_buffer.1.bias"
    assert (roles.prediction, roles.loss) == ("prediction", "loss")
    assert set(graph.initial) == {f"param.{i}.{k}" for i in (0, 1) for k in ("weight", "bias")} | {
        "lr.0"
    }
    assert graph.shapes["prediction"] == (8, 5)


def test_metadata_gives_roles():
    text = json.dumps(
        {
            "inputs": {
                "w": {"role": "parameter", "next": "w2"},
                "m": {"role": "buffer", "next": None},
                "rate": {"role": "lr"},
                "images": {"role": "x"},
            },
            "outputs": {"logits": {"role": "prediction"}, "w2": {"role": "new", "of": "w"}},
        }
    )
    roles = assign_roles(["w", "m", "rate", "images"], ["w2", "logits"], {"zkpot.roles": text})
    assert roles.states == {"w": "w2", "m": "m"}
    assert roles.scalars == ("rate",)
    assert roles.data == ("images",)
    assert roles.prediction == "logits"


@pytest.mark.parametrize(
    ("inputs", "outputs", "metadata", "reason"),
    [
        (["x"], ["new.x"], {}, "nothing to train"),
        (["param.w", "x"], ["loss"], {}, "changes nothing"),
        (["param.w"], ["new.param.w"], {}, "no data input"),
        (["param.w", "x"], ["new.param.w", "new.param.v"], {}, "no input 'param.v'"),
        (["param.w", "x"], ["new.param.w"], {"zkpot.roles": "{"}, "no JSON"),
        (["param.w", "x"], ["new.param.w"], {"zkpot.roles": '{"inputs": [1]}'}, "must map"),
    ],
)
def test_roles_that_do_not_fit(inputs, outputs, metadata, reason):
    with pytest.raises(InputError, match=reason):
        assign_roles(inputs, outputs, metadata)


def test_bytes_are_read_like_models():
    model = mlp((12, 9, 5), 8)
    assert read(model.SerializeToString()).shapes == read(model).shapes


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x01" * 40])
def test_garbage(content):
    with pytest.raises(InputError, match=r"ONNX|opset|nothing to train"):
        read(content)


def test_a_dynamic_batch_is_refused():
    model = mlp((12, 9, 5), 8)
    x = next(i for i in model.graph.input if i.name == "x")
    x.type.tensor_type.shape.dim[0].dim_param = "N"
    with pytest.raises(InputError, match="static shape"):
        read(model)


def test_opsets():
    with pytest.raises(InputError, match="opset 11"):
        read(helper.make_model(mlp().graph, opset_imports=[helper.make_opsetid("", 11)]))


def test_foreign_operators():
    model = mlp((12, 9, 5), 8)
    model.opset_import.append(helper.make_opsetid("com.example", 1))
    model.graph.node[0].domain = "com.example"
    with pytest.raises(InputError, match=r"com\.example|No Op|shape"):
        read(model)


def test_constants_in_nodes():
    b = Builder()
    half = b("Constant", value_float=0.5)
    g = b("Mul", "x", half)
    b("Sub", "param.w", g, out="new.param.w")
    model = b.model(
        [("param.w", "f", [4, 2]), ("x", "f", [4, 2])],
        [("new.param.w", [4, 2])],
        {"param.w": np.zeros((4, 2))},
    )
    graph = read(model)
    assert float(graph.constants[half]) == 0.5
    assert [op.kind for op in graph.ops] == ["Mul", "Sub"]

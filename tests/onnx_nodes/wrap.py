"""A node as a training step: its output is the prediction, beside a weight that is trained.

Float inputs, and class numbers, of losses and one-hot rows, become data fields of one row each, of
shape [1, ...], squeezed. Other integers, Booleans and single numbers after the first input are
constants, as they are in what torch exports: axes, shapes, exponents, limits. So are the scales of
a resize, and exponents and divisors also where they are floats.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.onnx_nodes.cases import Case

PREDICTION = "prediction"
_RATE = 0.125
_LOSSES = ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")
#: Operators whose further inputs are constants, whatever their type.
_CONFIGURED = ("Mod", "Pow", "Resize")


def wrap(case: Case, output: str) -> tuple[onnx.ModelProto, dict[str, np.ndarray]]:
    """The step whose prediction is this output of the node, and the rows that it reads."""
    data = {
        name: np.asarray(value)
        for index, (name, value) in enumerate(case.inputs.items())
        if name == _classes(case) or _is_data(case, index, np.asarray(value))
    }
    constants = {n: np.asarray(v) for n, v in case.inputs.items() if n not in data}
    node = onnx.NodeProto()
    node.CopyFrom(case.node)
    node.name = "node"
    result = case.outputs[output]
    nodes = [
        *(
            helper.make_node("Squeeze", [f"data.{name}", "first axis"], [name], f"row of {name}")
            for name in data
        ),
        node,
        _as_float(output, result),
        helper.make_node("Mul", ["lr.0", "unit"], ["change"], "change"),
        helper.make_node(
            "ReduceSum", ["change", "first axis"], ["whole change"], "whole change", keepdims=0
        ),
        helper.make_node("Sub", ["param.weight", "whole change"], ["new.param.weight"], "update"),
    ]
    inputs = {
        f"data.{name}": (value.astype(np.int64) if name == _classes(case) else value)[None]
        for name, value in data.items()
    }
    inputs["unit"] = np.ones((1, 1), np.float32)
    initial = {"param.weight": np.ones(1, np.float32), "lr.0": np.float32(_RATE)}
    graph = helper.make_graph(
        nodes,
        case.name,
        [_info(name, value) for name, value in {**inputs, **initial}.items()],
        [
            _info("new.param.weight", initial["param.weight"]),
            _info(PREDICTION, np.asarray(result, np.float32)),
        ],
        [
            numpy_helper.from_array(np.asarray(value), name)
            for name, value in {**initial, **constants, "first axis": np.array([0])}.items()
        ],
    )
    versions = [helper.make_opsetid("", case.version)]
    return helper.make_model(graph, opset_imports=versions, ir_version=10), inputs


def _classes(case: Case) -> str | None:
    """The input that holds class numbers; those of one-hot rows may be negative, as constants."""
    names = list(case.inputs)
    if case.operator == "OneHot" and np.all(np.asarray(case.inputs[names[0]]) >= 0):
        return names[0]
    return names[1] if case.operator in _LOSSES else None


def _is_data(case: Case, index: int, value: np.ndarray) -> bool:
    if case.operator in _CONFIGURED and index > 0:
        return False
    return value.dtype == np.float32 and (index == 0 or value.ndim > 0)


def _as_float(output: str, result: np.ndarray) -> onnx.NodeProto:
    if np.asarray(result).dtype == np.float32:
        return helper.make_node("Identity", [output], [PREDICTION], "output")
    return helper.make_node("Cast", [output], [PREDICTION], "output", to=TensorProto.FLOAT)


def _info(name: str, value: object) -> onnx.ValueInfoProto:
    array = np.asarray(value)
    element = TensorProto.FLOAT if array.dtype == np.float32 else TensorProto.INT64
    return helper.make_tensor_value_info(name, element, array.shape)

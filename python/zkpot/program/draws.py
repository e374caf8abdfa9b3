"""Operators that draw random numbers, as inputs that a proof draws from its public seed.

Requires: a checked model with inferred shapes.
Does: replaces ``Dropout`` in training mode and ``Bernoulli`` of one constant probability by an
input each that is called as `artifacts/draw.py` says, and ``Dropout`` elsewhere by its input.
Ensures: the graph computes what it did, where the inputs hold what the operators would have drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.artifacts.draw import PREFIX, Draw
from zkpot.errors import UnsupportedOperator
from zkpot.program.constants import constants_of
from zkpot.program.spelled.place import static_shape, types_of

if TYPE_CHECKING:
    import onnx

    from zkpot.program.graph import Shape

#: Operators that this pass replaces.
DRAWING = ("Bernoulli", "Dropout")


def draws_in(model: onnx.ModelProto) -> bool:
    """Whether a model has operators to replace."""
    return any(node.op_type in DRAWING for node in model.graph.node)


def replace_draws(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of the model without them.

    Raises:
        UnsupportedOperator: a probability is no constant, or differs between elements.
    """
    import onnx

    replaced = onnx.ModelProto()
    replaced.CopyFrom(model)
    del replaced.graph.node[:]
    rewriting = _Rewriting(model, replaced)
    for node in model.graph.node:
        if node.op_type == "Dropout":
            rewriting.dropout(node)
        elif node.op_type == "Bernoulli":
            rewriting.bernoulli(node)
        else:
            replaced.graph.node.append(node)
    return replaced


class _Rewriting:
    def __init__(self, model: onnx.ModelProto, out: onnx.ModelProto) -> None:
        self._out = out
        self._constants = constants_of(model.graph)
        self._types = types_of(model)
        inputs = [value.name for value in model.graph.input]
        self._next = 1 + max(
            (Draw.parse(name).ordinal for name in inputs if name.startswith(PREFIX)), default=-1
        )

    def dropout(self, node: onnx.NodeProto) -> None:
        given = [*node.input, "", ""]
        ratio = self._number(node, given[1], 0.5, "ratio")
        training = bool(self._number(node, given[2], 0, "training_mode"))
        source, out, mask = given[0], node.output[0], [*node.output[1:], ""][0]
        if not training or ratio == 0:
            self._add("Identity", [source], out)
            if mask:
                self._ones(mask, self._shape(node, source))
            return
        drawn = self._draw(node, 1 - ratio, self._shape(node, source))
        scaled = f"{out}/scaled"
        self._add("Mul", [drawn, self._constant(f"{out}/scale", 1 / (1 - ratio))], scaled)
        self._add("Mul", [source, scaled], out)
        if mask:
            self._add("Greater", [drawn, self._constant(f"{mask}/half", 0.5)], mask)

    def bernoulli(self, node: onnx.NodeProto) -> None:
        probabilities = self._constants.get(node.input[0])
        if probabilities is None or len(set(probabilities.reshape(-1).tolist())) != 1:
            raise UnsupportedOperator(
                f"the step cannot be compiled: node '{node.name or node.output[0]}' (Bernoulli): "
                "its probabilities are not one constant; supported of one constant probability"
            )
        probability = float(probabilities.reshape(-1)[0])
        drawn = self._draw(node, probability, tuple(probabilities.shape))
        kind = next((a.i for a in node.attribute if a.name == "dtype"), None)
        self._add(
            "Cast",
            [drawn],
            node.output[0],
            to=kind or self._types[node.output[0]].tensor_type.elem_type,
        )

    def _draw(self, node: onnx.NodeProto, probability: float, shape: Shape) -> str:
        from onnx import TensorProto, helper

        try:
            draw = Draw.of(self._next, probability)
        except ValueError as error:
            raise UnsupportedOperator(
                f"the step cannot be compiled: node '{node.name or node.output[0]}' "
                f"({node.op_type}): {error}"
            ) from error
        self._next += 1
        value = helper.make_tensor_value_info(draw.name, TensorProto.FLOAT, shape)
        self._out.graph.input.append(value)
        return draw.name

    def _number(self, node: onnx.NodeProto, name: str, absent: float, what: str) -> float:
        if not name:
            return absent
        if name not in self._constants or self._constants[name].size != 1:
            raise UnsupportedOperator(
                f"the step cannot be compiled: node '{node.name or node.output[0]}' (Dropout): "
                f"its {what} is no constant"
            )
        return float(self._constants[name].reshape(-1)[0])

    def _shape(self, node: onnx.NodeProto, name: str) -> Shape:
        if name in self._constants:
            return tuple(self._constants[name].shape)
        shape = static_shape(self._types[name])
        if shape is None or math.prod(shape) == 0:
            raise UnsupportedOperator(
                f"the step cannot be compiled: node '{node.name or node.output[0]}' (Dropout): "
                "its input has no static shape; export the step with a fixed batch size"
            )
        return shape

    def _add(self, kind: str, inputs: list[str], out: str, **attributes: Any) -> None:
        from onnx import helper

        self._out.graph.node.append(helper.make_node(kind, inputs, [out], out, **attributes))

    def _constant(self, name: str, value: float) -> str:
        from onnx import numpy_helper

        tensor = numpy_helper.from_array(np.asarray(value, np.float32), name)
        self._out.graph.initializer.append(tensor)
        return name

    def _ones(self, name: str, shape: Shape) -> None:
        from onnx import numpy_helper

        tensor = numpy_helper.from_array(np.ones(shape, np.bool_), f"{name}/ones")
        self._out.graph.initializer.append(tensor)
        self._add("Identity", [tensor.name], name)

"""What an ONNX graph states outright: initializers and ``Constant`` nodes.

An initializer that has an input's name is that input's default value, and no constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import onnx


def initializers_of(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """Values of the initializers that are no inputs' defaults, by name."""
    from onnx import numpy_helper

    return {entry.name: numpy_helper.to_array(entry) for entry in _initializers(graph)}


def constants_of(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """The same with the values of ``Constant`` nodes, by the names of their outputs."""
    constants = initializers_of(graph)
    for node in _constant_nodes(graph):
        value = value_of(node)
        if value is not None:
            constants[node.output[0]] = value
    return constants


def tensors_of(graph: onnx.GraphProto) -> Iterator[tuple[str, onnx.TensorProto]]:
    """What of these is written as a tensor, to change in place, each after its name."""
    for entry in _initializers(graph):
        yield entry.name, entry
    for node in _constant_nodes(graph):
        if node.attribute[0].name == "value":
            yield node.output[0], node.attribute[0].t


def value_of(node: onnx.NodeProto) -> np.ndarray | None:
    """What a ``Constant`` node gives; None where that is neither a tensor nor numbers."""
    from onnx import helper, numpy_helper

    attribute = node.attribute[0]
    value = helper.get_attribute_value(attribute)
    if attribute.name == "value":
        return np.asarray(numpy_helper.to_array(value))
    if attribute.name in ("value_float", "value_floats"):
        return np.asarray(value, np.float32)
    if attribute.name in ("value_int", "value_ints"):
        return np.asarray(value, np.int64)
    return None


def _initializers(graph: onnx.GraphProto) -> list[onnx.TensorProto]:
    inputs = {entry.name for entry in graph.input}
    return [entry for entry in graph.initializer if entry.name not in inputs]


def _constant_nodes(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    return [node for node in graph.node if node.op_type == "Constant"]

"""Folding what a model computes from constants and shapes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.constants import initializers_of
from zkpot.program.folding import MEASURES, evaluate, measure
from zkpot.program.spelled.place import static_shape, types_of

if TYPE_CHECKING:
    import numpy as np
    import onnx

#: Operators of constants, which functions are full of.
FOLDED = ("Constant", "ConstantOfShape", "Range")


def fold(model: onnx.ModelProto, opset: int) -> bool:
    """Replace nodes by initializers, in place; says whether there were any.

    A node that the reference cannot compute stays.
    """
    from onnx import numpy_helper

    graph = model.graph
    values = initializers_of(graph)
    types = types_of(model)
    results = {entry.name for entry in graph.output}
    kept: list[onnx.NodeProto] = []
    changed = False
    for node in graph.node:
        branch = _branch(node, values)
        if branch is not None:
            kept += branch
            changed = True
            continue
        found = (
            None
            if results.intersection(node.output)
            else _compute(_cast_like(node, types), values, types, opset)
        )
        if found is None:
            kept.append(node)
            continue
        values.update(found)
        graph.initializer.extend(numpy_helper.from_array(v, name) for name, v in found.items())
    if len(kept) == len(graph.node) and not changed:
        return False
    del graph.node[:]
    graph.node.extend(kept)
    return True


def _compute(
    node: onnx.NodeProto,
    values: dict[str, np.ndarray],
    types: dict[str, onnx.TypeProto],
    opset: int,
) -> dict[str, np.ndarray] | None:
    from onnx import AttributeProto

    if node.op_type in MEASURES:
        given = types.get(node.input[0])
        shape = None if given is None else static_shape(given)
        return None if shape is None else {node.output[0]: measure(node, shape)}
    if not node.input and node.op_type != "Constant":
        return None
    if any(i and i not in values for i in node.input):
        return None
    if any(a.type == AttributeProto.GRAPH for a in node.attribute):
        return None
    try:
        found = evaluate(node, values, opset)
    except Exception:  # the evaluator raises many kinds
        return None
    return found if all(value.dtype.kind in "fiub" for value in found.values()) else None


def _branch(node: onnx.NodeProto, values: dict[str, np.ndarray]) -> list[onnx.NodeProto] | None:
    """The nodes of the branch that an ``If`` of a constant takes."""
    from onnx import helper

    if node.op_type != "If" or node.input[0] not in values:
        return None
    taken = "then_branch" if values[node.input[0]].all() else "else_branch"
    graph = next(a.g for a in node.attribute if a.name == taken)
    prefix = f"{node.output[0]}/{taken}"
    own = {name: f"{prefix}/{name}" for inner in graph.node for name in inner.output if name}
    own |= {entry.name: f"{prefix}/{entry.name}" for entry in graph.initializer}
    nodes = [
        helper.make_node("Constant", [], [own[entry.name]], node.name, value=entry)
        for entry in graph.initializer
    ]
    for inner in graph.node:
        for names in (inner.input, inner.output):
            for number, name in enumerate(names):
                names[number] = own.get(name, name)
        inner.name = node.name
        nodes.append(inner)
    for out, result in zip(node.output, graph.output, strict=True):
        name = own.get(result.name, result.name)
        nodes.append(helper.make_node("Identity", [name], [out], node.name))
    return nodes


def _cast_like(node: onnx.NodeProto, types: dict[str, onnx.TypeProto]) -> onnx.NodeProto:
    """``CastLike`` as the ``Cast`` that it is, where the type is known."""
    from onnx import helper

    if node.op_type != "CastLike" or node.input[1] not in types:
        return node
    to = types[node.input[1]].tensor_type.elem_type
    return helper.make_node("Cast", node.input[:1], node.output, node.name, to=to)

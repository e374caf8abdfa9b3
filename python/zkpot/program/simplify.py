"""Constant folding, dead code, and flattening data fields where they are stored.

Each pass takes a graph and changes it in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.errors import InputError
from zkpot.program.folding import MEASURES, evaluate, measure
from zkpot.program.graph import coarsest

if TYPE_CHECKING:
    import numpy as np
    import onnx

    from zkpot.program.graph import Graph, Op, Shape


def fold_constants(graph: Graph) -> Graph:
    """Compute operators whose inputs are all constants.

    Requires: operators as `read` leaves them.
    Ensures: no operator reads constants alone, or a shape. Initial values of states and learning
    rates are no constants.
    """
    remaining = []
    for op in graph.ops:
        if op.kind in MEASURES:
            _keep(graph, op.output, measure(_node(op), graph.shapes[op.inputs[0]]))
        elif op.inputs and all(i in graph.constants or not i for i in op.inputs):
            _evaluate(graph, op)
        else:
            remaining.append(op)
    graph.ops = remaining
    return graph


def _keep(graph: Graph, name: str, value: np.ndarray) -> None:
    graph.constants[name] = value
    graph.shapes[name] = tuple(value.shape)


def _node(op: Op) -> onnx.NodeProto:
    from onnx import helper

    return helper.make_node(op.kind, list(op.inputs), list(op.outputs), **op.attributes)


def _evaluate(graph: Graph, op: Op) -> None:
    try:
        values = evaluate(_node(op), graph.constants, graph.opset)
    except Exception as error:  # the evaluator raises many kinds
        raise InputError(f"node '{op.name}' ({op.kind}) of constants fails: {error}") from error
    for name, value in values.items():
        _keep(graph, name, value)


def remove_dead(graph: Graph) -> Graph:
    """Drop operators on which neither a next state nor the prediction depends.

    Requires: roles that name existing outputs. Ensures: the loss and what only it needs is gone.
    """
    needed = set(graph.outputs())
    alive = []
    for op in reversed(graph.ops):
        if needed.intersection(op.outputs):
            alive.append(op)
            needed.update(op.inputs)
    graph.ops = alive[::-1]
    return graph


def flatten_data(graph: Graph) -> Graph:
    """Store a data field in the shape that its readers want.

    Requires: composite operators spelled out.
    Does: a field that reshapes read is stored with the axes that all its readers tell apart, and
    no others: in the shape that they all want, or in one that each can split. A scalar multiple
    or offset of a field counts as the field: the reshape moves in front of it. Axes of length one
    that come or go are left alone, and so are fields that a reshape takes the batch from.
    Ensures: reshapes of a field to its own shape are gone. Others stay.
    """
    _hoist_reshapes(graph)
    for field in graph.roles.data:
        readers = graph.consumers().get(field, [])
        reshapes = [op for op in readers if op.kind == "Reshape"]
        own = graph.shapes[field]
        shapes = {graph.shapes[op.output] for op in reshapes}
        if len(reshapes) < len(readers):
            shapes.add(own)
        if not reshapes or any(shape[:1] != own[:1] for shape in shapes):
            continue
        stored = shapes.pop() if len(shapes) == 1 else coarsest(shapes)
        if [n for n in stored if n != 1] != [n for n in own if n != 1]:
            _store(graph, field, stored)
    return graph


def _store(graph: Graph, field: str, shape: Shape) -> None:
    """Give a field another shape; who reads it in its own reads a reshape of it."""
    own, graph.shapes[field] = graph.shapes[field], shape
    ops: list[Op] = []
    names: dict[str, str] = {}
    for op in graph.ops:
        if op.kind == "Reshape" and op.inputs[0] == field:
            if graph.shapes[op.output] == shape:
                graph.aliases[op.output] = names[op.output] = field
            else:
                ops.append(op)
            continue
        if field in op.inputs and field not in names:
            names[field] = f"{field}/reshaped"
            graph.shapes[names[field]], graph.types[names[field]] = own, graph.types[field]
            ops.append(type(op)(op.name, "Reshape", (field,), (names[field],)))
        ops.append(op.rename(names))
    graph.ops = ops


def _hoist_reshapes(graph: Graph) -> None:
    """Move reshapes in front of element-wise operators with a scalar constant."""
    changed = True
    while changed:
        changed = False
        producers, consumers = graph.producers(), graph.consumers()
        for index, op in enumerate(graph.ops):
            if op.kind != "Reshape":
                continue
            before = producers.get(op.inputs[0])
            if before is None or before.kind not in ("Add", "Sub", "Mul", "Div"):
                continue
            tensors = [i for i in before.inputs if i not in graph.constants]
            scalars = [i for i in before.inputs if i in graph.constants]
            alone = consumers[before.output] == [op] and before.output not in set(graph.outputs())
            same = len(tensors) == 1 and graph.shapes[tensors[0]] == graph.shapes[before.output]
            if not alone or not same or any(graph.constants[s].size != 1 for s in scalars):
                continue
            moved = f"{op.output}/reshaped"
            graph.shapes[moved] = graph.shapes[op.output]
            graph.types[moved] = graph.types[tensors[0]]
            for scalar in scalars:
                graph.constants[scalar] = graph.constants[scalar].reshape(())
                graph.shapes[scalar] = ()
            reshape = type(op)(op.name, "Reshape", (tensors[0],), (moved,))
            scaled = type(op)(
                before.name,
                before.kind,
                tuple(moved if i == tensors[0] else i for i in before.inputs),
                op.outputs,
            )
            graph.ops[index] = scaled
            graph.ops[graph.ops.index(before)] = reshape
            changed = True
            break

"""Constant folding, dead code, and flattening data fields where they are stored.

Each pass takes a graph and changes it in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.program.graph import Graph, Op, Shape


def fold_constants(graph: Graph) -> Graph:
    """Compute operators whose inputs are all constants.

    Requires: operators as `read` leaves them.
    Ensures: no operator reads constants alone. Initial values of states and learning rates
    are no constants.
    """
    remaining = []
    for op in graph.ops:
        if op.inputs and all(i in graph.constants or not i for i in op.inputs):
            _evaluate(graph, op)
        else:
            remaining.append(op)
    graph.ops = remaining
    return graph


def _evaluate(graph: Graph, op: Op) -> None:
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    named = [i for i in op.inputs if i]
    node = helper.make_node(op.kind, list(op.inputs), list(op.outputs), **op.attributes)
    inputs = [
        helper.make_tensor_value_info(
            i, helper.np_dtype_to_tensor_dtype(graph.constants[i].dtype), graph.constants[i].shape
        )
        for i in named
    ]
    outputs = [
        helper.make_tensor_value_info(o, TensorProto.UNDEFINED, None) for o in op.outputs if o
    ]
    model = helper.make_model(
        helper.make_graph([node], "constant", inputs, outputs),
        opset_imports=[helper.make_opsetid("", 18)],
    )
    try:
        values = ReferenceEvaluator(model).run(None, {i: graph.constants[i] for i in named})
    except Exception as error:  # the evaluator raises many kinds
        raise InputError(f"node '{op.name}' ({op.kind}) of constants fails: {error}") from error
    for name, value in zip((o for o in op.outputs if o), values, strict=True):
        graph.constants[name] = np.asarray(value)
        graph.shapes[name] = tuple(np.shape(value))


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
    Does: where every reader of a data field reshapes it to one shape with the same first axis,
    that shape becomes the field's own. A scalar multiple or offset of a field counts as the
    field: the reshape moves in front of it. Axes of length one that come or go are left alone.
    Ensures: such reshapes are gone. Others stay, and lowering refuses them if they mix axes.
    """
    _hoist_reshapes(graph)
    for field in graph.roles.data:
        readers = graph.consumers().get(field, [])
        if not readers or any(op.kind != "Reshape" for op in readers):
            continue
        targets: set[Shape] = {graph.shapes[op.output] for op in readers}
        batch = graph.shapes[field][:1]
        if len(targets) != 1 or any(t[:1] != batch for t in targets):
            continue
        target = targets.pop()
        if [n for n in target if n != 1] == [n for n in graph.shapes[field] if n != 1]:
            continue
        graph.shapes[field] = target
        for op in readers:
            graph.aliases[op.output] = field
        names = {op.output: field for op in readers}
        graph.ops = [op.rename(names) for op in graph.ops if op not in readers]
    return graph


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

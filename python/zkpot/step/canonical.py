"""The canonical ONNX model of a step: the same step gives the same bytes.

Nodes are ordered by a walk back from the outputs, values and constants are numbered along
that walk, and nothing is written that depends on the machine, the time or torch's version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from zkpot.step import names
from zkpot.step.expression import CONSTANT, INPUT, Array, Expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPSET = 18
# The IR version that came with opset 18; it knows default values of inputs.
IR_VERSION = 8

_GRAPH_NAME = "training_step"


def assemble(
    inputs: Mapping[str, Expression],
    outputs: Mapping[str, Expression],
    defaults: Mapping[str, Array],
    roles: names.Roles,
) -> onnx.ModelProto:
    """Build the model with these inputs and outputs, in their order.

    ``defaults``: initial values of inputs, which become initializers of the same name.
    """
    results = _distinct(outputs)
    ordered = _walk(list(results.values()))
    naming = {id(expression): name for name, expression in inputs.items()}
    naming.update({id(expression): name for name, expression in results.items()})
    numbers = {CONSTANT: 0, "": 0}
    for expression in ordered:
        if id(expression) not in naming:
            kind = CONSTANT if expression.op == CONSTANT else ""
            naming[id(expression)] = f"{'c' if kind else 'v'}{numbers[kind]}"
            numbers[kind] += 1
    applied = [e for e in ordered if e.op not in (INPUT, CONSTANT)]
    final = {id(expression) for expression in results.values()}
    graph = helper.make_graph(
        [_node(expression, naming) for expression in applied],
        _GRAPH_NAME,
        [_value_info(name, expression) for name, expression in inputs.items()],
        [_value_info(name, expression) for name, expression in results.items()],
        [numpy_helper.from_array(value, name) for name, value in defaults.items()]
        + [
            numpy_helper.from_array(np.array(e.constant, order="C"), naming[id(e)])
            for e in ordered
            if e.constant is not None
        ],
        value_info=[_value_info(naming[id(e)], e) for e in applied if id(e) not in final],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="zkpot",
    )
    helper.set_model_props(model, {names.METADATA_KEY: names.encode(roles)})
    onnx.checker.check_model(model, full_check=True)
    return model


def encode(model: onnx.ModelProto) -> bytes:
    """Serialize; protobuf leaves the order of map entries open unless told."""
    return bytes(model.SerializeToString(deterministic=True))


def _distinct(outputs: Mapping[str, Expression]) -> dict[str, Expression]:
    """ONNX wants a node of its own for each output: copy what is an input or named twice."""
    taken: set[int] = set()
    results = {}
    for name, expression in outputs.items():
        needs_copy = id(expression) in taken or expression.op in (INPUT, CONSTANT)
        results[name] = _copy(expression) if needs_copy else expression
        taken.add(id(expression))
    return results


def _copy(expression: Expression) -> Expression:
    shape = np.array(expression.shape, np.int64)
    target = Expression(CONSTANT, (), (), shape.shape, shape.dtype, shape)
    return Expression("Reshape", (expression, target), (), expression.shape, expression.dtype)


def _walk(outputs: Sequence[Expression]) -> list[Expression]:
    """Everything that the outputs need, operands before results, first operand first."""
    ordered: list[Expression] = []
    done: set[int] = set()
    pending: list[tuple[Expression, bool]] = [(output, False) for output in reversed(outputs)]
    while pending:
        expression, operands_done = pending.pop()
        if id(expression) in done:
            continue
        if operands_done:
            done.add(id(expression))
            ordered.append(expression)
        else:
            pending.append((expression, True))
            pending.extend((operand, False) for operand in reversed(expression.operands))
    return ordered


def _node(expression: Expression, naming: Mapping[int, str]) -> onnx.NodeProto:
    attributes: dict[str, Any] = dict(expression.attributes)
    if expression.op == "Cast":
        attributes["to"] = _element_type(expression)
    return helper.make_node(
        expression.op,
        [naming[id(operand)] for operand in expression.operands],
        [naming[id(expression)]],
        **attributes,
    )


def _element_type(expression: Expression) -> TensorProto.DataType:
    return helper.np_dtype_to_tensor_dtype(expression.dtype)


def _value_info(name: str, expression: Expression) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, _element_type(expression), expression.shape)

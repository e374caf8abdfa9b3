"""From ONNX to the compiler's graph.

Requires: a model whose shapes are all static, in opset 13 or later.
Does: checks the model, infers shapes, makes inputs of what is drawn, assigns roles, folds
``Constant`` nodes.
Ensures: every tensor of the graph has a static shape and a type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zkpot.errors import InputError
from zkpot.program.constants import value_of
from zkpot.program.draws import draws_in, replace_draws
from zkpot.program.graph import Graph, Op, Shape
from zkpot.program.masked import bound_masks
from zkpot.program.operators import Complaints
from zkpot.program.roles import assign_roles
from zkpot.program.spelled import has_bodies, spell_out, unknown_nodes
from zkpot.program.spelled.place import static_shape

if TYPE_CHECKING:
    import onnx

OPSETS = range(13, 29)


def parse(content: bytes) -> onnx.ModelProto:
    """The model as it is.

    Raises:
        InputError: not ONNX.
    """
    import onnx

    try:
        return onnx.load_from_string(content)
    except Exception as error:  # protobuf's errors are of many kinds
        raise InputError(f"not an ONNX model: {error}") from error


def opset_of(model: onnx.ModelProto) -> int:
    """The version of ONNX's operators that a model names; 0 where it names none."""
    versions = {str(o.domain): int(o.version) for o in model.opset_import}
    return versions.get("", versions.get("ai.onnx", 0))


def load(source: bytes | onnx.ModelProto) -> onnx.ModelProto:
    """The checked model with inferred shapes.

    Raises:
        InputError: not ONNX, invalid, or of an opset outside `OPSETS`.
        UnsupportedOperator: it draws random numbers whose probability is no constant.
    """
    import onnx
    from onnx import inliner, shape_inference

    model = parse(source) if isinstance(source, bytes) else source
    if model.functions:
        try:
            model = inliner.inline_local_functions(model)
        except Exception as error:
            raise InputError(f"the model's functions cannot be put in place: {error}") from error
    foreign = sorted({node.domain for node in model.graph.node} - {"", "ai.onnx"})
    if foreign:
        raise InputError(f"operators of domain '{foreign[0]}' are not supported; only ai.onnx is")
    version = opset_of(model)
    if version not in OPSETS:
        raise InputError(
            f"opset {version} is not supported; export with opset {OPSETS.start} to {OPSETS[-1]}"
        )
    _check_names(model)
    try:
        if any(value.type.WhichOneof("value") is None for value in model.graph.output):
            # Some producers, like onnxscript, leave the types of outputs to who reads them.
            model = shape_inference.infer_shapes(model)
        onnx.checker.check_model(model)
        if has_bodies(model):
            model = spell_out(model, version)
        model = bound_masks(model)
        # What an operator gives that stays unknown need not have a shape: `read` names them all.
        strict = not unknown_nodes(model)
        inferred = shape_inference.infer_shapes(model, strict_mode=strict, data_prop=True)
        if not draws_in(inferred):
            return inferred
        return shape_inference.infer_shapes(
            replace_draws(inferred), strict_mode=strict, data_prop=True
        )
    except InputError:
        raise
    except Exception as error:  # so are onnx's
        raise InputError(f"not a valid ONNX model: {error}") from error


def _check_names(model: onnx.ModelProto) -> None:
    """Refuses names that are no text, which protobuf hands out as bytes."""
    graph = model.graph
    values = [*graph.input, *graph.output, *graph.value_info, *graph.initializer, *graph.node]
    names = [value.name for value in values]
    names += [tensor for node in graph.node for tensor in (*node.input, *node.output, node.op_type)]
    names += [text for entry in model.metadata_props for text in (entry.key, entry.value)]
    for name in (*names, graph.name):
        if not isinstance(name, str):
            raise InputError(f"not a valid ONNX model: the name {name!r} is no UTF-8 text")


def _type_of(element: int) -> str:
    from onnx import TensorProto

    if element == TensorProto.BOOL:
        return "bool"
    integers = (
        TensorProto.INT8,
        TensorProto.INT16,
        TensorProto.INT32,
        TensorProto.INT64,
        TensorProto.UINT8,
        TensorProto.UINT16,
        TensorProto.UINT32,
        TensorProto.UINT64,
    )
    return "int" if element in integers else "float"


def read(source: bytes | onnx.ModelProto) -> Graph:
    """Read a training step.

    Raises:
        InputError: the model is invalid, has a dynamic shape, or its roles do not fit.
        UnsupportedOperator: operators without a rule keep shapes from being known.
    """
    from onnx import helper, numpy_helper

    model = load(source)
    graph = model.graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    shapes: dict[str, Shape] = {name: tuple(a.shape) for name, a in arrays.items()}
    types = {name: _type_of(helper.np_dtype_to_tensor_dtype(a.dtype)) for name, a in arrays.items()}
    for value in [*graph.value_info, *graph.output, *graph.input]:
        shape = static_shape(value.type)
        if shape is not None:
            shapes[value.name] = shape
        types[value.name] = _type_of(value.type.tensor_type.elem_type)
    inputs = [i.name for i in graph.input]
    roles = assign_roles(
        inputs, [o.name for o in graph.output], {p.key: p.value for p in model.metadata_props}
    )
    initial = {name: arrays.pop(name) for name in inputs if name in arrays}
    ops: list[Op] = []
    for index, node in enumerate(graph.node):
        if node.op_type == "Constant":
            value = value_of(node)
            if value is None:
                raise InputError(f"constant '{node.output[0]}' is neither a tensor nor a number")
            arrays[node.output[0]] = value
            shapes[node.output[0]] = tuple(value.shape)
            continue
        attributes: dict[str, Any] = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        ops.append(
            Op(
                name=node.name or f"{node.op_type}_{index}",
                kind=node.op_type,
                inputs=tuple(node.input),
                outputs=tuple(node.output),
                attributes=attributes,
            )
        )
    for op in ops:
        for tensor in (*op.inputs, *op.outputs):
            if tensor and tensor not in shapes:
                _complain_of_unknown(model)
                raise InputError(
                    f"tensor '{tensor}' at node '{op.name}' has no static shape; "
                    "export the step with a fixed batch size"
                )
    for name in inputs:
        if name not in shapes:
            raise InputError(f"input '{name}' has no static shape; fix the batch size")
    return Graph(graph.name or "step", ops, shapes, types, arrays, initial, roles, opset_of(model))


def _complain_of_unknown(model: onnx.ModelProto) -> None:
    """Raise for operators that are not known, whose outputs may have no shape for that reason."""
    complaints = Complaints()
    for node in unknown_nodes(model):
        complaints.unknown(node.name or node.op_type, node.op_type)
    complaints.raise_if_any()

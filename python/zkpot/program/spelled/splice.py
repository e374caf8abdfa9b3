"""Putting a function's body in the place of a node that calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zkpot.errors import InputError

if TYPE_CHECKING:
    import onnx

    from zkpot.program.spelled.place import Place

#: The domain of functions that stand in a model for one moment only.
_DOMAIN = "zkpot.spelled"


def define(place: Place) -> onnx.FunctionProto | None:
    """The function by which ONNX defines the node's operator; None where it has none."""
    import onnx
    from onnx import defs

    node = place.node
    try:
        # onnx's type stubs lack what says which functions there are.
        schema: Any = defs.get_schema(node.op_type, place.opset)
    except defs.SchemaError:
        return None
    dependent = schema.has_context_dependent_function
    known = schema.context_dependent_function_opset_versions if dependent else []
    known = known or schema.function_opset_versions
    versions = [version for version in known if version <= place.opset]
    if not versions:
        return None
    function = onnx.FunctionProto()
    if not dependent:
        function.ParseFromString(schema.get_function_with_opset_version(versions[-1]))
        return function
    types = [place.types[i] if i else onnx.TypeProto() for i in node.input]
    try:
        body = schema.get_context_dependent_function_with_opset_version(
            versions[-1], node.SerializeToString(), [t.SerializeToString() for t in types]
        )
    except Exception:  # forms that ONNX does not define either
        return None
    function.ParseFromString(body)
    return function if function.node else None


def inline(place: Place, function: onnx.FunctionProto) -> list[onnx.NodeProto]:
    """The nodes of a function in place of a node that calls it."""
    import onnx
    from onnx import defs
    from onnx.inliner import inline_local_functions

    model = _alone(place)
    caller = model.graph.node[0]
    given = {attribute.name for attribute in caller.attribute}
    if function.domain == _DOMAIN:
        present = [name for name in caller.input if name]
        del caller.input[:]
        caller.input.extend(present)
    else:
        schema = defs.get_schema(caller.op_type, place.opset)
        caller.attribute.extend(
            attribute.default_value
            for name, attribute in schema.attributes.items()
            if name not in given and attribute.default_value.name
        )
    called = onnx.FunctionProto()
    called.CopyFrom(function)
    called.domain = caller.domain = _DOMAIN
    called.name = caller.op_type
    del called.opset_import[:]
    called.opset_import.append(onnx.helper.make_opsetid("", place.opset))
    model.functions.append(called)
    model.opset_import.append(onnx.helper.make_opsetid(_DOMAIN, 1))
    return _named(place, list(inline_local_functions(model).graph.node))


def write(place: Place, text: str) -> onnx.FunctionProto:
    """A body in ONNX's text format, ``(inputs) => (outputs) { nodes }``, as a function.

    Raises:
        InputError: the text is wrong.
    """
    import onnx

    head = f'<domain: "{_DOMAIN}", opset_import: ["" : {place.opset}]>'
    try:
        return onnx.parser.parse_function(f"{head} {place.node.op_type} {text}")
    except onnx.parser.ParseError as error:
        raise InputError(
            f"node '{place.label}' ({place.node.op_type}) has no valid body: {error}"
        ) from error


def _alone(place: Place) -> onnx.ModelProto:
    """A model of this node and nothing else."""
    from onnx import helper

    node, types = place.node, place.types
    names = list(dict.fromkeys(name for name in node.input if name))
    inputs = [helper.make_value_info(name, types[name]) for name in names]
    outputs = [helper.make_value_info(name, types[name]) for name in node.output if name in types]
    return helper.make_model(
        helper.make_graph([node], "place", inputs, outputs),
        opset_imports=[helper.make_opsetid("", place.opset)],
    )


def _named(place: Place, nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """The nodes with names, of themselves and of new tensors, that say where they come from."""
    outside = {*place.node.input, *place.node.output, ""}
    prefix = next(name for name in place.node.output if name)
    for node in nodes:
        node.name = place.label
        for names in (node.input, node.output):
            for number, name in enumerate(names):
                names[number] = name if name in outside else f"{prefix}/{name}"
    return nodes

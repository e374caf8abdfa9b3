"""Operators that the compiler has no rules for, spelled out in operators that it has.

ONNX defines many of its operators as functions of others; onnx's inliner puts these in their
places. Of the rest, and of those whose definition by ONNX costs more to prove than it has to, the
families here write a body each, in ONNX's text format.

Requires: a checked model whose shapes are inferred where that is possible.
Ensures: the same function of the inputs; nodes of one place carry its node's name; what is computed
from constants and shapes alone is constant. What cannot be spelled out stays, for the compiler to
complain about together with everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.constants import constants_of, initializers_of
from zkpot.program.operators import BASIC, COMPOSITE
from zkpot.program.spelled import (
    grouped,
    losses,
    moves,
    normalisation,
    one_hot,
    patches,
    recurrent,
    reductions,
    scatters,
    shrink,
)
from zkpot.program.spelled.constants import FOLDED, fold
from zkpot.program.spelled.grouped import several_exponents
from zkpot.program.spelled.place import Place, types_of
from zkpot.program.spelled.splice import define, inline, write

if TYPE_CHECKING:
    import numpy as np
    import onnx

    from zkpot.program.spelled.place import Body

#: For each operator its body.
BODIES: dict[str, Body] = {
    **grouped.BODIES,
    **losses.BODIES,
    **moves.BODIES,
    **normalisation.BODIES,
    **one_hot.BODIES,
    **patches.BODIES,
    **recurrent.BODIES,
    **reductions.BODIES,
    **scatters.BODIES,
    **shrink.BODIES,
}

#: Operators that stay as they are.
KEPT = frozenset({*BASIC, *COMPOSITE, *FOLDED})
#: A function may call others; deeper ones than this are taken for endless.
_DEEPEST = 8


def unknown_nodes(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes of operators that the compiler does not know by itself."""
    return [node for node in model.graph.node if node.op_type not in KEPT]


def has_bodies(model: onnx.ModelProto) -> bool:
    """Whether there is something to spell out: nodes that are not known, or with exponents each."""
    constants = constants_of(model.graph)
    powers = (node for node in model.graph.node if node.op_type == "Pow")
    return bool(unknown_nodes(model)) or any(
        several_exponents(constants.get(node.input[1])) for node in powers
    )


def spell_out(model: onnx.ModelProto, opset: int) -> onnx.ModelProto:
    """The model with the functions in it replaced by their bodies."""
    from onnx import shape_inference

    for _ in range(_DEEPEST):
        model = shape_inference.infer_shapes(model, data_prop=True)
        while fold(model, opset):
            model = shape_inference.infer_shapes(model, data_prop=True)
        types, constants = types_of(model), initializers_of(model.graph)
        nodes: list[onnx.NodeProto] = []
        for node in model.graph.node:
            nodes += _replacement(node, types, constants, opset) or [node]
        if len(nodes) == len(model.graph.node):
            break
        del model.graph.node[:]
        model.graph.node.extend(nodes)
    return model


def _replacement(
    node: onnx.NodeProto,
    types: dict[str, onnx.TypeProto],
    constants: dict[str, np.ndarray],
    opset: int,
) -> list[onnx.NodeProto] | None:
    """The nodes in place of one; None where it stays."""
    body = BODIES.get(node.op_type)
    kept = node.op_type in KEPT
    if (kept and body is None) or any(name and name not in types for name in node.input):
        return None
    place = Place(node, types, constants, opset)
    text = None if body is None else body(place)
    if kept and text is None:
        return None
    function = define(place) if text is None else write(place, text)
    if function is None or any(_loops(inner) for inner in function.node):
        return None
    return inline(place, function)


def _loops(node: onnx.NodeProto) -> bool:
    """Whether a node runs graphs of its own, of which those of constant conditions get chosen."""
    return node.op_type in ("Loop", "Scan")

"""From the traced aten graph to expressions of ONNX operators.

One table per family: ``TRANSLATIONS`` maps an aten overload to the function that builds the
equal expression. An operator in none of them is an error that names it.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import fx

from zkpot.errors import ExportError
from zkpot.step.expression import Expression, Graph
from zkpot.step.translate import (
    arithmetic,
    constants,
    convolution,
    layout,
    matmul,
    reduction,
)
from zkpot.step.translate.result import Result, Translation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRANSLATIONS: Mapping[Any, Translation] = {
    **arithmetic.TRANSLATIONS,
    **constants.TRANSLATIONS,
    **convolution.TRANSLATIONS,
    **layout.TRANSLATIONS,
    **matmul.TRANSLATIONS,
    **reduction.TRANSLATIONS,
}


def translate(
    traced: fx.GraphModule, inputs: Sequence[Expression], graph: Graph
) -> list[Expression]:
    """Express the outputs of ``traced``, in order, in ``inputs``.

    Raises:
        ExportError: an operator has no translation; the message names it.

    """
    made: dict[fx.Node, Any] = {}
    remaining = iter(inputs)
    for node in traced.graph.nodes:
        if node.op == "placeholder":
            made[node] = next(remaining)
        elif node.op == "get_attr":
            captured = getattr(traced, str(node.target))
            made[node] = graph.constant(captured.numpy(), captured.numpy().dtype)
        elif node.op == "output":
            return [made[output] for output in node.args[0]]
        elif node.target is operator.getitem:
            made[node] = made[node.args[0]][node.args[1]]
        else:
            made[node] = _translate_node(node, made, graph)
    raise AssertionError("an fx graph ends in an output node")


def _translate_node(node: fx.Node, made: Mapping[fx.Node, Any], graph: Graph) -> Any:
    translation = TRANSLATIONS.get(node.target)
    if translation is None:
        raise ExportError(
            f"the step uses the operator {node.target}, which cannot be exported yet: write "
            "that part of the model or loss with other operators."
        )
    meta = node.meta["val"]
    if not isinstance(meta, torch.Tensor):
        meta = meta[0]
    result = Result(graph, tuple(meta.shape), dtype_of(meta))
    args = fx.map_arg(node.args, made.__getitem__)
    kwargs = fx.map_arg(node.kwargs, made.__getitem__)
    expression = translation(result, *args, **kwargs)
    if isinstance(expression, Expression) and expression.shape != result.shape:
        raise ExportError(
            f"the translation of {node.target} gave the shape {expression.shape} where torch "
            f"has {result.shape}: please report this as a bug."
        )
    return expression


def dtype_of(tensor: torch.Tensor) -> np.dtype[Any]:
    """Return the numpy dtype of a torch tensor, fake tensors included."""
    return np.dtype(str(tensor.dtype).removeprefix("torch."))

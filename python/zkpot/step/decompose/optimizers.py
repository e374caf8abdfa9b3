"""What torch.optim computes: moments, quotients and the learning rate's product."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

aten = torch.ops.aten


def interpolate(a: Any, b: Any, weight: float) -> Any:
    """Return ``a + weight * (b - a)``, Adam's moving average."""
    return a + weight * (b - a)


def add_product(a: Any, b: Any, c: Any, *, value: float = 1) -> Any:
    """Return ``a + value * b * c``."""
    product = b * c
    return a + (product if value == 1 else product * value)


def add_quotient(a: Any, b: Any, c: Any, *, value: float = 1) -> Any:
    """Return ``a + value * b / c``."""
    quotient = b / c
    return a + (quotient if value == 1 else quotient * value)


# Operators that take a number where torch.optim may put a learning rate: the number's keyword,
# what makes one term of the others, and what adds it without a number.
_SCALED = {
    aten.add_.Tensor: ("alpha", None, aten.add_.Tensor),
    aten.add.Tensor: ("alpha", None, aten.add.Tensor),
    aten.sub_.Tensor: ("alpha", None, aten.sub_.Tensor),
    aten.addcdiv_.default: ("value", aten.div.Tensor, aten.add_.Tensor),
    aten.addcmul_.default: ("value", aten.mul.Tensor, aten.add_.Tensor),
}


def keep_rates_symbolic(graph: fx.Graph) -> None:
    """Undo ``.item()`` on a learning rate, so that it stays an input of the step.

    torch.optim asks a tensor rate for its number where an operator takes only numbers.
    ``add(p, g, alpha=rate)`` becomes ``add(p, g * rate)``, and likewise for addcdiv.
    """
    for node in list(graph.nodes):
        if node.op != "call_function" or node.target not in _SCALED:
            continue
        keyword, combine, add = _SCALED[node.target]
        scale = node.kwargs.get(keyword)
        if not isinstance(scale, fx.Node):
            continue
        target, *terms = node.args
        with graph.inserting_before(node):
            term = terms[0] if combine is None else graph.call_function(combine, tuple(terms))
            scaled = graph.call_function(aten.mul.Tensor, (term, scale))
            total = graph.call_function(add, (target, scaled))
        total.meta = dict(node.meta)
        node.replace_all_uses_with(total)
        graph.erase_node(node)
    for node in graph.find_nodes(op="call_function", target=aten._local_scalar_dense.default):
        node.replace_all_uses_with(node.args[0])
        graph.erase_node(node)


DECOMPOSITIONS = {
    aten.lerp.Scalar: interpolate,
    aten.addcmul.default: add_product,
    aten.addcdiv.default: add_quotient,
}

"""From operators to sums of products and functions over the reals.

Requires: a graph of basic operators (`composite.py`).
Does: each operator family lowers its own operators (`linear`, `products`, `masks`, `softmax`).
Ensures: a :class:`~zkpot.program.real.RealProgram` whose tensors carry the ONNX names, or
complaints for what cannot be lowered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.lower import linear, masks, products, softmax
from zkpot.program.lower.context import Lowering

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.graph import Graph, Op
    from zkpot.program.operators import Complaints
    from zkpot.program.real import RealProgram

RULES: dict[str, Callable[[Lowering, Op], None]] = {
    "Add": linear.add,
    "Sub": linear.subtract,
    "Reshape": linear.reshape,
    "Expand": linear.expand,
    "Transpose": linear.transpose,
    "ReduceSum": linear.reduce_sum,
    "Mul": products.multiply,
    "MatMul": products.matmul,
    "Relu": masks.relu,
    "Greater": masks.greater,
    "Equal": masks.equal,
    "ReduceMax": softmax.reduce_max,
    "Exp": softmax.exponential,
    "Log": softmax.logarithm,
    "Div": softmax.divide,
}


def lower(graph: Graph, complaints: Complaints) -> RealProgram:
    """Lower every operator, in order."""
    lowering = Lowering(graph, complaints)
    for op in graph.ops:
        rule = RULES.get(op.kind)
        if rule is not None:
            rule(lowering, op)
    return lowering.finish()

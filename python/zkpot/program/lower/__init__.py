"""From operators to sums of products and functions over the reals.

Requires: a graph of basic operators (`composite.py`).
Does: each operator family lowers its own operators, in a file of its name (`RULES`).
Ensures: a :class:`~zkpot.program.real.RealProgram` whose tensors carry the ONNX names, or
complaints for what cannot be lowered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.lower import (
    comparisons,
    conditions,
    extremes,
    layout,
    linear,
    maxima,
    powers,
    products,
    quotients,
    selection,
    signs,
    unary,
    windows,
)
from zkpot.program.lower.context import Lowering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zkpot.program.graph import Graph, Op
    from zkpot.program.operators import Complaints
    from zkpot.program.public import Affine
    from zkpot.program.real import RealProgram

RULES: dict[str, Callable[[Lowering, Op], None]] = {
    "Add": linear.add,
    "Sub": linear.subtract,
    "ReduceSum": linear.reduce_sum,
    "CumSum": linear.running_sum,
    "Reshape": layout.reshape,
    "Expand": layout.expand,
    "Tile": layout.tile,
    "Transpose": layout.transpose,
    "Slice": layout.cut,
    "Concat": layout.concatenate,
    "Pad": layout.pad,
    "Gather": selection.gather,
    "Mul": products.multiply,
    "MatMul": products.matmul,
    "Einsum": products.einsum,
    "Conv": windows.convolve,
    "ConvTranspose": windows.convolve_transposed,
    "AveragePool": windows.average,
    "MaxPool": windows.maximum,
    "Div": quotients.divide,
    "Sqrt": powers.square_root,
    "Pow": powers.power,
    "Relu": signs.relu,
    "Abs": signs.absolute,
    "Sign": signs.sign,
    "LeakyRelu": signs.leaky_relu,
    "Greater": comparisons.greater,
    "GreaterOrEqual": comparisons.greater_or_equal,
    "LessOrEqual": comparisons.less_or_equal,
    "Equal": comparisons.equal,
    "Where": conditions.where,
    "And": conditions.conjunction,
    "Or": conditions.disjunction,
    "Xor": conditions.exclusion,
    "Not": conditions.negation,
    "Max": extremes.maximum,
    "Min": extremes.minimum,
    "Clip": extremes.clip,
    "ReduceMax": maxima.reduce_max,
    "ArgMax": maxima.place_of_maximum,
    "Table": unary.table,
    "Exp": unary.exponential,
    "Log": unary.logarithm,
}


def lower(
    graph: Graph, complaints: Complaints, counters: Mapping[str, Affine] | None = None
) -> RealProgram:
    """Lower every operator, in order; `counters` are public numbers that were states."""
    lowering = Lowering(graph, complaints)
    lowering.affine.update(counters or {})
    for op in graph.ops:
        rule = RULES.get(op.kind)
        if rule is not None:
            rule(lowering, op)
    return lowering.finish()

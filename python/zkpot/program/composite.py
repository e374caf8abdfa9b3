"""Spelling composite operators out in basic ones, and axes out as attributes.

Requires: a graph as `read` leaves it, with constants folded.
Does: replaces each composite operator by basic ones; turns axes and target shapes, given as
inputs or attributes, into normalised attributes; drops identities into `Graph.aliases`.
Ensures: only operators of `operators.BASIC` remain, whose inputs are all tensors to compute
with; reductions carry sorted non-negative ``axes``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program import configuration, maxima, reductions
from zkpot.program.operators import BASIC
from zkpot.program.rewriter import Rewriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.graph import Graph, Op
    from zkpot.program.operators import Complaints


def _gemm(r: Rewriter, op: Op) -> None:
    names = []
    for side, (tensor, key) in enumerate(zip(op.inputs[:2], ("transA", "transB"), strict=True)):
        name = tensor
        if op.attributes.get(key, 0):
            shape = r.graph.shapes[tensor][::-1]
            out = f"{op.output}/{'ab'[side]}"
            name = r.emit(op, "Transpose", (tensor,), out, shape, perm=(1, 0))
        names.append(name)
    alpha, beta = op.attributes.get("alpha", 1.0), op.attributes.get("beta", 1.0)
    shape = r.graph.shapes[op.output]
    biased = len(op.inputs) > 2 and op.inputs[2] and beta != 0
    product = r.emit(
        op,
        "MatMul",
        (names[0], names[1]),
        f"{op.output}/product" if biased or alpha != 1 else op.output,
        shape,
    )
    if alpha != 1:
        factor = r.constant(f"{op.output}/alpha", alpha)
        scaled = f"{op.output}/scaled" if biased else op.output
        product = r.emit(op, "Mul", (product, factor), scaled, shape)
    if biased:
        bias = op.inputs[2]
        if beta != 1:
            factor = r.constant(f"{op.output}/beta", beta)
            bias = r.emit(
                op, "Mul", (bias, factor), f"{op.output}/bias", r.graph.shapes[op.inputs[2]]
            )
        r.emit(op, "Add", (product, bias), op.output)


def _reshape(r: Rewriter, op: Op) -> None:
    if r.graph.shapes[op.inputs[0]] == r.graph.shapes[op.output]:
        r.alias(op, op.inputs[0])
        return
    r.emit(op, "Reshape", op.inputs[:1], op.output)


def _expand(r: Rewriter, op: Op) -> None:
    if r.graph.shapes[op.inputs[0]] == r.graph.shapes[op.output]:
        r.alias(op, op.inputs[0])
        return
    r.emit(op, "Expand", op.inputs[:1], op.output)


def _cast(r: Rewriter, op: Op) -> None:
    before, after = r.graph.types[op.inputs[0]], r.graph.types[op.output]
    labels = op.inputs[0] in r.graph.roles.data
    if after == "bool" or (before == "float" and after == "int" and not labels):
        r.complaints.form(op.name, op.kind, f"it casts {before} to {after}")
        return
    r.alias(op, op.inputs[0])


def _transpose(r: Rewriter, op: Op) -> None:
    rank = len(r.graph.shapes[op.inputs[0]])
    perm = tuple(op.attributes.get("perm", tuple(range(rank))[::-1]))
    if perm == tuple(range(rank)):
        r.alias(op, op.inputs[0])
        return
    r.emit(op, "Transpose", op.inputs, op.output, perm=perm)


def _pow(r: Rewriter, op: Op) -> None:
    if r.graph.uniform(op.inputs[1]) == 2.0:
        r.emit(op, "Mul", (op.inputs[0], op.inputs[0]), op.output)
    else:
        r.ops.append(op)


def _where(r: Rewriter, op: Op) -> None:
    condition, kept, other = op.inputs
    if r.graph.uniform(other) == 0.0:
        r.emit(op, "Mul", (condition, kept), op.output)
    else:
        r.ops.append(op)


def _thresholded(r: Rewriter, op: Op) -> None:
    """``[x > alpha] x``."""
    source = op.inputs[0]
    alpha = r.constant(f"{op.output}/alpha", op.attributes.get("alpha", 1.0))
    shape = r.graph.shapes[source]
    kept = r.emit(op, "Greater", (source, alpha), f"{op.output}/kept", shape)
    r.emit(op, "Mul", (kept, source), op.output)


def _never(r: Rewriter, op: Op) -> None:
    """``IsNaN`` and ``IsInf``: no value of a program is infinite or none."""
    shape = r.graph.shapes[op.output]
    r.graph.constants[op.output] = np.zeros(shape, bool)


def _negate(r: Rewriter, op: Op) -> None:
    r.emit(op, "Mul", (op.inputs[0], r.constant(f"{op.output}/minus", -1.0)), op.output)


def _reciprocal(r: Rewriter, op: Op) -> None:
    r.emit(op, "Div", (r.constant(f"{op.output}/one", 1.0), op.inputs[0]), op.output)


def _less(r: Rewriter, op: Op) -> None:
    r.emit(op, "Greater", op.inputs[::-1], op.output)


def _cast_like(r: Rewriter, op: Op) -> None:
    # Types are known without looking at what the second input holds.
    _cast(r, replace(op, inputs=op.inputs[:1]))


def _identity(r: Rewriter, op: Op) -> None:
    r.alias(op, op.inputs[0])


_RULES: dict[str, Callable[[Rewriter, Op], None]] = {
    **configuration.RULES,
    **maxima.RULES,
    **reductions.RULES,
    "Cast": _cast,
    "CastLike": _cast_like,
    "Expand": _expand,
    "Flatten": _reshape,
    "Gemm": _gemm,
    "Identity": _identity,
    "IsInf": _never,
    "IsNaN": _never,
    "Less": _less,
    "Neg": _negate,
    "Pow": _pow,
    "Reciprocal": _reciprocal,
    "Reshape": _reshape,
    "Squeeze": _reshape,
    "ThresholdedRelu": _thresholded,
    "Transpose": _transpose,
    "Unsqueeze": _reshape,
    "Where": _where,
}


def expand(graph: Graph, complaints: Complaints) -> Graph:
    """Apply the rewrites in place and return the graph."""
    rewriter = Rewriter(graph, complaints)
    for original in graph.ops:
        op = original.rename({i: graph.resolve(i) for i in original.inputs})
        rule = _RULES.get(op.kind)
        if rule is not None:
            rule(rewriter, op)
        elif op.kind in BASIC:
            rewriter.ops.append(op)
        else:
            complaints.unknown(op.name, op.kind)
            rewriter.ops.append(op)
    graph.ops = rewriter.ops
    return graph

"""Spelling composite operators out in basic ones, and axes out as attributes.

Requires: a graph as `read` leaves it, with constants folded.
Does: replaces each composite operator by basic ones; turns axes and target shapes, given as
inputs or attributes, into normalised attributes; drops identities into `Graph.aliases`.
Ensures: only operators of `operators.BASIC` remain, whose inputs are all tensors to compute
with; reductions carry sorted non-negative ``axes``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.program import configuration
from zkpot.program.configuration import maximum_of_axes
from zkpot.program.graph import Graph, Op, Shape
from zkpot.program.operators import BASIC, Complaints

if TYPE_CHECKING:
    from collections.abc import Callable


class Rewriter:
    """Builds the new list of operators, keeping shapes and types of new tensors."""

    def __init__(self, graph: Graph, complaints: Complaints) -> None:
        self.graph = graph
        self.complaints = complaints
        self.ops: list[Op] = []

    def constant(self, name: str, value: float) -> str:
        """A new float constant."""
        self.graph.constants[name] = np.asarray(value, np.float64)
        self.graph.shapes[name] = ()
        self.graph.types[name] = "float"
        return name

    def emit(
        self,
        op: Op,
        kind: str,
        inputs: tuple[str, ...],
        out: str,
        shape: Shape | None = None,
        **attributes: Any,
    ) -> str:
        """Append an operator in place of (a part of) `op`; `shape` is that of a new tensor."""
        if shape is not None:
            self.graph.shapes[out] = shape
            self.graph.types[out] = "float"
        self.ops.append(Op(op.name, kind, inputs, (out,), attributes))
        return out

    def alias(self, op: Op, source: str) -> None:
        """The operator's output is `source` itself."""
        self.graph.aliases[op.output] = source

    def axes(self, op: Op, *, default_all: bool = True) -> tuple[int, ...] | None:
        """Normalised axes of a reduction, from the attribute or the second input."""
        rank = len(self.graph.shapes[op.inputs[0]])
        if len(op.inputs) > 1 and op.inputs[1]:
            array = self.graph.constants.get(op.inputs[1])
            if array is None:
                self.complaints.form(op.name, op.kind, "its axes are computed")
                return None
            given = [int(a) for a in np.atleast_1d(array)]
        else:
            given = [int(a) for a in np.atleast_1d(op.attributes.get("axes", []))]
        if not given and default_all and not op.attributes.get("noop_with_empty_axes", 0):
            given = list(range(rank))
        return tuple(sorted(a % rank for a in given)) if rank else ()


def _reduced(shape: Shape, axes: tuple[int, ...]) -> Shape:
    return tuple(1 if a in axes else n for a, n in enumerate(shape))


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


def _last_axis(r: Rewriter, op: Op) -> bool:
    rank = len(r.graph.shapes[op.inputs[0]])
    axis = op.attributes.get("axis", -1)
    if rank and axis % rank == rank - 1:
        return True
    r.complaints.form(op.name, op.kind, f"its axis is {axis} of {rank}")
    return False


def _shifted(r: Rewriter, op: Op, out: str) -> tuple[str, tuple[int, ...], Shape, Shape]:
    """``x - max(x)`` over the last axis, with the axes and shapes of what follows."""
    shape = r.graph.shapes[op.inputs[0]]
    axes = (len(shape) - 1,)
    small = _reduced(shape, axes)
    top = r.emit(op, "ReduceMax", (op.inputs[0],), f"{out}/max", small, axes=axes)
    shifted = r.emit(op, "Sub", (op.inputs[0], top), f"{out}/shifted", shape)
    return shifted, axes, shape, small


def _softmax(r: Rewriter, op: Op) -> None:
    if not _last_axis(r, op):
        return
    shifted, axes, shape, small = _shifted(r, op, op.output)
    exp = r.emit(op, "Exp", (shifted,), f"{op.output}/exp", shape)
    total = r.emit(op, "ReduceSum", (exp,), f"{op.output}/sum", small, axes=axes)
    r.emit(op, "Div", (exp, total), op.output)


def _log_softmax(r: Rewriter, op: Op, out: str | None = None) -> None:
    if not _last_axis(r, op):
        return
    out = out or op.output
    shifted, axes, shape, small = _shifted(r, op, out)
    exp = r.emit(op, "Exp", (shifted,), f"{out}/exp", shape)
    total = r.emit(op, "ReduceSum", (exp,), f"{out}/sum", small, axes=axes)
    log = r.emit(op, "Log", (total,), f"{out}/log", small)
    r.emit(op, "Sub", (shifted, log), out, shape)


def _cross_entropy(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    reduction = op.attributes.get("reduction", b"mean")
    if len(shape) != 2 or len(op.inputs) > 2 or "ignore_index" in op.attributes:
        r.complaints.form(op.name, op.kind, "it has weights, ignored labels or more axes")
        return
    logarithm = op.outputs[1] if len(op.outputs) > 1 and op.outputs[1] else f"{op.output}/log"
    _log_softmax(r, Op(op.name, op.kind, op.inputs[:1], (logarithm,)), logarithm)
    classes = f"{op.output}/classes"
    r.graph.constants[classes] = np.arange(shape[1], dtype=np.int64)
    r.graph.shapes[classes], r.graph.types[classes] = (shape[1],), "int"
    column = r.emit(op, "Reshape", (op.inputs[1],), f"{op.output}/labels", (shape[0], 1))
    hot = r.emit(op, "Equal", (column, classes), f"{op.output}/onehot", shape)
    factor = {b"mean": -1.0 / shape[0], b"sum": -1.0}.get(reduction)
    picked = r.emit(op, "Mul", (logarithm, hot), f"{op.output}/picked", shape)
    axes = (1,) if factor is None else (0, 1)
    total_shape = tuple(r.graph.shapes[op.output])
    total = r.emit(op, "ReduceSum", (picked,), f"{op.output}/total", total_shape, axes=axes)
    minus = r.constant(f"{op.output}/factor", -1.0 if factor is None else factor)
    r.emit(op, "Mul", (total, minus), op.output)


def _reduce_mean(r: Rewriter, op: Op) -> None:
    axes = r.axes(op)
    if axes is None:
        return
    shape = r.graph.shapes[op.inputs[0]]
    count = math.prod(shape[a] for a in axes)
    total = r.emit(
        op, "ReduceSum", op.inputs[:1], f"{op.output}/sum", r.graph.shapes[op.output], axes=axes
    )
    r.emit(op, "Mul", (total, r.constant(f"{op.output}/count", 1.0 / count)), op.output)


def _reduction(r: Rewriter, op: Op) -> None:
    axes = r.axes(op)
    if axes is None:
        return
    if op.kind == "ReduceMax" and axes != (len(r.graph.shapes[op.inputs[0]]) - 1,):
        maximum_of_axes(r, op, axes)
        return
    r.emit(op, op.kind, op.inputs[:1], op.output, axes=axes)


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


def _scalar(r: Rewriter, name: str) -> float | None:
    array = r.graph.constants.get(name)
    if array is None or array.size == 0 or np.any(array != array.flat[0]):
        return None
    return float(array.flat[0])


def _pow(r: Rewriter, op: Op) -> None:
    if _scalar(r, op.inputs[1]) == 2.0:
        r.emit(op, "Mul", (op.inputs[0], op.inputs[0]), op.output)
    else:
        r.ops.append(op)


def _where(r: Rewriter, op: Op) -> None:
    condition, kept, other = op.inputs
    if _scalar(r, other) == 0.0:
        r.emit(op, "Mul", (condition, kept), op.output)
    else:
        r.ops.append(op)


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
    "Cast": _cast,
    "CastLike": _cast_like,
    "Expand": _expand,
    "Flatten": _reshape,
    "Gemm": _gemm,
    "Identity": _identity,
    "Less": _less,
    "LogSoftmax": _log_softmax,
    "Neg": _negate,
    "Pow": _pow,
    "Reciprocal": _reciprocal,
    "ReduceMax": _reduction,
    "ReduceMean": _reduce_mean,
    "ReduceSum": _reduction,
    "Reshape": _reshape,
    "Softmax": _softmax,
    "SoftmaxCrossEntropyLoss": _cross_entropy,
    "Squeeze": _reshape,
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

"""Evaluates a real program in float64, to compare it with the ONNX graph that it came from."""

from __future__ import annotations

import numpy as np
from operands import einsum

from zkpot.program import expression, formula
from zkpot.program.real import Constant, Function


def evaluate(program, inputs):
    """Values of every tensor; `inputs` holds data, states and learning rates."""
    values = {
        k: np.asarray(v, np.float64).reshape(program.shapes.get(k, np.shape(v)))
        for k, v in inputs.items()
    }
    for node in program.nodes:
        shape = program.shapes[node.out]
        if isinstance(node, Function):
            a = [values[x] for x in node.args]
            if node.kind in ("Step", "Positive"):
                values[node.out] = (a[0] > 0).astype(np.float64)
            elif node.kind == "Max":
                values[node.out] = a[0].max(tuple(range(len(shape), a[0].ndim)))
            elif node.kind == "Root":
                values[node.out] = np.sqrt(a[0])
            elif node.kind == "Table":
                values[node.out] = expression.evaluate(node.detail, a[0])
            elif node.kind == "OneHot":
                values[node.out] = (a[0][..., None] == np.arange(shape[-1])).astype(np.float64)
            elif node.kind == "Exp":
                values[node.out] = np.exp(-a[0])  # of what is below the maximum
            elif node.kind == "Divide":
                if node.detail or a[0].shape != a[1].shape:
                    lengths = dict(zip(node.detail, a[1].shape, strict=True))
                    spread = [lengths.get(axis, 1) for axis in range(a[0].ndim)]
                    a[1] = a[1].transpose(np.argsort(node.detail)).reshape(spread)
                values[node.out] = a[0] / a[1]
            elif node.kind == "Log":
                values[node.out] = np.log(a[0])
            elif node.kind == "Reshape":
                values[node.out] = a[0].reshape(shape)
            else:
                raise AssertionError(node.kind)
        elif isinstance(node, Constant):
            values[node.out] = np.reshape(node.values, shape)
        else:
            total = np.full(shape, float(node.constant))
            for term in node.terms:
                operands = [
                    (values[o.tensor], [(i.labels, i.offset, i.divisor) for i in o.axes])
                    for o in term.operands()
                ]
                part = einsum(operands, shape, term.summed) * float(term.coefficient)
                if term.scalar:
                    read = (n for n in formula.names_in(term.scalar) if n in values)
                    rates = {name: float(values[name]) for name in read}
                    part = part * formula.evaluate(term.scalar, {"step": 0.0} | rates)
                total = total + part
            values[node.out] = total
        assert values[node.out].shape == tuple(shape), node.out
    return values

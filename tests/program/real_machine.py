"""Evaluates a real program in float64, to compare it with the ONNX graph that it came from."""

from __future__ import annotations

import numpy as np
from operands import einsum

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
            if node.kind == "Step":
                values[node.out] = (a[0] > 0).astype(np.float64)
            elif node.kind == "Max":
                values[node.out] = a[0].max(-1)
            elif node.kind == "OneHot":
                values[node.out] = (a[0][..., None] == np.arange(shape[-1])).astype(np.float64)
            elif node.kind == "Exp":
                values[node.out] = np.exp(-a[0])  # of what is below the maximum
            elif node.kind == "Divide":
                values[node.out] = a[0] / a[1].reshape(a[1].shape + (1,) * (a[0].ndim - a[1].ndim))
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
                    part = part * float(values[term.scalar])
                total = total + part
            values[node.out] = total
        assert values[node.out].shape == tuple(shape), node.out
    return values

"""Evaluates a real program in float64, to compare it with the ONNX graph that it came from."""

from __future__ import annotations

import numpy as np

from zkpot.program.real import Function


def evaluate(program, inputs):
    """Values of every tensor; `inputs` holds data, states and learning rates."""
    values = {k: np.asarray(v, np.float64) for k, v in inputs.items()}
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
            else:
                raise AssertionError(node.kind)
        else:
            total = np.full(shape, float(node.constant))
            for term in node.terms:
                flat, used = [], set()
                for o in term.operands():
                    flat += [values[o.tensor], list(o.axes)]
                    used |= set(o.axes)
                out = [i for i in range(len(shape)) if i in used]
                part = np.einsum(*flat, out) * float(term.coefficient)
                if term.scalar:
                    part = part * float(values[term.scalar])
                total = total + part.reshape([n if i in used else 1 for i, n in enumerate(shape)])
            values[node.out] = total
        assert values[node.out].shape == tuple(shape), node.out
    return values

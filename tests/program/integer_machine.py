"""Runs a program on integers, straight from the definition of its nodes."""

from __future__ import annotations

import numpy as np
from operands import einsum


def _product(term, shape, summed, values):
    operands = [term["left"], *([term["right"]] if term["right"] else [])]
    arrays = [values[o["tensor"]] for o in operands]
    bound = float(np.prod(summed))
    for a in arrays:
        bound *= max(1.0, float(np.max(np.abs(a), initial=1)))
    if bound < 2.0**53:  # then float64 matrix products are exact, and fast
        arrays = [a.astype(np.float64) for a in arrays]
    axes = [[(i["labels"], i["offset"], i["divisor"]) for i in o["axes"]] for o in operands]
    read = list(zip(arrays, axes, strict=True))
    return einsum(read, tuple(shape), summed).astype(np.int64)


def step(program, states, batch, scalars):
    """One step; returns the next states and every tensor by name. Checks every range."""
    tensors = program["tensors"]
    values = {}
    for field in program["data"]:
        values[field["tensor"]] = batch[field["name"]]
    for state in program["states"]:
        values[state["tensor"]] = states[state["name"]]

    def put(index, value, check=True):
        r = tensors[index]["range"]
        if r is not None and check:
            bad = (value < r["lo"]) | (value >= r["lo"] + 2 ** r["bits"])
            assert not bad.any(), f"{tensors[index]['name']}: {value[bad][0]} out of range"
        assert list(value.shape) == tensors[index]["shape"], tensors[index]["name"]
        values[index] = value

    for node in program["nodes"]:
        ((kind, n),) = node.items()
        if kind == "Sum":
            shape = tensors[n["out"]]["shape"]
            total = np.full(shape, n["constant"], np.int64)
            for term in n["terms"]:
                factor = term["coefficient"]
                if term["scalar"] is not None:
                    factor *= scalars[program["scalars"][term["scalar"]]["name"]]
                total = total + factor * _product(term, shape, n["summed"], values)
            put(n["out"], total)
        elif kind == "Constant":
            put(n["out"], np.reshape(n["values"], tensors[n["out"]]["shape"]))
        elif kind == "Rescale":
            put(n["out"], (values[n["input"]] + (1 << (n["shift"] - 1))) >> n["shift"])
        elif kind == "Lookup":
            table = program["tables"][n["table"]]
            row = values[n["input"]] - table["first"]
            assert (row >= 0).all(), table["name"]
            assert (row < 1 << table["bits"]).all(), table["name"]
            for out, column in zip(n["outs"], table["columns"], strict=True):
                put(out, np.asarray(column, np.int64)[row])
        elif kind == "OneHot":
            classes = tensors[n["out"]]["shape"][-1]
            put(n["out"], (values[n["input"]][..., None] == np.arange(classes)).astype(np.int64))
        elif kind == "Max":
            put(n["out"], values[n["input"]].max(axis=-1))
        elif kind == "Divide":
            top, bottom = values[n["numerator"]], values[n["denominator"]]
            bottom = bottom.reshape(bottom.shape + (1,) * (top.ndim - bottom.ndim))
            put(n["out"], ((top << (n["shift"] + 1)) + bottom) // (2 * bottom))
    after = {s["name"]: values[s["next"]] for s in program["states"]}
    return after, {tensors[i]["name"]: v for i, v in values.items()}


def train(program, states, data, scalars, steps, order=None):
    """Consecutive batches of quantised data; `order` are row indices, [steps, batch]."""
    batch = program["batch"]
    rows = len(next(iter(data.values())))
    values = {}
    for t in range(steps):
        index = order[t] if order is not None else np.arange(t * batch, (t + 1) * batch) % rows
        states, values = step(program, states, {k: v[index] for k, v in data.items()}, scalars)
    return states, values

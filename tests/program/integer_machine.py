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


def _largest(values, kept):
    return values.max(axis=tuple(range(kept, values.ndim)))


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
            for gap in table["gaps"]:
                in_gap = (row >= gap["row"]) & (row < gap["row"] + gap["rows"])
                assert not in_gap.any(), table["name"]
            for out, column in zip(n["outs"], table["columns"], strict=True):
                put(out, np.asarray(column, np.int64)[row])
        elif kind == "OneHot":
            classes = tensors[n["out"]]["shape"][-1]
            put(n["out"], (values[n["input"]][..., None] == np.arange(classes)).astype(np.int64))
        elif kind == "Max":
            put(n["out"], _largest(values[n["input"]], len(tensors[n["out"]]["shape"])))
        elif kind == "ArgMax":
            rows, kept = values[n["input"]], len(tensors[n["max"]]["shape"])
            put(n["max"], _largest(rows, kept))
            flat = rows.reshape((*rows.shape[:kept], -1))
            places = np.eye(flat.shape[-1], dtype=np.int64)[flat.argmax(axis=-1)]
            put(n["out"], places.reshape(rows.shape))
        elif kind == "Positive":
            put(n["out"], (values[n["input"]] > 0).astype(np.int64))
        elif kind == "Root":
            radicand = values[n["input"]] << n["shift"]
            assert (radicand >= 0).all(), tensors[n["out"]]["name"]
            root = np.floor(np.sqrt(radicand.astype(np.float64)) + 0.5).astype(np.int64)
            root -= root * root - root > radicand
            root += root * root + root <= radicand
            put(n["out"], root)
        elif kind == "Divide":
            top, bottom = values[n["numerator"]], values[n["denominator"]]
            lengths = dict(zip(n["axes"], bottom.shape, strict=True))
            bottom = bottom.transpose(np.argsort(n["axes"]))
            bottom = bottom.reshape([lengths.get(a, 1) for a in range(top.ndim)])
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

"""Inputs that only configure an operator become attributes.

Slices get a start and a step for every axis, pads their first places, gathers their constant
places; negative numbers are counted from the end. `composite.py` applies these rules.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.program.graph import Op
from zkpot.program.reductions import maximum_of_axes

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.graph import Shape
    from zkpot.program.rewriter import Rewriter


def _constant(r: Rewriter, op: Op, place: int, what: str) -> np.ndarray | None:
    """The constant input at `place`; complains where it is computed."""
    array = r.graph.constants.get(op.inputs[place])
    if array is None:
        r.complaints.form(op.name, op.kind, f"its {what} are computed")
    return array


def _given(op: Op, place: int) -> bool:
    return len(op.inputs) > place and bool(op.inputs[place])


def _cut(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    parts: list[np.ndarray | None] = []
    for place, what in enumerate(("starts", "ends", "axes", "steps"), start=1):
        if _given(op, place):
            parts.append(_constant(r, op, place, what))
            if parts[-1] is None:
                return
        else:
            parts.append(None)
    first, _, axes, steps = parts
    assert first is not None
    chosen = range(len(first)) if axes is None else [int(a) % len(shape) for a in axes]
    starts, strides = [0] * len(shape), [1] * len(shape)
    for number, axis in enumerate(chosen):
        stride = 1 if steps is None else int(steps[number])
        start, length = int(first[number]), shape[axis]
        start = start + length if start < 0 else start
        starts[axis] = min(max(start, 0), length - 1 if stride < 0 else length)
        strides[axis] = stride
    emit_slice(r, op, op.inputs[0], op.output, tuple(starts), tuple(strides))


def emit_slice(
    r: Rewriter,
    op: Op,
    source: str,
    out: str,
    starts: Shape,
    steps: Shape,
    shape: Shape | None = None,
) -> str:
    """Append a slice; `shape` is that of a new tensor."""
    return r.emit(op, "Slice", (source,), out, shape, starts=starts, steps=steps)


def _split(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    axis = op.attributes.get("axis", 0) % len(shape)
    start = 0
    for out in op.outputs:
        starts = tuple(start if a == axis else 0 for a in range(len(shape)))
        emit_slice(r, op, op.inputs[0], out, starts, (1,) * len(shape))
        start += r.graph.shapes[out][axis]


def _concatenate(r: Rewriter, op: Op) -> None:
    axis = op.attributes["axis"] % len(r.graph.shapes[op.output])
    parts = tuple(i for i in op.inputs if r.graph.shapes[i][axis])
    if len(parts) == 1:
        r.graph.aliases[op.output] = parts[0]
        return
    r.emit(op, "Concat", parts, op.output, axis=axis)


NUMPY_MODES: dict[str, Any] = {"reflect": "reflect", "edge": "edge", "wrap": "wrap"}


def _pad(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    pads = _constant(r, op, 1, "pads")
    value = _constant(r, op, 2, "values") if _given(op, 2) else np.zeros(())
    axes = _constant(r, op, 3, "axes") if _given(op, 3) else np.arange(len(shape))
    if pads is None or value is None or axes is None:
        return
    before, after = [0] * len(shape), [0] * len(shape)
    for number, axis in enumerate(axes):
        before[int(axis) % len(shape)] = int(pads[number])
        after[int(axis) % len(shape)] = int(pads[number + len(axes)])
    mode = op.attributes.get("mode", b"constant")
    mode = mode.decode() if isinstance(mode, bytes) else mode
    if mode == "constant":
        around = float(np.asarray(value).reshape(()))
        r.emit(op, "Pad", op.inputs[:1], op.output, starts=tuple(before), value=around)
        return
    changed = [a for a in range(len(shape)) if before[a] or after[a]]
    source = op.inputs[0]
    if any(before[a] < 0 or after[a] < 0 for a in changed):
        r.complaints.form(op.name, op.kind, f"it removes places in mode '{mode}'")
        return
    for axis in changed:
        places = np.pad(np.arange(shape[axis]), (before[axis], after[axis]), mode=NUMPY_MODES[mode])
        shape = (*shape[:axis], len(places), *shape[axis + 1 :])
        out = op.output if axis == changed[-1] else f"{op.output}/padded{axis}"
        known = None if out == op.output else shape
        source = r.emit(op, "Gather", (source,), out, known, axis=axis, places=places)
    if not changed:
        r.graph.aliases[op.output] = source


def _tile(r: Rewriter, op: Op) -> None:
    repeats = _constant(r, op, 1, "repeats")
    if repeats is not None:
        r.emit(op, "Tile", op.inputs[:1], op.output, repeats=tuple(int(n) for n in repeats))


def _gather(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    axis = op.attributes.get("axis", 0) % len(shape)
    places = r.graph.constants.get(op.inputs[1])
    if places is None:
        r.emit(op, "Gather", op.inputs, op.output, axis=axis)
        return
    places = np.asarray(places, np.int64)
    places = np.where(places < 0, places + shape[axis], places)
    r.emit(op, "Gather", op.inputs[:1], op.output, axis=axis, places=places)


def _running_sum(r: Rewriter, op: Op) -> None:
    axis = _constant(r, op, 1, "axes")
    if axis is not None:
        r.emit(
            op,
            "CumSum",
            op.inputs[:1],
            op.output,
            axis=int(np.asarray(axis).reshape(())) % len(r.graph.shapes[op.output]),
            exclusive=op.attributes.get("exclusive", 0),
            reverse=op.attributes.get("reverse", 0),
        )


def _triangle(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    diagonal = _constant(r, op, 1, "diagonals") if _given(op, 1) else np.zeros(())
    if diagonal is None:
        return
    k = int(np.asarray(diagonal).reshape(()))
    ones = np.ones(shape[-2:])
    mask = np.triu(ones, k) if op.attributes.get("upper", 1) else np.tril(ones, k)
    name = f"{op.output}/mask"
    r.graph.constants[name], r.graph.shapes[name] = mask, mask.shape
    r.graph.types[name] = "float"
    r.emit(op, "Mul", (op.inputs[0], name), op.output)


def _einsum(r: Rewriter, op: Op) -> None:
    equation = op.attributes["equation"]
    text = (equation.decode() if isinstance(equation, bytes) else equation).replace(" ", "")
    left, _, right = text.partition("->")
    ranks = [len(r.graph.shapes[i]) for i in op.inputs]
    parts = left.split(",")
    hidden = max(n - len(p.replace("...", "")) for n, p in zip(ranks, parts, strict=True))
    free = [c for c in string.ascii_letters if c not in text][:hidden]
    letters = []
    for rank, part in zip(ranks, parts, strict=True):
        own = rank - len(part.replace("...", ""))
        before, dots, after = part.partition("...")
        letters.append([*before, *(free[hidden - own :] if dots else []), *after])
    if "->" in text:
        before, dots, after = right.partition("...")
        result = [*before, *(free if dots else []), *after]
    else:
        every = left.replace("...", "").replace(",", "")
        result = [*free, *sorted(c for c in set(every) if every.count(c) == 1)]
    r.emit(op, "Einsum", op.inputs, op.output, letters=letters, result=result, text=text)


def _global_average(r: Rewriter, op: Op) -> None:
    shape = r.graph.shapes[op.inputs[0]]
    axes = tuple(range(2, len(shape)))
    size = int(np.prod(shape[2:]))
    total = r.emit(
        op, "ReduceSum", op.inputs, f"{op.output}/sum", (*shape[:2], *[1] * len(axes)), axes=axes
    )
    r.emit(op, "Mul", (total, r.constant(f"{op.output}/count", 1.0 / size)), op.output)


def _global_maximum(r: Rewriter, op: Op) -> None:
    maximum_of_axes(r, op, tuple(range(2, len(r.graph.shapes[op.inputs[0]]))))


def _depth_to_space(r: Rewriter, op: Op) -> None:
    n, c, h, w = r.graph.shapes[op.inputs[0]]
    block, deep = op.attributes["blocksize"], c // op.attributes["blocksize"] ** 2
    mode = op.attributes.get("mode", b"DCR")
    row = mode in (b"CRD", "CRD")
    split = (n, deep, block, block, h, w) if row else (n, block, block, deep, h, w)
    perm = (0, 1, 4, 2, 5, 3) if row else (0, 3, 4, 1, 5, 2)
    _shuffle(r, op, split, perm)


def _space_to_depth(r: Rewriter, op: Op) -> None:
    n, c, h, w = r.graph.shapes[op.inputs[0]]
    block = op.attributes["blocksize"]
    perm = (0, 1, 3, 5, 2, 4) if op.attributes.get("mode") == b"CRD" else (0, 3, 5, 1, 2, 4)
    _shuffle(r, op, (n, c, h // block, block, w // block, block), perm)


def _shuffle(r: Rewriter, op: Op, split: Shape, perm: Shape) -> None:
    inner = r.emit(op, "Reshape", op.inputs, f"{op.output}/split", split)
    moved = tuple(split[a] for a in perm)
    inner = r.emit(op, "Transpose", (inner,), f"{op.output}/moved", moved, perm=perm)
    r.emit(op, "Reshape", (inner,), op.output)


def _sum_of_many(r: Rewriter, op: Op) -> None:
    if len(op.inputs) == 1:
        r.graph.aliases[op.output] = op.inputs[0]
        return
    total = op.inputs[0]
    for number, name in enumerate(op.inputs[1:], start=2):
        last = number == len(op.inputs)
        shape = np.broadcast_shapes(r.graph.shapes[total], r.graph.shapes[name])
        out = op.output if last else f"{op.output}/sum{number}"
        total = r.emit(op, "Add", (total, name), out, None if last else shape)


def _mean_of_many(r: Rewriter, op: Op) -> None:
    if len(op.inputs) == 1:
        r.graph.aliases[op.output] = op.inputs[0]
        return
    total = f"{op.output}/sum"
    r.graph.shapes[total], r.graph.types[total] = r.graph.shapes[op.output], "float"
    _sum_of_many(r, Op(op.name, op.kind, op.inputs, (total,)))
    r.emit(op, "Mul", (total, r.constant(f"{op.output}/count", 1.0 / len(op.inputs))), op.output)


RULES: dict[str, Callable[[Any, Op], None]] = {
    "Concat": _concatenate,
    "CumSum": _running_sum,
    "DepthToSpace": _depth_to_space,
    "Einsum": _einsum,
    "Gather": _gather,
    "GlobalAveragePool": _global_average,
    "GlobalMaxPool": _global_maximum,
    "Mean": _mean_of_many,
    "Pad": _pad,
    "Slice": _cut,
    "SpaceToDepth": _space_to_depth,
    "Split": _split,
    "Sum": _sum_of_many,
    "Tile": _tile,
    "Trilu": _triangle,
}

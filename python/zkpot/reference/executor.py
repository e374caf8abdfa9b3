"""The nodes of a program on exact integers, as the documentation of the nodes defines them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zkpot.reference.bernoulli import draw
from zkpot.reference.operands import labels_of, lengths_of, read

Integers = npt.NDArray[Any]
Values = dict[int, Integers]

# Sums whose terms' magnitudes add up to this are made of Python's unbounded integers.
WORD = 1 << 63


class Refused(Exception):
    """A value that the program does not allow.

    Attributes:
        tensor: Name of the tensor that holds it.
        step: Number of the step.
        value: The value.
        states: The states before that step, by name.
    """

    def __init__(self, tensor: str, step: int, value: int) -> None:
        super().__init__(f"tensor '{tensor}', step {step}: {value}")
        self.tensor = tensor
        self.step = step
        self.value = value
        self.states: dict[str, Integers] = {}


class _Bad(Exception):
    """A value of a tensor, by index, that is refused."""

    def __init__(self, tensor: int, values: Integers) -> None:
        super().__init__()
        self.tensor = tensor
        self.value = int(values.reshape(-1)[0])


def train(
    program: Mapping[str, Any],
    states: Mapping[str, Integers],
    batches: Callable[[int], Mapping[str, Integers]] | Mapping[str, Integers],
    scalars: Sequence[Sequence[int]],
    *,
    steps: int,
    first_step: int = 0,
    seed: bytes = bytes(32),
) -> tuple[dict[str, Integers], dict[str, Any]]:
    """Executes steps and keeps everything.

    Args:
        program: In its JSON form.
        states: Before the first step, by name.
        batches: A batch of every field by name: a function of the step's number, or arrays
            `[steps, batch, ...]`.
        scalars: `[scalar][step]`.
        steps: How many.
        first_step: Number of the first.
        seed: Of the batch schedule; random tensors are drawn from it.

    Returns:
        The states after the last step, and the trace: `tensors` by name as `[steps, ...]`,
        `remainders` of rescales and divisions by index of the node, `losses`.

    Raises:
        Refused: A value leaves its range, its table or its classes, or a divisor is below 1.
    """
    current = {name: _exact(values) for name, values in states.items()}
    names = [tensor["name"] for tensor in program["tensors"]]
    tensors: dict[str, list[Integers]] = {name: [] for name in names}
    remainders: dict[int, list[Integers]] = {}
    losses: list[float] = []
    for t in range(steps):
        if callable(batches):
            batch = batches(first_step + t)
        else:
            batch = {name: values[t] for name, values in batches.items()}
        factors = [values[t] for values in scalars]
        try:
            values, rests = _step(program, current, batch, factors, (seed, first_step + t))
        except _Bad as bad:
            refused = Refused(names[bad.tensor], first_step + t, bad.value)
            refused.states = current
            raise refused from None
        for tensor, value in values.items():
            tensors[names[tensor]].append(value)
        for node, rest in rests.items():
            remainders.setdefault(node, []).append(rest)
        if program["monitor"] is not None:
            losses += _losses(program, values)
        current = {state["name"]: values[state["next"]] for state in program["states"]}
    trace = {
        "tensors": {name: np.stack(values) for name, values in tensors.items() if values},
        "remainders": {node: np.stack(values) for node, values in remainders.items()},
        "losses": losses,
    }
    return current, trace


def _exact(values: Any) -> Integers:
    """The values as Python integers; an array even where numpy gives a single one."""
    # A single NumPy integer would stay one inside an array of objects, and wrap around.
    return np.asarray(values.item() if isinstance(values, np.generic) else values, dtype=object)


def _step(
    program: Mapping[str, Any],
    states: Mapping[str, Integers],
    batch: Mapping[str, Integers],
    scalars: Sequence[int],
    moment: tuple[bytes, int],
) -> tuple[Values, dict[int, Integers]]:
    values: Values = {}
    rests: dict[int, Integers] = {}
    for field in program["data"]:
        values[field["tensor"]] = _shaped(program, field["tensor"], batch[field["name"]])
    for state in program["states"]:
        values[state["tensor"]] = _shaped(program, state["tensor"], states[state["name"]])
    for tensor in values:
        _check_range(program, tensor, values[tensor])
    for index, node in enumerate(program["nodes"]):
        ((kind, fields),) = node.items()
        outs = _outputs(kind, fields)
        if kind == "Sum":
            values[outs[0]] = _sum(program, fields, values, scalars)
        elif kind == "Constant":
            shape = program["tensors"][outs[0]]["shape"]
            values[outs[0]] = _exact(fields["values"]).reshape(shape)
        elif kind == "Bernoulli":
            shape = program["tensors"][outs[0]]["shape"]
            numbers = fields["ordinal"], fields["numerator"], fields["bits"]
            values[outs[0]] = _exact(draw(*moment, *numbers, shape))
        elif kind == "Rescale":
            dividend = values[fields["input"]] + 2 ** (fields["shift"] - 1)
            values[outs[0]] = dividend // 2 ** fields["shift"]
            rests[index] = _exact(dividend % 2 ** fields["shift"])
        elif kind == "Lookup":
            table = program["tables"][fields["table"]]
            row = _exact(values[fields["input"]] - table["first"])
            outside = (row < 0) | (row >= 2 ** table["bits"])
            for gap in table["gaps"]:
                outside |= (row >= gap["row"]) & (row < gap["row"] + gap["rows"])
            _refuse(fields["input"], values[fields["input"]], outside)
            for out, column in zip(outs, table["columns"], strict=True):
                values[out] = _each(column, row)
        elif kind == "OneHot":
            classes = program["tensors"][outs[0]]["shape"][-1]
            chosen = values[fields["input"]]
            _refuse(fields["input"], chosen, (chosen < 0) | (chosen >= classes))
            values[outs[0]] = _exact((chosen[..., None] == np.arange(classes)).astype(np.int64))
        elif kind == "Max":
            kept = len(program["tensors"][outs[0]]["shape"])
            values[outs[0]] = _largest(values[fields["input"]], kept)
        elif kind == "ArgMax":
            argument, kept = values[fields["input"]], len(program["tensors"][outs[0]]["shape"])
            values[outs[0]] = _largest(argument, kept)
            values[outs[1]] = _first(argument, values[outs[0]])
        elif kind == "Positive":
            values[outs[0]] = _exact(np.asarray(values[fields["input"]] > 0).astype(np.int64))
        elif kind == "Root":
            radicand = values[fields["input"]]
            _refuse(fields["input"], radicand, radicand < 0)
            values[outs[0]] = _roots(_exact(2 ** fields["shift"] * radicand))
        elif kind == "Divide":
            top, bottom = values[fields["numerator"]], values[fields["denominator"]]
            _refuse(fields["denominator"], bottom, bottom < 1)
            bottom = spread(bottom, fields["axes"], top.ndim)
            dividend = 2 ** (fields["shift"] + 1) * top + bottom
            values[outs[0]] = dividend // (2 * bottom)
            rests[index] = _exact(dividend % (2 * bottom))
        else:
            raise ValueError(f"unknown node {kind}")
        for out in outs:
            values[out] = _shaped(program, out, values[out])
            _check_range(program, out, values[out])
    for state in program["states"]:
        _check_range(program, state["tensor"], values[state["next"]], state["next"])
    return values, rests


def _outputs(kind: str, fields: Mapping[str, Any]) -> list[int]:
    if kind == "Lookup":
        return list(fields["outs"])
    return [fields["max"], fields["out"]] if kind == "ArgMax" else [fields["out"]]


def _largest(values: Integers, kept: int) -> Integers:
    """Maxima over the axes from `kept` on."""
    return _exact(values.max(axis=tuple(range(kept, values.ndim))))


def _first(values: Integers, largest: Integers) -> Integers:
    """Ones at the first place, row-major, of each maximum."""
    places = np.zeros(values.shape, dtype=object)
    for index in np.ndindex(*largest.shape):
        row = values[index]
        attained = np.argwhere(np.asarray(row == largest[index]))[0]
        places[(*index, *attained)] = 1
    return places


def _roots(radicands: Integers) -> Integers:
    """`floor(sqrt(X + 1/4) + 1/2)` of each."""
    roots = np.empty(radicands.shape, dtype=object)
    for index in np.ndindex(*radicands.shape):
        roots[index] = (math.isqrt(4 * int(radicands[index]) + 1) + 1) // 2
    return roots


def spread(values: Any, axes: Sequence[int], rank: int) -> Any:
    """A tensor whose axes are those of a larger one, with axes of length one in between."""
    order = sorted(range(len(axes)), key=lambda position: axes[position])
    lengths = dict(zip(axes, values.shape, strict=True))
    return values.transpose(order).reshape([lengths.get(axis, 1) for axis in range(rank)])


def _each(column: Sequence[int], rows: Integers) -> Integers:
    """The entries of a column in these rows."""
    entries = np.empty(rows.shape, dtype=object)
    for index in np.ndindex(*rows.shape):
        entries[index] = column[int(rows[index])]
    return entries


def _shaped(program: Mapping[str, Any], tensor: int, values: Integers) -> Integers:
    exact = _exact(values)
    expected = tuple(program["tensors"][tensor]["shape"])
    if exact.shape != expected:
        raise ValueError(f"shape {exact.shape} where {expected} is expected")
    return exact


def _refuse(tensor: int, values: Integers, bad: Any) -> None:
    bad = np.asarray(bad, dtype=bool)
    if bad.any():
        raise _Bad(tensor, values[bad])


def _check_range(
    program: Mapping[str, Any], declared: int, values: Integers, holder: int | None = None
) -> None:
    allowed = program["tensors"][declared]["range"]
    if allowed is not None:
        lo, hi = allowed["lo"], allowed["lo"] + 2 ** allowed["bits"] - 1
        _refuse(declared if holder is None else holder, values, (values < lo) | (values > hi))


def _sum(
    program: Mapping[str, Any],
    node: Mapping[str, Any],
    values: Values,
    scalars: Sequence[int],
) -> Integers:
    shape = tuple(program["tensors"][node["out"]]["shape"])
    lengths = lengths_of(shape, node["summed"])
    total = np.full(shape, node["constant"], dtype=object)
    for term in node["terms"]:
        factor = term["coefficient"]
        if term["scalar"] is not None:
            factor *= scalars[term["scalar"]]
        operands = [term["left"]] + ([term["right"]] if term["right"] is not None else [])
        total = _exact(total + factor * _einsum(operands, values, shape, lengths))
    return total


def _einsum(
    operands: list[Mapping[str, Any]],
    values: Values,
    shape: tuple[int, ...],
    lengths: Mapping[int, int],
) -> Integers:
    """Products summed over the labels from `len(shape)` on; ones along absent output axes."""
    arrays = [read(values[operand["tensor"]], operand, lengths) for operand in operands]
    labels = [labels_of(operand) for operand in operands]
    used = {label for own in labels for label in own}
    present = [label for label in range(len(shape)) if label in used]
    magnitude = math.prod(max(1, *(abs(v) for v in array.flat)) for array in arrays)
    # 64-bit integers where they are certain to suffice, for speed.
    if magnitude * math.prod(lengths[label] for label in used) < WORD:
        arrays = [array.astype(np.int64) for array in arrays]
    arguments = [part for pair in zip(arrays, labels, strict=True) for part in pair]
    product = np.einsum(*arguments, present, optimize=False)
    kept = tuple(n if label in used else 1 for label, n in enumerate(shape))
    return np.broadcast_to(_exact(product).reshape(kept), shape)


def _losses(program: Mapping[str, Any], values: Values) -> list[float]:
    """The loss of each training step of a window."""
    monitor = program["monitor"]
    target = program["data"][monitor["target"]]["tensor"]
    parts = np.split(_real(program, target, values), program["window"])
    shown = (_real(program, prediction, values) for prediction in monitor["predictions"])
    return [_loss(monitor["loss"], *each) for each in zip(shown, parts, strict=True)]


def _loss(kind: str, shown: Integers, wanted: Integers) -> float:
    if kind == "SquaredError":
        return float(np.mean((shown - wanted) ** 2))
    shown = shown - shown.max(axis=-1, keepdims=True)
    logarithm = shown - np.log(np.exp(shown).sum(axis=-1, keepdims=True))
    classes = wanted.round().astype(np.int64)
    return float(-np.take_along_axis(logarithm, classes[..., None], axis=-1).mean())


def _real(program: Mapping[str, Any], tensor: int, values: Values) -> Integers:
    scale = program["tensors"][tensor]["scale"]
    unit = scale["numerator"] / scale["denominator"] * 2.0 ** -scale["fraction_bits"]
    return np.asarray(values[tensor].astype(np.float64) * unit)

"""The relations that a proof is about, checked over the field on a finished trace.

Slow, and for small programs: every element becomes an element of GF(2^64 - 2^32 + 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import galois
import numpy as np
import numpy.typing as npt

from zkpot.reference.bernoulli import draw
from zkpot.reference.executor import spread
from zkpot.reference.operands import labels_of, lengths_of, read

MODULUS = 2**64 - 2**32 + 1
# Python integers, so that products need no wider machine words.
FIELD: Any = galois.GF(MODULUS)

Integers = npt.NDArray[Any]


class Violated(Exception):
    """A relation that does not hold."""


def check(
    program: Mapping[str, Any],
    tensors: Mapping[str, Integers],
    remainders: Mapping[int, Integers],
    scalars: Sequence[Sequence[int]],
    steps: int,
    *,
    seed: bytes = bytes(32),
    first_step: int = 0,
) -> None:
    """Checks every range and relation.

    Args:
        program: In its JSON form.
        tensors: By name, `[steps, ...]`; sums that are absent are computed over the field.
        remainders: Of rescales, by index of the node, `[steps, ...]`.
        scalars: `[scalar][step]`.
        steps: Number of steps.
        seed: Of the batch schedule; random tensors are drawn from it.
        first_step: Number of the first step in the run.

    Raises:
        Violated: With the node at fault.
    """
    for t in range(steps):
        integers = {
            index: np.asarray(tensors[tensor["name"]][t]).astype(object).reshape(tensor["shape"])
            for index, tensor in enumerate(program["tensors"])
            if tensor["name"] in tensors
        }
        rests = {node: np.asarray(values[t]).astype(object) for node, values in remainders.items()}
        _check_ranges(program, integers)
        field = {index: _field(values) for index, values in integers.items()}
        for index, node in enumerate(program["nodes"]):
            ((kind, fields),) = node.items()
            if kind == "Sum":
                total = _sum(program, fields, field, [values[t] for values in scalars])
                out = fields["out"]
                _require(index, kind, out not in field or np.array_equal(field[out], total))
                field[out] = total
            elif kind == "Constant":
                out = fields["out"]
                stated = _field(fields["values"]).reshape(program["tensors"][out]["shape"])
                _require(index, kind, out not in field or np.array_equal(field[out], stated))
                field[out] = stated
            elif kind == "Bernoulli":
                out, shape = fields["out"], program["tensors"][fields["out"]]["shape"]
                chosen = fields["ordinal"], fields["numerator"], fields["bits"]
                stated = _field(draw(seed, first_step + t, *chosen, shape))
                _require(index, kind, out not in field or np.array_equal(field[out], stated))
                field[out] = stated
            else:
                CHECKS[kind](program, index, fields, integers, field, rests)


def _field(values: Any) -> Any:
    """The field elements that stand for these integers."""
    return FIELD(np.mod(np.asarray(values, dtype=object), MODULUS))


def _require(index: int, kind: str, holds: Any) -> None:
    if not holds:
        raise Violated(f"node {index}: {kind}")


def _check_ranges(program: Mapping[str, Any], integers: Mapping[int, Integers]) -> None:
    for index, tensor in enumerate(program["tensors"]):
        allowed = tensor["range"]
        if allowed is not None:
            offset = integers[index] - allowed["lo"]
            inside = (offset >= 0) & (offset < 2 ** allowed["bits"])
            if not np.all(inside):
                raise Violated(f"range of '{tensor['name']}'")


def _sum(
    program: Mapping[str, Any],
    node: Mapping[str, Any],
    field: Mapping[int, Any],
    scalars: list[int],
) -> Any:
    shape = program["tensors"][node["out"]]["shape"]
    known = lengths_of(shape, node["summed"])
    total = _field(np.full(shape, node["constant"], dtype=object))
    for term in node["terms"]:
        factor = term["coefficient"] * (1 if term["scalar"] is None else scalars[term["scalar"]])
        operands = [operand for operand in (term["left"], term["right"]) if operand is not None]
        used = {label for operand in operands for label in labels_of(operand)}
        labels = [label for label in known if label < len(shape) or label in used]
        product = _field(np.full([known[label] for label in labels], factor, dtype=object))
        for operand in operands:
            values, own = read(field[operand["tensor"]], operand, known), labels_of(operand)
            spread = [known[label] if label in own else 1 for label in labels]
            product = product * values.transpose(np.argsort(own)).reshape(spread)
        while product.ndim > len(shape):
            product = np.add.reduce(product, axis=product.ndim - 1)
        total = total + product
    return total


def _check_rescale(
    _program: Any, index: int, node: Any, _integers: Any, field: Any, rests: Mapping[int, Integers]
) -> None:
    shift = node["shift"]
    rest = rests[index].reshape(field[node["out"]].shape)
    _require(index, "Rescale, remainder", np.all((rest >= 0) & (rest < 2**shift)))
    left = field[node["input"]] + _field(2 ** (shift - 1))
    right = field[node["out"]] * _field(2**shift) + _field(rest)
    _require(index, "Rescale", np.array_equal(left, right))


def _check_lookup(
    program: Any, index: int, node: Any, _integers: Any, field: Any, _rests: Any
) -> None:
    table = program["tables"][node["table"]]
    gaps = [range(gap["row"], gap["row"] + gap["rows"]) for gap in table["gaps"]]
    rows = [row for row in range(2 ** table["bits"]) if not any(row in gap for gap in gaps)]
    listed = {
        (
            (table["first"] + row) % MODULUS,
            *(column[row] % MODULUS for column in table["columns"]),
        )
        for row in rows
    }
    columns = [np.asarray(field[t]).reshape(-1) for t in (node["input"], *node["outs"])]
    found = {tuple(int(v) for v in row) for row in zip(*columns, strict=True)}
    _require(index, "Lookup", found <= listed)


def _check_one_hot(
    _program: Any, index: int, node: Any, _integers: Any, field: Any, _rests: Any
) -> None:
    bits = field[node["out"]]
    _require(index, "OneHot, bits", not np.any(bits * (bits - _field(1))))
    last = bits.ndim - 1
    ones = np.add.reduce(bits, axis=last)
    _require(index, "OneHot, one", np.all(ones == 1))
    weighted = bits * _field(np.arange(bits.shape[-1]))
    chosen = np.add.reduce(weighted, axis=last)
    _require(index, "OneHot, class", np.array_equal(chosen, field[node["input"]]))


def _check_max(
    _program: Any, index: int, node: Any, integers: Any, field: Any, _rests: Any
) -> None:
    rows = (*field[node["out"]].shape, -1)
    if node["input"] in integers:
        gaps = integers[node["out"]][..., None] - integers[node["input"]].reshape(rows)
        _require(index, "Max, bound", np.all(gaps >= 0))
    differences = field[node["out"]].reshape((*rows[:-1], 1)) - field[node["input"]].reshape(rows)
    reached = np.multiply.reduce(differences, axis=differences.ndim - 1)
    _require(index, "Max, reached", not np.any(reached))


def _check_arg_max(
    _program: Any, index: int, node: Any, _integers: Any, field: Any, _rests: Any
) -> None:
    rows = (*field[node["max"]].shape, -1)
    choice, values = field[node["out"]].reshape(rows), field[node["input"]].reshape(rows)
    largest, last = field[node["max"]].reshape((*rows[:-1], 1)), len(rows) - 1
    places = values.shape[-1]
    _require(index, "ArgMax, bits", not np.any(choice * (choice - _field(1))))
    _require(index, "ArgMax, one", np.all(np.add.reduce(choice, axis=last) == 1))
    own = _field(np.arange(places))
    first = np.add.reduce(choice * own, axis=last).reshape((*rows[:-1], 1))
    gaps = (largest - values) * _field(places) - first + own
    # The least gap that is no small integer would be a negative one.
    _require(index, "ArgMax, gap", np.all(np.asarray(gaps).astype(object) < 2**48))
    _require(index, "ArgMax, attained", not np.any(np.add.reduce(choice * gaps, axis=last)))


def _check_positive(
    _program: Any, index: int, node: Any, _integers: Any, field: Any, _rests: Any
) -> None:
    bit, value = field[node["out"]], field[node["input"]]
    _require(index, "Positive, bits", not np.any(bit * (bit - _field(1))))
    magnitude = np.asarray((bit * _field(2) - _field(1)) * value - bit).astype(object)
    _require(index, "Positive", np.all(magnitude < 2**48))


def _check_root(
    _program: Any, index: int, node: Any, integers: Any, field: Any, _rests: Any
) -> None:
    root = field[node["out"]]
    rest = field[node["input"]] * _field(2 ** node["shift"]) + root - root * root
    # As an integer the remainder is not negative and below 2^32, so the field's element is it.
    rest = np.asarray(rest).astype(object)
    _require(index, "Root", np.all(rest < 2 * integers[node["out"]]))


def _check_divide(
    _program: Any, index: int, node: Any, integers: Any, field: Any, _rests: Any
) -> None:
    top, bottom = field[node["numerator"]], field[node["denominator"]]
    bottom = spread(bottom, node["axes"], top.ndim)
    dividend = top * _field(2 ** (node["shift"] + 1)) + bottom
    rest = np.asarray(dividend - bottom * field[node["out"]] * _field(2)).astype(object)
    limit = 2 * spread(integers[node["denominator"]], node["axes"], top.ndim)
    # As an integer the remainder is not negative and below 2^47, so the field's element is it.
    _require(index, "Divide", np.all(rest < limit))


CHECKS = {
    "Rescale": _check_rescale,
    "Lookup": _check_lookup,
    "OneHot": _check_one_hot,
    "Max": _check_max,
    "ArgMax": _check_arg_max,
    "Positive": _check_positive,
    "Divide": _check_divide,
    "Root": _check_root,
}

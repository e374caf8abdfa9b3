"""The evaluation program's loss: its tables, and its totals against real numbers."""

from __future__ import annotations

import json
import math
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from zkpot import _native
from zkpot.program.units import unit_of
from zkpot.reference import executor

CONTEXT = Context(prec=40)
BATCH, FEATURES = 3, 5


def scale(numerator: int, denominator: int, fraction_bits: int) -> dict[str, int]:
    return {"numerator": numerator, "denominator": denominator, "fraction_bits": fraction_bits}


def training_program(classes: int, unit: dict[str, int], bits: int) -> dict[str, Any]:
    """Logits that are a product of data and weights, in the given unit and range."""

    def tensor(name: str, shape: list[int], unit: Any, allowed: tuple[int, int] | None) -> Any:
        held = allowed and {"lo": allowed[0], "bits": allowed[1]}
        return {"name": name, "shape": shape, "scale": unit, "range": held}

    def operand(of: int, labels: list[int]) -> Any:
        axes = [{"labels": [[label, 1]], "offset": 0, "divisor": 1} for label in labels]
        return {"tensor": of, "axes": axes}

    whole, label_bits = scale(1, 1, 0), max(1, (classes - 1).bit_length())
    term = {
        "coefficient": 1,
        "scalar": None,
        "left": operand(0, [0, 2]),
        "right": operand(2, [1, 2]),
    }
    return {
        "arithmetic": _native.ARITHMETIC_VERSION,
        "name": "logits",
        "batch": BATCH,
        "window": 1,
        "max_steps": 1,
        "tensors": [
            tensor("x", [BATCH, FEATURES], unit, (-(1 << 9), 10)),
            tensor("y", [BATCH], whole, (0, label_bits)),
            tensor("w", [classes, FEATURES], whole, (-(1 << 9), 10)),
            tensor("wide", [BATCH, classes], unit, None),
            tensor("z", [BATCH, classes], unit, (-(1 << (bits - 1)), bits)),
        ],
        "tables": [],
        "data": [{"name": "x", "tensor": 0}, {"name": "y", "tensor": 1}],
        "states": [
            {"name": "param.w", "tensor": 2, "next": 2, "initial": 0, "shape": [classes, FEATURES]}
        ],
        "scalars": [],
        "nodes": [
            {"Sum": {"out": 3, "summed": [FEATURES], "terms": [term], "constant": 0}},
            {"Rescale": {"input": 3, "out": 4, "shift": 4}},
        ],
        "reading": "Shuffled",
        "outputs": [],
        "monitor": {"predictions": [4], "target": 1, "loss": "CrossEntropy"},
    }


def half_up(value: Decimal) -> int:
    return int((value + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


CASES = [
    (2, scale(1, 1, 8), 14),
    (10, scale(1, 1, 11), 16),
    (32, scale(3, 25, 6), 15),
    (1000, scale(1, 1, 6), 13),
    (40_000, scale(1, 1, 4), 12),
]


@pytest.mark.parametrize(("classes", "unit", "bits"), CASES)
def test_the_loss(classes: int, unit: dict[str, int], bits: int) -> None:
    text = json.dumps(training_program(classes, unit, bits))
    program = json.loads(_native.Program.from_json(text).evaluation().to_json())
    tensors = {tensor["name"]: tensor for tensor in program["tensors"]}
    loss = next(output for output in program["outputs"] if output["name"] == "cross_entropy")
    loss_unit = unit_of(program["tensors"][loss["tensor"]]["scale"])
    check_tables(program, classes, unit_of(unit), loss_unit)

    error = loss["error"] * float(loss_unit)
    assert error < 2e-4 + classes * 2**-24
    generator = np.random.default_rng(classes)
    steps = 8
    x = generator.integers(-512, 512, (steps, BATCH, FEATURES))
    w = generator.integers(-512, 512, (classes, FEATURES))
    # Anything from all alike to one far above the others.
    x = x >> generator.integers(0, 10, (steps, BATCH, 1))
    w = w >> int(generator.integers(0, 4))
    limit = 1 << (bits - 1)
    while (np.abs((x @ w.T + 8) >> 4) >= limit).any():
        w = w >> 1
    y = generator.integers(0, classes, (steps, BATCH))
    _, trace = executor.train(program, {"param.w": w}, {"x": x, "y": y}, [], steps=steps)
    names = [tensor["name"] for tensor in program["tensors"]]
    found = trace["tensors"][names[loss["tensor"]]].astype(np.float64) * float(loss_unit)
    logits = trace["tensors"]["z"].astype(np.float64) * float(unit_of(unit))
    below = logits - logits.max(-1, keepdims=True)
    own = np.take_along_axis(below, y[..., None], -1)[..., 0]
    exact = np.log(np.exp(below).sum(-1)) - own
    assert np.abs(found - exact).max() <= error
    assert np.ptp(exact) > 100 * error
    assert "evaluation/root" in tensors


def check_tables(
    program: dict[str, Any], classes: int, unit: Fraction, loss_unit: Fraction
) -> None:
    """Every tenth or so of their entries, by decimal arithmetic."""
    tables = {table["name"]: table for table in program["tables"]}
    exponential, logarithm = tables["evaluation/exp(-x)"], tables["evaluation/2 ln(y)"]
    assert exponential["first"] == 0
    rows = len(exponential["columns"][0])
    for d in [*range(40), *range(40, rows, max(1, rows // 500))]:
        argument = CONTEXT.divide(Decimal(-unit.numerator * d), Decimal(unit.denominator))
        assert exponential["columns"][0][d] == half_up(CONTEXT.exp(argument) * (1 << 24))
    first, (column,) = logarithm["first"], logarithm["columns"]
    assert first + len(column) > math.isqrt(classes * first**2)
    for row in [*range(40), *range(40, len(column), max(1, len(column) // 500))]:
        ratio = CONTEXT.divide(Decimal(first + row), Decimal(first))
        value = 2 * CONTEXT.ln(ratio) * loss_unit.denominator / loss_unit.numerator
        assert column[row] == half_up(value)

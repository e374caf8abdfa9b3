"""The prover's executor against the reference, bit for bit, on random programs."""

from __future__ import annotations

import json
import re
from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_programs import Case, plain, random_case

from zkpot import _native, reference
from zkpot.errors import InputError

RANDOM = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
seeds = st.integers(0, 2**64 - 1)


def checked(case: Case) -> _native.Program:
    try:
        return _native.Program.from_json(json.dumps(case.program))
    except InputError:
        assume(False)
        raise


def traced(case: Case, program: _native.Program) -> dict[str, Any]:
    states, data = list(case.states.values()), list(case.data.values())
    steps = case.first_step, case.steps
    return _native.trace_link(program, states, data, case.scalars, *steps, case.seed.hex())


def compare(case: Case, program: _native.Program) -> str:
    """Runs both; returns how it ended."""
    try:
        expected, trace = reference.train(
            case.program,
            case.states,
            case.data,
            case.scalars,
            steps=case.steps,
            first_step=case.first_step,
            seed=case.seed,
        )
    except reference.Refused as error:
        refused = error
    else:
        compare_traces(case, traced(case, program), expected, trace)
        return "done"
    compare_refusals(case, program, refused)
    return "refused"


def compare_refusals(case: Case, program: _native.Program, refused: reference.Refused) -> None:
    """Both name the same tensor, step and value, and keep the same states."""
    with pytest.raises(InputError) as caught:
        traced(case, program)
    error = caught.value
    told = re.match(
        r"tensor '(\w+)', step (\d+): (?:value|class|divisor|radicand) (-?\d+)", str(error)
    )
    assert told is not None, str(error)
    assert told.groups() == (refused.tensor, str(refused.step), str(refused.value))
    assert error.completed == refused.step - case.first_step
    for found, wanted in zip(error.states, refused.states.values(), strict=True):
        np.testing.assert_array_equal(found, wanted.reshape(-1))


def compare_traces(
    case: Case, found: dict[str, Any], expected: dict[str, Any], trace: dict[str, Any]
) -> None:
    for values, wanted in zip(found["states"], expected.values(), strict=True):
        np.testing.assert_array_equal(values, wanted.reshape(-1))
    for name, values in found["tensors"].items():
        np.testing.assert_array_equal(values, trace["tensors"][name].reshape(-1), name)
    assert set(found["tensors"]) >= {t["name"] for t in case.program["tensors"] if t["range"]}
    for node, values in found["remainders"].items():
        np.testing.assert_array_equal(values, trace["remainders"][node].reshape(-1))
    rescales = {i for i, node in enumerate(case.program["nodes"]) if "Rescale" in node}
    assert set(found["remainders"]) == rescales
    np.testing.assert_allclose(found["losses"], trace["losses"], rtol=1e-9, atol=1e-9)


@RANDOM
@given(seeds)
def test_random_programs_agree(seed: int) -> None:
    case = random_case(Random(seed))
    compare(case, checked(case))


def test_random_programs_cover_every_node_and_ending() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        case = random_case(Random(seed))
        program = _native.Program.from_json(json.dumps(case.program))
        seen[compare(case, program)] += 1
        for node in case.program["nodes"]:
            seen.update(node.keys())
            for term in node.get("Sum", {}).get("terms", ()):
                axes = [axis for o in (term["left"], term["right"]) if o for axis in o["axes"]]
                seen["windows"] += any(len(axis["labels"]) > 1 for axis in axes)
                seen["divisors"] += any(axis["divisor"] > 1 for axis in axes)
        for state in case.program["states"]:
            following = case.program["tensors"][state["next"]]
            seen["accumulated" if following["range"] is None else "committed"] += 1
        seen["scalars"] += bool(case.scalars)
        seen["monitor"] += case.program["monitor"] is not None
    expected = {
        *("Sum", "Constant", "Rescale", "Lookup", "OneHot", "Max", "Divide"),
        *("Root", "Positive", "ArgMax", "Bernoulli"),
        *(
            "windows",
            "divisors",
            "accumulated",
            "committed",
            "scalars",
            "monitor",
            "done",
            "refused",
        ),
    }
    assert expected <= set(seen), seen
    assert seen["done"] > 80, seen


def test_a_sum_that_is_spread_over_an_axis_does_not_wrap_around() -> None:
    def tensor(name: str, shape: list[int]) -> dict[str, Any]:
        unit = {"numerator": 1, "denominator": 1, "fraction_bits": 0}
        return {"name": name, "shape": shape, "scale": unit, "range": None}

    def term(left: int, right: int | None, axes: list[int]) -> dict[str, Any]:
        operands = [
            None if i is None else {"tensor": i, "axes": [plain(label) for label in axes]}
            for i in (left, right)
        ]
        return {"coefficient": 3, "scalar": None, "left": operands[0], "right": operands[1]}

    program = {
        "tensors": [tensor("x", [2]), tensor("sum", [1]), tensor("square", [1])],
        "data": [{"name": "x", "tensor": 0}],
        "states": [],
        "tables": [],
        "monitor": None,
        "nodes": [
            {"Sum": {"out": 1, "summed": [2], "terms": [term(0, None, [1])], "constant": 0}},
            {"Sum": {"out": 2, "summed": [], "terms": [term(1, 1, [0])], "constant": 0}},
        ],
    }
    batch = {"x": np.array([2**60, 2**60])}
    _, trace = reference.train(program, {}, lambda _step: batch, [], steps=1)
    assert trace["tensors"]["square"].item() == 3 * (3 * 2**61) ** 2

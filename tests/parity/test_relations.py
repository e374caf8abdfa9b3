"""Traces of the prover's executor satisfy every relation over the field."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_programs import Case, random_case

from zkpot import _native
from zkpot.errors import InputError
from zkpot.reference import relations

# Every element becomes a Python object several times over.
MOST_ELEMENTS = 4000


def traced(case: Case) -> dict[str, Any]:
    """The trace with arrays in their shapes."""
    program = _native.Program.from_json(json.dumps(case.program))
    found = _native.trace_link(
        program,
        list(case.states.values()),
        list(case.data.values()),
        case.scalars,
        case.first_step,
        case.steps,
        case.seed.hex(),
    )
    shapes = {tensor["name"]: tensor["shape"] for tensor in case.program["tensors"]}
    found["tensors"] = {
        name: values.reshape(case.steps, *shapes[name]) for name, values in found["tensors"].items()
    }
    for node, values in found["remainders"].items():
        out = case.program["nodes"][node]["Rescale"]["out"]
        shape = case.program["tensors"][out]["shape"]
        found["remainders"][node] = values.reshape(case.steps, *shape)
    return found


def check(case: Case, trace: dict[str, Any]) -> None:
    values = trace["tensors"], trace["remainders"]
    drawn = {"seed": case.seed, "first_step": case.first_step}
    relations.check(case.program, *values, case.scalars, case.steps, **drawn)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(st.integers(0, 2**64 - 1))
def test_every_relation_holds(seed: int) -> None:
    case = random_case(Random(seed))
    elements = sum(int(np.prod(tensor["shape"])) for tensor in case.program["tensors"])
    assume(case.steps * elements <= MOST_ELEMENTS)
    try:
        trace = traced(case)
    except InputError:
        assume(False)
    check(case, trace)


def kinds(case: Case) -> set[str]:
    return {kind for node in case.program["nodes"] for kind in node}


@pytest.fixture(scope="module")
def full_case() -> tuple[Case, dict[str, Any]]:
    """A small program with every node, that runs to its end."""
    for seed in range(3000):
        case = random_case(Random(seed))
        elements = sum(int(np.prod(tensor["shape"])) for tensor in case.program["tensors"])
        if len(kinds(case)) == 9 and case.steps * elements <= MOST_ELEMENTS:
            try:
                return case, traced(case)
            except InputError:
                continue
    raise AssertionError("no such program among the first 3,000")


def test_a_changed_value_violates_a_relation(full_case: tuple[Case, dict[str, Any]]) -> None:
    case, trace = full_case
    check(case, trace)
    read = {name for node in case.program["nodes"] for name in _committed_outputs(case, node)}
    for name in sorted(read):
        changed = {**trace["tensors"], name: trace["tensors"][name].copy()}
        changed[name].reshape(-1)[-1] += 1
        with pytest.raises(relations.Violated):
            check(case, trace | {"tensors": changed})
    for node in trace["remainders"]:
        changed = {**trace["remainders"], node: trace["remainders"][node].copy()}
        changed[node].reshape(-1)[0] += 1
        with pytest.raises(relations.Violated):
            check(case, trace | {"remainders": changed})


def _committed_outputs(case: Case, node: dict[str, Any]) -> list[str]:
    """Names of what a node computes and commits to."""
    ((kind, fields),) = node.items()
    if kind in ("Sum", "Constant", "Bernoulli"):
        return []
    outs = fields["outs"] if kind == "Lookup" else [fields["out"]]
    outs = [*outs, fields["max"]] if kind == "ArgMax" else outs
    return [case.program["tensors"][out]["name"] for out in outs]

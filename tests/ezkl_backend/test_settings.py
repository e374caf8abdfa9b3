"""Circuits that leave something unconstrained are refused."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zkpot.artifacts.ezkl.terms import Terms
from zkpot.backends.ezkl import settings as safe
from zkpot.backends.ezkl.process import call
from zkpot.errors import UnsafeCircuit

# EZKL as somebody would call it who takes its defaults.
_DEFAULTS = """
import os, sys, ezkl
arguments = ezkl.PyRunArgs()
arguments.input_visibility = arguments.output_visibility = "polycommit"
arguments.scale_rebase_multiplier = 1
arguments.decomp_base, arguments.decomp_legs = 1024, 3
arguments.logrows, arguments.lookup_range = int(sys.argv[3]), (0, 0)
setattr(arguments, sys.argv[4], sys.argv[5] == "True")
assert ezkl.gen_settings(sys.argv[1], sys.argv[2], arguments)
os._exit(0)
"""


@pytest.fixture(scope="module")
def terms(committed: Any) -> Terms:
    return committed.circuit.circuit().terms


@pytest.fixture(scope="module")
def settings(committed: Any, terms: Terms) -> dict[str, Any]:
    graph = committed.circuit.path / "circuit.onnx"
    return call("describe", graph=str(graph), terms=terms.to_json().decode())


def test_what_is_derived_is_safe(settings: dict[str, Any], terms: Terms) -> None:
    safe.check(settings, terms)


def test_the_same_circuit_has_the_same_settings(
    committed: Any, settings: dict[str, Any], terms: Terms
) -> None:
    graph = committed.circuit.path / "circuit.onnx"
    for _ in range(3):
        again = call("describe", graph=str(graph), terms=terms.to_json().decode())
        assert again == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("disable_freivalds", False),
        ("ignore_range_check_inputs_outputs", True),
        ("input_visibility", "Private"),
        ("output_visibility", "Public"),
        ("param_visibility", "Private"),
        ("decomp_base", 2),
        ("decomp_legs", 12),
        ("scale_rebase_multiplier", 10),
        ("bounded_log_lookup", True),
        ("lookup_range", [-100, 100]),
        ("logrows", 20),
        ("input_scale", 3),
    ],
)
def test_every_argument_is_checked(
    settings: dict[str, Any], terms: Terms, name: str, value: Any
) -> None:
    changed = copy.deepcopy(settings)
    changed["run_args"][name] = value
    with pytest.raises(UnsafeCircuit, match=name):
        safe.check(changed, terms)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "22.0.0"),
        ("model_output_scales", [14]),
        ("model_input_scales", [7, 14, 7]),
        ("model_instance_shapes", [[64]]),
    ],
)
def test_every_result_is_checked(
    settings: dict[str, Any], terms: Terms, name: str, value: Any
) -> None:
    with pytest.raises(UnsafeCircuit, match=name):
        safe.check({**settings, name: value}, terms)


def test_tensors_without_a_commitment_are_refused(settings: dict[str, Any], terms: Terms) -> None:
    sizes = settings["module_sizes"]
    changed = {**settings, "module_sizes": {**sizes, "polycommit": sizes["polycommit"][:3]}}
    with pytest.raises(UnsafeCircuit, match="polycommit"):
        safe.check(changed, terms)


@pytest.mark.parametrize(
    ("argument", "value", "refused"),
    [
        # EZKL's default: matrix products by Freivalds, whose cells nothing constrains.
        ("disable_freivalds", False, "disable_freivalds"),
        ("ignore_range_check_inputs_outputs", True, "ignore_range_check_inputs_outputs"),
    ],
)
def test_what_ezkl_makes_of_unsafe_arguments_is_refused(
    committed: Any, terms: Terms, tmp_path: Path, argument: str, value: bool, refused: str
) -> None:
    graph, out = committed.circuit.path / "circuit.onnx", tmp_path / "settings.json"
    given = [graph, out, terms.logrows, argument, value]
    subprocess.run([sys.executable, "-c", _DEFAULTS, *map(str, given)], check=True)
    found = safe.normalise(json.loads(out.read_text()))
    with pytest.raises(UnsafeCircuit, match=refused if argument != "disable_freivalds" else "."):
        safe.check(found, terms)
    if argument == "disable_freivalds":
        # The trap itself: columns for products that are checked at a random point only.
        assert found["einsum_params"]["total_einsum_col_size"] > 0
        hidden = copy.deepcopy(found)
        hidden["run_args"]["disable_freivalds"] = True
        with pytest.raises(UnsafeCircuit, match="total_einsum_col_size"):
            safe.check(hidden, terms)

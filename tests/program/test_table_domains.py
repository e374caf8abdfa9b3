"""Arguments for which a table has no value stop a run: nothing is clamped."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from one_operator import step_of

from zkpot import _native
from zkpot.errors import InputError, ValueOutOfRange
from zkpot.program import compile_step, quantise_data, quantise_states
from zkpot.program.units import unit_of
from zkpot.reference import executor

X = np.linspace(-2, 2, 32, dtype=np.float32).reshape(8, 4)
# An argument's range ends between 2^3 and 2^4 times its largest value.
HEADROOM = 3


def compiled_for(kind, x=X, build=None, **options):
    """The program of `kind` of ``x * w``, calibrated with ``w = 1``; names argument and result."""
    names = {}

    def default(b, x, w):
        names["argument"] = b("Mul", x, w)
        names["result"] = b(kind, names["argument"])
        return names["result"]

    model = step_of(build or default, x, weights=[np.full((8, 4), 1, np.float32)])
    for length in x.shape:
        model.graph.output[0].type.tensor_type.shape.dim.add().dim_value = length
    scales = {"x": 12, "param.0": 8}
    compiled = compile_step(
        model, {"x": x}, headroom=HEADROOM, calibration_steps=1, scales=scales, **options
    )
    return compiled, names


def run(compiled, x, weight):
    """The prediction of one step as both executors find it; what either raises."""
    program = compiled.program_json
    fields = quantise_data(program, {"x": x})
    weights = {"param.0": np.full((8, 4), weight, np.float32)}
    states = quantise_states(program, weights)
    reason = None
    try:
        _, trace = executor.train(
            program, states, {n: v[None] for n, v in fields.items()}, [], steps=1, first_step=7
        )
    except executor.Refused as refused:
        reason = refused
    native = _native.Program.from_json(compiled.to_json())
    batches = [fields[field["name"]][None] for field in program["data"]]
    arguments = (native, list(states.values()), batches, [], 7, 1)
    if reason is not None:
        start = f"tensor '{reason.tensor}', step {reason.step}: value {reason.value} is "
        with pytest.raises(ValueOutOfRange, match=re.escape(start)) as stopped:
            _native.trace_link(*arguments)
        raise stopped.value
    traced = _native.trace_link(*arguments)
    (table,) = [n["Lookup"] for n in program["nodes"] if "Lookup" in n]
    tensor = program["tensors"][table["outs"][0]]
    np.testing.assert_array_equal(
        traced["tensors"][tensor["name"]], trace["tensors"][tensor["name"]][0].reshape(-1)
    )
    found = np.asarray(trace["tensors"][tensor["name"]][0], float)
    return found * float(unit_of(tensor["scale"]))


def test_an_exponential_beyond_its_range_stops_the_run():
    compiled, names = compiled_for("Exp")
    (note,) = compiled.report.notes.tables
    assert note["limit"] <= math.exp(2) * 2**HEADROOM
    assert f"{note['unlisted']} rows have no value" in compiled.report.text()
    np.testing.assert_allclose(run(compiled, X, 1), np.exp(X), atol=0.01)
    # exp(8) is 50 times the largest calibrated value.
    with pytest.raises(ValueOutOfRange, match=rf"compile --range {names['result']}=MAX"):
        run(compiled, X, 4)


def test_a_range_admits_what_it_says():
    _, names = compiled_for("Exp")
    compiled, _ = compiled_for("Exp", ranges={names["result"]: 3000.0})
    np.testing.assert_allclose(run(compiled, X, 4), np.exp(4 * X), rtol=1e-2, atol=0.2)


def test_the_range_of_a_rounded_argument_can_be_given():
    compiled, names = compiled_for("Tanh")
    argument = f"{names['result']}/argument"
    message = rf"'{argument}', step 7: value -65536 is outside .* --range {argument}=MAX"
    with pytest.raises(ValueOutOfRange, match=message):
        run(compiled, X, 16)
    wide, _ = compiled_for("Tanh", ranges={argument: 40.0})
    np.testing.assert_allclose(run(wide, X, 16), np.tanh(16 * X), atol=0.01)
    with pytest.raises(InputError, match="values reach 2 in the float run, more than 1"):
        compiled_for("Tanh", ranges={argument: 1.0})
    with pytest.raises(InputError, match=r"no precision of its own"):
        compiled_for("Tanh", ranges={"other/argument": 1.0})


def test_an_exponential_of_far_negative_numbers_is_one_unit():
    compiled, _ = compiled_for("Exp", x=-np.abs(X) - 1)
    (note,) = compiled.report.notes.tables
    found = run(compiled, -np.abs(X) - 1, 4)
    unit = found.min()
    assert unit > 0
    assert np.abs(found - np.exp(4 * (-np.abs(X) - 1))).max() <= note["rounding"] + note["argument"]
    assert note["rounding"] <= unit


@pytest.mark.parametrize("kind", ["Sigmoid", "Tanh", "Erf"])
def test_bounded_functions_have_a_value_everywhere(kind):
    compiled, _ = compiled_for(kind)
    (note,) = compiled.report.notes.tables
    assert (note["unlisted"], note["first_unlisted"]) == (0, None)
    exact = {"Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Tanh": np.tanh}.get(
        kind, np.vectorize(math.erf)
    )
    found = run(compiled, X, 4)
    assert np.abs(found - exact(4 * X)).max() <= note["rounding"] + note["argument"]


@pytest.mark.parametrize(
    ("kind", "x", "weight"),
    [
        ("Log", np.abs(X) + 0.5, -1.0),
        ("Log", np.abs(X) + 0.5, 0.0),
        ("Atanh", X / 4, 3.0),
        ("Acos", X / 4, 3.0),
        ("Tan", X / 4, 3.0),
        ("Sinh", X, 4.0),
    ],
)
def test_arguments_without_a_value_stop_the_run(kind, x, weight):
    compiled, names = compiled_for(kind, x=x)
    run(compiled, x, 1)
    with pytest.raises(ValueOutOfRange, match=f"not in the table of '{names['result']}'"):
        run(compiled, x, weight)


def test_a_negative_divisor_stops_the_run():
    def build(b, x, w):
        return b("Div", b.const(1.0), b("Mul", x, w))

    compiled, _ = compiled_for(None, x=np.abs(X) + 0.5, build=build)
    assert any("negative value stops a run" in w for w in compiled.report.notes.warnings)
    run(compiled, np.abs(X) + 0.5, 1)
    with pytest.raises(ValueOutOfRange, match="not in the table"):
        run(compiled, np.abs(X) + 0.5, -1)

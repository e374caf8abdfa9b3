"""Real arrays to integers and back."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_steps import mlp

from zkpot.errors import InputError, ValueOutOfRange
from zkpot.program import (
    compile_step,
    quantise,
    quantise_data,
    quantise_scalar,
    quantise_states,
    state_dict,
    state_values,
)


def test_half_up():
    values = np.array([-1.5, -0.5, -0.25, 0.25, 0.5, 1.5])
    assert quantise(values, Fraction(1), -8, 4, "v").tolist() == [-1, 0, 0, 0, 1, 2]


@given(st.integers(-500, 499), st.sampled_from([Fraction(1, 64), Fraction(3, 50), Fraction(5)]))
def test_integers_survive(value, unit):
    real = np.array([float(value * unit)])
    assert quantise(real, unit, -512, 10, "v").tolist() == [value]


@pytest.mark.parametrize(
    ("values", "rows", "reason"),
    [
        (np.array([[0.0, 9.0]]), True, r"'v' at row 0, element \[1\] is 9, outside \[-8, 7\]"),
        (np.array([0.0, -9.0]), True, r"row 1 is -9"),
        (np.array([[0.0], [9.0]]), False, r"element \[1, 0\]"),
        (np.array(9.0), False, "its only element"),
    ],
)
def test_out_of_range(values, rows, reason):
    with pytest.raises(ValueOutOfRange, match=reason):
        quantise(values, Fraction(1), -8, 4, "v", first_row=0 if rows else None)


def test_not_finite():
    with pytest.raises(InputError, match="row 1"):
        quantise(np.array([0.0, np.nan]), Fraction(1), -8, 4, "v")


@pytest.fixture
def program(small):
    return compile_step(
        mlp((12, 9, 5), 8, x_shape=(8, 1, 4, 3)),
        {"x": small["labels"]["x"].reshape(-1, 1, 4, 3), "y": small["labels"]["y"]},
    )


def test_data_may_come_in_its_own_shape(program, small):
    x, y = small["labels"]["x"], small["labels"]["y"]
    flat = quantise_data(program.program_json, {"x": x, "y": y})
    deep = quantise_data(program.program_json, {"x": x.reshape(-1, 1, 4, 3), "y": y})
    assert flat["x"].shape == (64, 12)
    np.testing.assert_array_equal(flat["x"], deep["x"])
    np.testing.assert_array_equal(flat["y"], y)
    with pytest.raises(InputError, match="'y' is missing"):
        quantise_data(program.program_json, {"x": x})
    with pytest.raises(InputError, match="rows of shape"):
        quantise_data(program.program_json, {"x": x[:, :5], "y": y})


def test_states_survive(program):
    values = state_values(program.program_json, program.initial_state)
    again = quantise_states(program.program_json, values)
    for name, integers in program.initial_state.items():
        assert integers.dtype == np.int64
        np.testing.assert_array_equal(again[name], integers)
    torch = state_dict(program.program_json, program.initial_state)
    assert set(torch) == {"0.weight", "0.bias", "1.weight", "1.bias"}
    assert torch["0.weight"].dtype == np.float32
    with pytest.raises(InputError, match="is missing"):
        quantise_states(program.program_json, {})
    with pytest.raises(InputError, match="has the shape"):
        quantise_states(program.program_json, {**values, "param.0.bias": np.zeros(2)})


def test_scalars(program):
    integer = quantise_scalar(program.program_json, "lr.0", 0.1)
    assert integer == 819
    assert quantise_scalar(program.program_json, "lr.0", 1.6) == 13107
    with pytest.raises(ValueOutOfRange, match="outside"):
        quantise_scalar(program.program_json, "lr.0", 1.7)
    with pytest.raises(ValueOutOfRange, match="outside"):
        quantise_scalar(program.program_json, "lr.0", -0.1)
    with pytest.raises(InputError, match=r"no public scalar 'lr\.7'; it has: lr\.0"):
        quantise_scalar(program.program_json, "lr.7", 0.1)


def test_a_late_row_is_named(program, small, monkeypatch):
    monkeypatch.setattr(sys.modules["zkpot.program.quantise"], "ROWS_AT_ONCE", 10)
    x = small["labels"]["x"].copy()
    x[37, 3] = 1e6
    with pytest.raises(ValueOutOfRange, match=r"'x' at row 37, element \[3\] is 1e\+06"):
        quantise_data(program.program_json, {"x": x, "y": small["labels"]["y"]})

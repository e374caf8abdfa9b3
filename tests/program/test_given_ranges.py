"""Ranges that people give of what the compiler makes for a state: its update, its next value."""

from __future__ import annotations

import numpy as np
import pytest
from written_steps import mlp

from zkpot.errors import InputError
from zkpot.program import compile_step, quantise_data, quantise_scalar
from zkpot.reference import executor

WEIGHT = "param.0.weight"
UPDATE = f"update.{WEIGHT}"


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 64)).astype(np.float32)
    return {"x": x, "y": rng.integers(0, 10, 64)}


def end_of_range(compiled, name):
    """The largest magnitude, in real units, that a tensor may have."""
    (tensor,) = [t for t in compiled.program_json["tensors"] if t["name"] == name]
    scale = tensor["scale"]
    unit = scale["numerator"] / scale["denominator"] * 2.0 ** -scale["fraction_bits"]
    return -tensor["range"]["lo"] * unit


def train(compiled, rate):
    """One step at a learning rate."""
    program = compiled.program_json
    fields = quantise_data(program, data())
    batches = {name: values[None, :32] for name, values in fields.items()}
    rates = [[quantise_scalar(program, "lr.0", rate)]]
    executor.train(program, compiled.initial_state, batches, rates, steps=1)


def test_an_update_that_leaves_its_range_fits_the_range_that_is_given():
    step, rate = mlp(lr=0.125), 0.125
    tight = {"bits": 8, "headroom": 0, "rate_outside": False}
    narrow = compile_step(step, data(), **tight)
    train(narrow, rate)
    with pytest.raises(executor.Refused) as refused:
        train(narrow, 16 * rate)
    assert refused.value.tensor.startswith("update.")
    updates = [f"update.{state['name']}" for state in narrow.program_json["states"]]
    ranges = {update: 16 * end_of_range(narrow, update) for update in updates}
    wide = compile_step(step, data(), ranges=ranges, **tight)
    train(wide, 16 * rate)


@pytest.mark.parametrize("outside", [True, False])
def test_an_update_s_range_counts_in_every_way_of_adding_to_a_weight(outside):
    step = mlp()
    usual = compile_step(step, data(), rate_outside=outside)
    limit = 10 * end_of_range(usual, UPDATE)
    given = compile_step(step, data(), rate_outside=outside, ranges={UPDATE: limit})
    assert limit <= end_of_range(given, UPDATE) <= 2 * limit
    with pytest.raises(InputError, match=f"range of '{UPDATE}': its values reach .* more than"):
        compile_step(step, data(), rate_outside=outside, ranges={UPDATE: 1e-5})


def test_what_no_update_is_has_no_range():
    with pytest.raises(InputError, match=r"'update.param.7': the step has no such tensor"):
        compile_step(mlp(), data(), ranges={"update.param.7": 1.0})
    with pytest.raises(InputError, match=f"'{UPDATE}' has no precision of its own"):
        compile_step(mlp(momentum=0.9), data(), ranges={UPDATE: 1.0})


@pytest.mark.parametrize("prefix", ["", "new."])
def test_a_momentum_and_its_next_value_have_one_range(prefix):
    name = f"state.momentum_buffer.{WEIGHT.removeprefix('param.')}"
    step = mlp(momentum=0.9)
    limit = 10 * end_of_range(compile_step(step, data()), name)
    given = compile_step(step, data(), ranges={prefix + name: limit})
    for tensor in (name, f"new.{name}"):
        assert limit <= end_of_range(given, tensor) <= 4 * limit


def test_the_range_of_rows_is_what_was_asked_for():
    model = mlp((64, 10), 32)
    largest = float(np.abs(data()["x"]).max())
    wide = compile_step(model, data(), ranges={"x": 100.0})
    assert 100 <= end_of_range(wide, "x") < 200
    assert end_of_range(compile_step(model, data()), "x") < 8 * largest
    with pytest.raises(InputError, match=r"range of 'x': its values reach .*, more than 1"):
        compile_step(model, data(), ranges={"x": 1.0})


def test_class_numbers_have_the_range_of_their_classes():
    with pytest.raises(InputError, match="range of 'y': it holds the classes 0 to 9"):
        compile_step(mlp((64, 10), 32), data(), ranges={"y": 100.0})

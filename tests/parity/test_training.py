"""Training and evaluation on whole datasets, through the schedule."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from zkpot import _native, reference
from zkpot.errors import InputError, ValueOutOfRange

SEED = bytes(range(32))
SHARD_ROWS = [9, 4, 14]
ROWS, BATCH, INPUTS, CLASSES = sum(SHARD_ROWS), 5, 13, 3


def operand(tensor: int, *axes: int) -> dict[str, Any]:
    plain = [{"labels": [[label, 1]], "offset": 0, "divisor": 1} for label in axes]
    return {"tensor": tensor, "axes": plain}


def term(coefficient: int, left: Any, right: Any = None, scalar: int | None = None) -> Any:
    return {"coefficient": coefficient, "scalar": scalar, "left": left, "right": right}


def tensor(name: str, shape: list[int], lo: int | None = None, bits: int = 0) -> dict[str, Any]:
    declared = None if lo is None else {"lo": lo, "bits": bits}
    scale = {"numerator": 1, "denominator": 3, "fraction_bits": 6}
    return {"name": name, "shape": shape, "scale": scale, "range": declared}


def linear_classifier() -> dict[str, Any]:
    """Perceptron-like: `w += lr * x^T (one_hot(y) - one_hot'(y))`, with a rounded gradient."""
    tensors = [
        tensor("x", [BATCH, INPUTS], -32, 6),
        tensor("y", [BATCH], 0, 2) | {"scale": _one()},
        tensor("w", [INPUTS, CLASSES], -(2**15), 16),
        tensor("z", [BATCH, CLASSES]),
        tensor("h", [BATCH, CLASSES], 0, 1),
        tensor("d", [BATCH, CLASSES]),
        tensor("r", [BATCH, CLASSES], -(2**15), 16),
        tensor("g", [INPUTS, CLASSES]),
        tensor("s", [INPUTS, CLASSES], -(2**15), 16),
        tensor("w.next", [INPUTS, CLASSES]),
    ]
    return {
        "arithmetic": 3,
        "name": "linear",
        "batch": BATCH,
        "window": 1,
        "max_steps": 4,
        "tensors": tensors,
        "tables": [],
        "data": [{"name": "x", "tensor": 0}, {"name": "y", "tensor": 1}],
        "states": [
            {"name": "param.w", "tensor": 2, "next": 9, "initial": 0, "shape": [INPUTS, CLASSES]}
        ],
        "scalars": [{"name": "lr", "fraction_bits": 0, "lo": 0, "hi": 7}],
        "nodes": [
            {
                "Sum": {
                    "out": 3,
                    "summed": [INPUTS],
                    "terms": [term(1, operand(0, 0, 2), operand(2, 2, 1))],
                    "constant": 0,
                }
            },
            {"OneHot": {"input": 1, "out": 4}},
            {
                "Sum": {
                    "out": 5,
                    "summed": [],
                    "terms": [term(1, operand(3, 0, 1)), term(-(2**10), operand(4, 0, 1))],
                    "constant": 0,
                }
            },
            {"Rescale": {"input": 5, "out": 6, "shift": 5}},
            {
                "Sum": {
                    "out": 7,
                    "summed": [BATCH],
                    "terms": [term(1, operand(0, 2, 0), operand(6, 2, 1), scalar=0)],
                    "constant": 0,
                }
            },
            {"Rescale": {"input": 7, "out": 8, "shift": 9}},
            {
                "Sum": {
                    "out": 9,
                    "summed": [],
                    "terms": [term(1, operand(2, 0, 1)), term(-1, operand(8, 0, 1))],
                    "constant": 0,
                }
            },
        ],
        "reading": "Shuffled",
        "outputs": [],
        "monitor": {"predictions": [3], "target": 1, "loss": "CrossEntropy"},
    }


def _one() -> dict[str, int]:
    return {"numerator": 1, "denominator": 1, "fraction_bits": 0}


@pytest.fixture(scope="module")
def data() -> dict[str, np.ndarray]:
    numbers = np.random.default_rng(5)
    x = numbers.integers(-32, 32, (ROWS, INPUTS))
    return {"x": x, "y": np.clip(x[:, 0] // 20 + 1, 0, 2)}


@pytest.fixture(scope="module")
def program() -> _native.Program:
    return _native.Program.from_json(json.dumps(linear_classifier()))


def test_a_program_survives_its_encodings(program: _native.Program) -> None:
    again = _native.Program.from_bytes(program.to_bytes())
    assert json.loads(again.to_json()) == linear_classifier()
    assert again.digest == program.digest
    assert (again.batch, again.name, again.max_steps) == (BATCH, "linear", 4)
    assert again.bounds()[0] == (-32, 31)


def test_training_reads_the_scheduled_rows(
    program: _native.Program, data: dict[str, np.ndarray]
) -> None:
    steps, first_step = 23, 6
    rates = [3 + step % 5 for step in range(steps)]
    start = np.zeros((INPUTS, CLASSES), np.int64)
    starts = np.concatenate([[0], np.cumsum(SHARD_ROWS)])

    def batch(step: int) -> dict[str, np.ndarray]:
        rows = reference.schedule.rows(SEED, SHARD_ROWS, step, 1, BATCH)
        chosen = [starts[shard] + row for shard, row in rows]
        return {name: values[chosen] for name, values in data.items()}

    expected, trace = reference.train(
        linear_classifier(), {"param.w": start}, batch, [rates], steps=steps, first_step=first_step
    )
    heard: list[tuple[str, int, int]] = []
    states, losses = _native.train(
        program,
        [start],
        # Neither order in memory nor slicing matters.
        [np.asfortranarray(data["x"]), np.repeat(data["y"], 2)[::2]],
        [rates],
        SEED.hex(),
        lambda *done: heard.append(done),
        shard_rows=SHARD_ROWS,
        first_step=first_step,
    )
    np.testing.assert_array_equal(states[0], expected["param.w"].reshape(-1))
    np.testing.assert_allclose(losses, trace["losses"], rtol=1e-12)
    assert heard[-1] == ("train", steps, steps)


def test_evaluation_agrees_with_a_plain_computation(
    program: _native.Program, data: dict[str, np.ndarray]
) -> None:
    weights = np.random.default_rng(1).integers(-300, 300, (INPUTS, CLASSES))
    found = _native.evaluate(program, [weights], [data["x"], data["y"]])
    logits = data["x"] @ weights
    np.testing.assert_array_equal(found["predictions"].reshape(-1, CLASSES), logits)
    # A tie is wrong, as in a proof of evaluation.
    others = np.sort(logits, axis=1)
    alone = others[:, -1] > others[:, -2]
    assert found["accuracy"] == np.mean((logits.argmax(axis=1) == data["y"]) & alone)
    real = logits / 3 / 64
    shifted = real - real.max(axis=1, keepdims=True)
    logarithm = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    expected = -logarithm[np.arange(ROWS), data["y"]].mean()
    assert found["loss"] == pytest.approx(expected)


def test_what_a_callback_raises_ends_the_training(
    program: _native.Program, data: dict[str, np.ndarray]
) -> None:
    calls = 0

    def stop(_name: str, done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if done >= 3:
            raise KeyboardInterrupt

    start = np.zeros((INPUTS, CLASSES), np.int64)
    with pytest.raises(KeyboardInterrupt):
        _native.train(program, [start], [*data.values()], [[1] * 50], SEED.hex(), stop)
    assert 1 <= calls <= 3


def test_a_value_out_of_range_keeps_the_last_good_states(
    program: _native.Program, data: dict[str, np.ndarray]
) -> None:
    start = np.zeros((INPUTS, CLASSES), np.int64)
    broken = data["x"].copy()
    rows = reference.schedule.rows(SEED, [ROWS], 2, 1, BATCH)
    broken[rows[3][1], 4] = 32
    fields = [broken, data["y"]]
    with pytest.raises(ValueOutOfRange, match=r"tensor 'x', step 2: value 32 is outside") as caught:
        _native.train(program, [start], fields, [[1] * 5], SEED.hex())
    assert caught.value.completed == 2
    fine, _ = _native.train(program, [start], fields, [[1] * 2], SEED.hex())
    np.testing.assert_array_equal(caught.value.states[0], fine[0])


def test_wrong_inputs_are_named(program: _native.Program, data: dict[str, np.ndarray]) -> None:
    start = np.zeros((INPUTS, CLASSES), np.int64)
    fields = [*data.values()]
    with pytest.raises(InputError, match=r"state 'param\.w': 38 values where 39 are expected"):
        _native.train(program, [start.reshape(-1)[1:]], fields, [[1]], SEED.hex())
    with pytest.raises(InputError, match="data field 'y': 26 values where 27 are expected"):
        _native.train(program, [start], [fields[0], fields[1][1:]], [[1]], SEED.hex())
    with pytest.raises(InputError, match="scalar 'lr', step 1: value 8 is outside"):
        _native.train(program, [start], fields, [[7, 8]], SEED.hex())
    with pytest.raises(InputError, match="64 hexadecimal digits"):
        _native.train(program, [start], fields, [[1]], "00")

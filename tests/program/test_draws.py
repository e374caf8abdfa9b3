"""ONNX's random operators: drawn from the public seed, and refused where they cannot be."""

from __future__ import annotations

import numpy as np
import one_operator
import pytest
from onnx import helper

from zkpot.errors import InputError, UnsupportedOperator
from zkpot.program import compile_step
from zkpot.program.compile import translate
from zkpot.program.quantise import quantise_data
from zkpot.program.read import load, read
from zkpot.program.units import unit_of
from zkpot.reference import bernoulli
from zkpot.reference import train as execute

X = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
SEED, STEP = b"\x07" * 32, 5


def step_of(build):
    """The step with this prediction, of the rows' shape."""
    model = one_operator.step_of(build, X)
    shape = model.graph.output[0].type.tensor_type.shape
    for length in X.shape:
        shape.dim.add().dim_value = length
    return model


def dropout(ratio, training=True, mask=False):
    def build(b, x, _):
        inputs = [x, b.const(ratio), b.const(training, np.bool_)]
        if not mask:
            return b("Dropout", *inputs)
        out = b("Dropout", *inputs)
        b.nodes[-1].output.append("kept")
        return b("Add", out, b("Cast", "kept", to=1))

    return build


def predicted(model) -> np.ndarray:
    """The prediction of a step on the rows, in real numbers."""
    program = compile_step(
        model, {"x": X}, max_steps=1, calibration_steps=1, scales={"x": 12}
    ).program_json
    fields = {n: v[None] for n, v in quantise_data(program, {"x": X}).items()}
    states = {s["name"]: np.zeros(s["shape"], np.int64) for s in program["states"]}
    _, trace = execute(program, states, fields, [], steps=1, first_step=STEP, seed=SEED)
    name = translate(read(load(model)))[0].prediction
    tensor = next(t for t in program["tensors"] if t["name"] == name)
    values = trace["tensors"][name][0].astype(np.float64)
    return values * float(unit_of(tensor["scale"]))


@pytest.mark.parametrize("ratio", [0.5, 0.25, 0.1])
@pytest.mark.parametrize("mask", [False, True])
def test_dropout_drops_what_the_seed_says(ratio: float, mask: bool) -> None:
    model = step_of(dropout(ratio, mask=mask))
    (name,) = read(load(model)).roles.random
    _, ordinal, numerator, bits = name.split(".")
    assert abs(int(numerator) / 2 ** int(bits) - (1 - ratio)) < 2.0**-16
    drawn = bernoulli.draw(SEED, STEP, int(ordinal), int(numerator), int(bits), X.shape)
    expected = X * drawn / (1 - ratio) + (drawn if mask else 0)
    np.testing.assert_allclose(predicted(model), expected, atol=1e-3)


@pytest.mark.parametrize(("ratio", "training"), [(0.5, False), (0.0, True)])
@pytest.mark.parametrize("mask", [False, True])
def test_dropout_that_drops_nothing(ratio: float, training: bool, mask: bool) -> None:
    model = step_of(dropout(ratio, training, mask))
    assert read(load(model)).roles.random == ()
    np.testing.assert_allclose(predicted(model), X + mask, atol=1e-3)


def test_two_layers_have_two_ordinals() -> None:
    def build(b, x, _):
        half, training = b.const(0.5), b.const(True, np.bool_)
        return b("Dropout", b("Dropout", x, half, training), half, training)

    assert read(load(step_of(build))).roles.random == ("bernoulli.0.1.1", "bernoulli.1.1.1")


def test_bernoulli_of_one_probability() -> None:
    def build(b, x, _):
        return b("Mul", x, b("Bernoulli", b.const(np.full((4, 6), 0.75))))

    drawn = bernoulli.draw(SEED, STEP, 0, 3, 2, X.shape)
    np.testing.assert_allclose(predicted(step_of(build)), X * drawn, atol=1e-3)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda b, x, _: b("Bernoulli", b("Sigmoid", x)), "probabilities are not one constant"),
        (dropout(1.0), "a probability of 0 is not between"),
        (dropout(1 - 1e-6), "is 0 or 1 in the 16 binary places"),
        (
            lambda b, x, p: b("Dropout", x, b("Squeeze", p), b.const(True, np.bool_)),
            "its ratio is no constant",
        ),
    ],
)
def test_what_no_proof_draws_is_refused(build, says: str) -> None:
    with pytest.raises(UnsupportedOperator, match=says):
        read(load(step_of(build)))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["bernoulli.0.2.2"], "is no random tensor: it is called"),
        (["bernoulli.0.1.1", "bernoulli.0.3.2"], "have one ordinal"),
    ],
)
def test_inputs_that_declare_no_random_tensor(names: list[str], says: str) -> None:
    model = step_of(lambda b, x, _: b("Identity", x))
    for name in names:
        model.graph.input.append(helper.make_tensor_value_info(name, 1, [4, 6]))
    with pytest.raises(InputError, match=says):
        read(model)

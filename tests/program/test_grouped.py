"""Powers and remainders, of constants with one value or several."""

from __future__ import annotations

import numpy as np
import pytest
import real_machine
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from one_operator import agree, shaped, step_of
from onnx.reference import ReferenceEvaluator

from zkpot.errors import UnsupportedOperator
from zkpot.program.compile import translate
from zkpot.program.read import read
from zkpot.program.spelled.grouped import MOST_NUMBERS


@settings(max_examples=30, deadline=None)
@given(
    exponents=st.lists(
        st.sampled_from(
            [0.0, -2.0, -1.5, -1.0, 0.5, 1.0, 2.0, 2.5, 3.0, 5.0, 6.0, 7.0, 8.0, 1.7, 9.0]
        ),
        min_size=3,
        max_size=3,
    ),
    along=st.sampled_from([(3,), (3, 1), (2, 1, 3)]),
    seed=st.integers(0, 99),
)
def test_each_element_has_its_own_exponent(exponents, along, seed):
    assume(any(exponents) and (len(set(exponents)) > 1 or 0.0 not in exponents))
    values = np.resize(np.asarray(exponents, np.float32), along)
    x = np.random.default_rng(seed).uniform(0.5, 1.5, (3, 3)).astype(np.float32)
    agree(lambda b, x, _: b("Pow", x, b.const(values)), x, tolerance=1e-4)


@pytest.mark.parametrize("exponent", [5, 6, 7, 8])
def test_powers_of_negative_numbers_are_products(exponent):
    x = np.asarray([[-1.5, 0.0], [2.0, -0.5]], np.float32)
    program = agree(lambda b, x, _: b("Pow", x, b.const(exponent, np.int64)), x)
    assert not any(getattr(node, "kind", "") == "Table" for node in program.nodes)


@settings(max_examples=30, deadline=None)
@given(
    divisors=st.lists(st.sampled_from([-3.0, -0.75, 0.5, 1.0, 2.5]), min_size=1, max_size=3),
    fmod=st.integers(0, 1),
    seed=st.integers(0, 99),
)
def test_remainders_agree_with_onnx(divisors, fmod, seed):
    values = np.asarray(divisors, np.float32)
    x = np.random.default_rng(seed).integers(-40, 40, (4, len(values))) / np.float32(8)

    def build(b, x, _):
        return b("Mod", x, b.const(values), fmod=fmod)

    model = shaped(step_of(build, x), *x.shape)
    (expected,) = ReferenceEvaluator(model).run(["prediction"], {"x": x})
    program, _ = translate(read(model))
    found = real_machine.evaluate(program, {"x": x, "param.0": np.ones(1)})[program.prediction]
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["Mod", "Pow"])
def test_constants_of_too_many_values_are_refused(kind):
    x = np.ones((1, MOST_NUMBERS + 1), np.float32)
    numbers = np.arange(1.0, MOST_NUMBERS + 2)
    attributes = {"fmod": 1} if kind == "Mod" else {}
    model = step_of(lambda b, x, _: b(kind, x, b.const(numbers), **attributes), x)
    with pytest.raises(UnsupportedOperator, match="at most 16 constant"):
        translate(read(shaped(model, *x.shape)))


@pytest.mark.parametrize("divisor", ["zero", "computed"])
def test_remainders_by_what_may_be_zero_are_refused(divisor):
    def build(b, x, _):
        return b("Mod", x, x if divisor == "computed" else b.const(0.0), fmod=1)

    model = step_of(build, np.ones((2, 2), np.float32))
    with pytest.raises(UnsupportedOperator, match="at most 16 constant divisors"):
        translate(read(shaped(model, 2, 2)))


def test_remainders_of_integers_are_refused():
    def build(b, x, _):
        return b("Cast", b("Mod", x, b.const(3, np.int64)), to=1)

    model = step_of(build, np.ones((2, 2)), kinds={"x": "i"})
    with pytest.raises(UnsupportedOperator, match="of floats, by"):
        translate(read(shaped(model, 2, 2)))

"""Public scalars: formulas of learning rates and the step's number."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpot.errors import InputError
from zkpot.program.formula import evaluate, names_in
from zkpot.program.public import Public, counter, formula

RATE = {"lr.0": Fraction(1)}


def bias(public, decay):
    """``1 - decay ** (step + 1)``."""
    step = counter(0.0, Fraction(1)) | {None: Fraction(1)}
    power = public.exponential(decay, step)
    return {None: Fraction(1), **{key: -value for key, value in power.items()}}


def test_adams_rate_is_one_formula():
    public = Public()
    first, second = bias(public, Fraction(9, 10)), bias(public, Fraction(999, 1000))
    root = public.power(second, Fraction(1, 2))
    rate = public.multiply(public.multiply(RATE, root), public.power(first, Fraction(-1)))
    ((key, factor),) = rate.items()
    assert factor == 1
    assert names_in(key) == ["step", "lr.0"]
    for step in (0, 1, 10, 1000):
        expected = 0.01 * (1 - 0.999 ** (step + 1)) ** 0.5 / (1 - 0.9 ** (step + 1))
        assert evaluate(key, {"lr.0": 0.01, "step": step}) == pytest.approx(expected)
    # What is divided by it again is gone.
    assert public.multiply(rate, public.power(rate, Fraction(-1))) == {None: Fraction(1)}


def test_roots_of_negative_numbers_and_quotients_by_zero_have_no_value():
    public = Public()
    assert public.power({None: Fraction(-2)}, Fraction(1, 2)) is None
    assert public.power({None: Fraction(0)}, Fraction(-1)) is None
    assert public.exponential(Fraction(-2), RATE) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["lr.0", "lr.1", "step"]),
            st.sampled_from([Fraction(1), Fraction(2), Fraction(-1), Fraction(1, 2)]),
        ),
        max_size=5,
    ),
    st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=100),
)
def test_formulas_mean_what_they_stand_for(factors, coefficient):
    public = Public()
    values = {"lr.0": 0.25, "lr.1": 3.0, "step": 7.0}
    number, expected = {None: coefficient}, float(coefficient)
    for name, exponent in factors:
        shifted = {name: Fraction(1), None: Fraction(2)}
        number = public.multiply(number, public.power(shifted, exponent))
        expected *= (values[name] + 2) ** float(exponent)
    assert evaluate(formula(number), values) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["lr.0 +", "__import__('os')", "lr.0 / 0", "(-1) ** 0.5", "lr.9", "[1]", "sqrt(-1)"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(InputError, match="public scalar"):
        evaluate(text, {"lr.0": 0.5})


@pytest.mark.parametrize("text", ["(" * 300 + "1" + ")" * 300, "9 ** 9 ** 9 ** 9", "1" * 5000])
def test_formulas_of_strangers_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="public scalar"):
        evaluate(text, {})

"""Units, rationals, and sums across units."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpot.program.rational import ceil_log2, floor_log2, power, recognise, split
from zkpot.program.units import align, align_to, mantissa, scale_of, short, unit_for, unit_of

positive = st.fractions(min_value=Fraction(1, 10**6), max_value=10**6)


@pytest.mark.parametrize("text", ["1/100", "9/10", "1/160", "3/8", "1/3", "5/10000", "2", "1/784"])
def test_constants_are_taken_for_what_was_meant(text):
    meant = Fraction(text)
    assert recognise(float(np.float32(float(meant)))) == meant
    assert recognise(-float(np.float32(float(meant)))) == -meant


def test_other_constants_are_exact():
    assert recognise(0.0) == 0
    value = float(np.float32(np.pi) + np.float32(0))
    assert abs(recognise(value) - Fraction(value)) <= Fraction(value) / 2**24


@given(positive)
def test_parts_of_a_rational(value):
    p, q, e = split(value)
    assert p % 2 == q % 2 == 1
    assert Fraction(p, q) * power(e) == value
    assert power(floor_log2(value)) <= value < power(floor_log2(value) + 1)
    assert power(ceil_log2(value) - 1) < value <= power(ceil_log2(value))
    assert 1 <= mantissa(value) < 2


@given(positive)
def test_scales_are_written_and_read(value):
    scale = scale_of(value)
    assert scale["numerator"] > 0
    assert unit_of(scale) == value


@given(st.lists(positive, min_size=1, max_size=4), st.integers(2, 14))
def test_sums_approximate_each_term(naturals, bits):
    tolerance = Fraction(1, 2**bits)
    found = align(naturals, tolerance)
    for natural, coefficient in zip(naturals, found.coefficients, strict=True):
        assert abs(coefficient * found.unit - natural) <= tolerance * natural
    assert found.error <= tolerance


def test_powers_of_two_cost_nothing():
    found = align([Fraction(1, 100), Fraction(-1, 6400)], Fraction(1, 2**13))
    assert found.coefficients == (64, -1)
    assert found.error == 0
    assert found.unit == Fraction(1, 6400)


def test_numerators_become_coefficients():
    found = align([Fraction(3, 4), Fraction(3, 8)], Fraction(1, 2**13))
    assert found.unit == Fraction(1, 8)
    assert found.coefficients == (6, 3)


def test_a_given_unit_is_only_halved():
    found = align_to([Fraction(9, 10)], Fraction(1, 16), [Fraction(1, 2**13)])
    ratio = Fraction(1, 16) / found.unit
    assert ratio == power(floor_log2(ratio))
    assert abs(found.coefficients[0] * found.unit - Fraction(9, 10)) <= Fraction(9, 10) / 2**13


@given(positive, st.integers(1, 14))
def test_short_ratios(value, bits):
    found = short(value, Fraction(1, 2**bits))
    assert 1 <= found < 2
    low = min(abs(found / mantissa(value) - 1), abs(2 * found / mantissa(value) - 1))
    assert low <= Fraction(1, 2**bits)
    assert split(found)[1] == 1


@given(st.floats(1e-6, 1e6), st.integers(4, 30))
def test_units_for_maxima(maximum, bits):
    unit = unit_for(maximum, bits)
    assert Fraction(maximum) / unit <= 2**bits < 2 * Fraction(maximum) / unit

"""`OneHot`, of class numbers, maxima's places and constants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_operator import agree, shaped, step_of

from zkpot.errors import UnsupportedOperator
from zkpot.program.compile import translate
from zkpot.program.read import read

CHOICE = np.asarray([-0.75, 2.5], np.float32)


@settings(max_examples=20, deadline=None)
@given(axis=st.integers(-3, 2), classes=st.integers(2, 5), seed=st.integers(0, 99))
def test_rows_of_class_numbers_lie_along_any_axis(axis, classes, seed):
    def build(b, x, values):
        return b("OneHot", x, b.const(classes, np.int64), values, axis=axis)

    numbers = np.random.default_rng(seed).integers(0, classes, (3, 4))
    agree(build, numbers, [CHOICE], kinds={"x": "i"})


@settings(max_examples=20, deadline=None)
@given(classes=st.integers(1, 5), seed=st.integers(0, 99))
def test_constants_may_be_negative_and_beyond_the_classes(classes, seed):
    numbers = np.random.default_rng(seed).integers(-8, 8, (2, 3))

    def build(b, x, values):
        places, depth = b.const(numbers, np.int64), b.const(classes, np.int64)
        return b("Mul", b("OneHot", places, depth, values, axis=0), x)

    factors = np.random.default_rng(seed).normal(size=(classes, 2, 3)).astype(np.float32)
    agree(build, factors, [CHOICE])


def test_rows_show_where_maxima_are():
    def build(b, x, values):
        places = b("ArgMax", x, axis=1, keepdims=0)
        return b("OneHot", places, b.const(5, np.int64), values)

    agree(build, np.random.default_rng(1).normal(size=(3, 5)).astype(np.float32), [CHOICE])


def test_a_computed_number_of_classes_is_refused():
    def build(b, x, _):
        depth = b("ReduceMax", x, b.const([0], np.int64), keepdims=1)
        return b("OneHot", x, depth, b.const([0.0, 1.0]))

    model = step_of(build, np.asarray([1, 3, 2]), kinds={"x": "i"})
    with pytest.raises(UnsupportedOperator, match="of a constant number of classes"):
        translate(read(shaped(model, 3, 4)))

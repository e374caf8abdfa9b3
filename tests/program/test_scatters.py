"""Updates at constant places, with every reduction and with places that come more than once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_operator import agree, shaped, step_of

from zkpot.errors import UnsupportedOperator
from zkpot.program.compile import translate
from zkpot.program.read import read
from zkpot.program.spelled.scatters import MOST_ROUNDS

REDUCTIONS = ("none", "add", "mul", "min", "max")


def numbers(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(
    reduction=st.sampled_from(REDUCTIONS),
    axis=st.integers(-2, 1),
    extent=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    seed=st.integers(0, 999),
)
def test_elements_agree_with_onnxruntime(reduction, axis, extent, seed):
    rng = np.random.default_rng(seed)
    length = (3, 4)[axis]
    places = rng.integers(-length, length, extent)
    if reduction == "none":  # Which of equal places stays is not defined.
        places = np.argsort(rng.random(extent), axis)

    def build(b, x, w):
        places_ = b.const(places, np.int64)
        return b("ScatterElements", x, places_, w, axis=axis, reduction=reduction)

    agree(build, numbers(rng, 3, 4), [numbers(rng, *extent)])


@settings(max_examples=40, deadline=None)
@given(
    reduction=st.sampled_from(REDUCTIONS[1:]),
    depth=st.integers(1, 3),
    count=st.integers(1, 5),
    seed=st.integers(0, 999),
)
def test_slices_agree_with_onnxruntime(reduction, depth, count, seed):
    rng = np.random.default_rng(seed)
    shape = (2, 3, 2)
    places = np.stack([rng.integers(-n, n, (count, 2)) for n in shape[:depth]], axis=-1)

    def build(b, x, w):
        return b("ScatterND", x, b.const(places, np.int64), w, reduction=reduction)

    agree(build, numbers(rng, *shape), [numbers(rng, count, 2, *shape[depth:])])


def test_many_updates_of_one_element_are_refused():
    places = np.zeros((1, MOST_ROUNDS + 1), np.int64)

    def build(b, x, w):
        return b("ScatterElements", x, b.const(places, np.int64), w, axis=1, reduction="mul")

    x = np.ones((1, MOST_ROUNDS + 2), np.float32)
    model = step_of(build, x, weights=[np.ones((1, MOST_ROUNDS + 1), np.float32)])
    with pytest.raises(UnsupportedOperator, match="at most 64 updates of one element"):
        translate(read(shaped(model, *x.shape)))

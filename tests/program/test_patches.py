"""Norms of windows, and images as the sums of overlapping patches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from one_operator import agree, shaped, step_of

from zkpot.errors import UnsupportedOperator
from zkpot.program.compile import translate
from zkpot.program.read import read


def numbers(*shape):
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(
    order=st.sampled_from([1, 2]),
    kernel=st.integers(2, 3),
    stride=st.integers(1, 3),
    gap=st.integers(1, 2),
    pads=st.lists(st.integers(0, 1), min_size=4, max_size=4),
)
def test_norms_of_windows_agree_with_onnxruntime(order, kernel, stride, gap, pads):
    def build(b, x, _):
        return b(
            "LpPool",
            x,
            kernel_shape=[kernel, 2],
            strides=[stride, 1],
            dilations=[gap, 1],
            pads=pads,
            p=order,
        )

    agree(build, numbers(2, 3, 7, 6))


def test_windows_that_lengths_are_rounded_up_for_reach_behind_the_pads():
    def build(b, x, _):
        return b("LpPool", x, kernel_shape=[3], strides=[2], pads=[1, 0], ceil_mode=1, p=1)

    program = agree(build, numbers(1, 2, 7))
    assert program.shapes[program.prediction] == (1, 2, 4)


@pytest.mark.parametrize("mode", ["SAME_UPPER", "SAME_LOWER", "VALID"])
def test_pads_may_be_found_from_the_shape(mode):
    agree(
        lambda b, x, _: b("LpPool", x, kernel_shape=[3], strides=[2], auto_pad=mode),
        numbers(1, 2, 8),
    )


def test_norms_of_higher_order_are_refused():
    model = step_of(lambda b, x, _: b("LpPool", x, kernel_shape=[2], p=3), numbers(1, 2, 8))
    with pytest.raises(UnsupportedOperator, match="of order 1 or 2"):
        translate(read(shaped(model, 1, 2, 7)))


@settings(max_examples=30, deadline=None)
@given(
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 2)),
    gaps=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    pads=st.tuples(*[st.integers(0, 1)] * 4),
)
def test_patches_add_up_where_they_overlap(block, strides, gaps, pads):
    image = (6, 5)
    counts = [
        (image[a] + pads[a] + pads[2 + a] - (block[a] - 1) * gaps[a] - 1) // strides[a] + 1
        for a in (0, 1)
    ]
    assume(min(counts) > 0)

    def build(b, x, _):
        shapes = [b.const(image, np.int64), b.const(block, np.int64)]
        return b("Col2Im", x, *shapes, strides=strides, dilations=gaps, pads=pads)

    agree(build, numbers(2, 3 * block[0] * block[1], counts[0] * counts[1]))

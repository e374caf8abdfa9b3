"""Convolutions and pooling are what onnxruntime makes of them, for any shape and attributes."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from one_operator import agree

from zkpot.program.real import Function

COUNTS = st.integers(1, 3)


def numbers(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@st.composite
def geometries(draw, most_rank=3):
    rank = draw(st.integers(1, most_rank))
    axes = range(rank)
    found = {
        "kernel_shape": [draw(COUNTS) for _ in axes],
        "strides": [draw(COUNTS) for _ in axes],
        "dilations": [draw(st.integers(1, 2)) for _ in axes],
    }
    mode = draw(st.sampled_from(["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if mode == "NOTSET":
        found["pads"] = [draw(st.integers(0, 2)) for _ in range(2 * rank)]
    else:
        found["auto_pad"] = mode
        found["dilations"] = [1] * rank  # onnxruntime wants it so.
    image = [draw(st.integers(3, 6)) for _ in axes]
    padded = [
        n + (sum(found["pads"][a::rank]) if mode == "NOTSET" else 0) for a, n in enumerate(image)
    ]
    reach = [
        d * (k - 1) + 1 for d, k in zip(found["dilations"], found["kernel_shape"], strict=True)
    ]
    assume(all(r <= n for r, n in zip(reach, padded, strict=True)))
    return image, found


@settings(max_examples=80, deadline=None)
@given(geometries(), COUNTS, COUNTS, COUNTS, st.booleans())
def test_convolutions(geometry, groups, narrow, wide, biased):
    image, attributes = geometry
    x = numbers((2, groups * narrow, *image))
    weights = [numbers((groups * wide, narrow, *attributes["kernel_shape"]), 1)]
    if biased:
        weights.append(numbers(groups * wide, 2))

    def build(b, *inputs):
        return b("Conv", *inputs, group=groups, **attributes)

    program = agree(build, x, weights)
    # A convolution is one product, and its output stays split into groups.
    (node,) = [n for n in program.nodes if n.out == program.prediction]
    assert sum(term.right is not None for term in node.terms) == 1


@settings(max_examples=80, deadline=None)
@given(geometries(), COUNTS, COUNTS, COUNTS, st.booleans(), st.data())
def test_transposed_convolutions(geometry, groups, narrow, wide, biased, data):
    image, attributes = geometry
    # onnxruntime and ONNX's shape inference differ about the others.
    assume(attributes.get("auto_pad", "VALID") == "VALID")
    more = [data.draw(st.integers(0, s - 1)) for s in attributes["strides"]]
    attributes = {**attributes, "output_padding": more}
    length = [
        s * (n - 1) + m + d * (k - 1) + 1 - sum(attributes.get("pads", [0])[a :: len(image)])
        for a, (s, n, m, d, k) in enumerate(
            zip(
                attributes["strides"],
                image,
                more,
                attributes["dilations"],
                attributes["kernel_shape"],
                strict=True,
            )
        )
    ]
    assume(all(n > 0 for n in length))
    x = numbers((2, groups * narrow, *image))
    weights = [numbers((groups * narrow, wide, *attributes["kernel_shape"]), 1)]
    if biased:
        weights.append(numbers(groups * wide, 2))
    agree(lambda b, *inputs: b("ConvTranspose", *inputs, group=groups, **attributes), x, weights)


def test_the_shape_of_a_transposed_convolution_can_be_given():
    def build(b, *inputs):
        return b("ConvTranspose", *inputs, strides=[3, 2], output_shape=[10, 8])

    agree(build, numbers((2, 3, 3, 3)), [numbers((3, 2, 3, 3), 1)])


def pads_of_a_pool(attributes, ceil):
    """The pads, where onnxruntime takes the pool and agrees with ONNX's shape inference."""
    kernel = attributes["kernel_shape"]
    pads = attributes.get("pads", [0] * 2 * len(kernel))
    assume(all(p < k for p, k in zip(pads, kernel + kernel, strict=True)))
    assume(not ceil or not any(pads))
    if ceil or "auto_pad" in attributes:
        assume(all(s <= k for s, k in zip(attributes["strides"], kernel, strict=True)))
    return pads


@settings(max_examples=60, deadline=None)
@given(geometries(2), st.booleans(), st.booleans())
def test_average_pools(geometry, count_padding, ceil):
    image, attributes = geometry
    pads_of_a_pool(attributes, ceil)
    del attributes["dilations"]
    x = numbers((2, 2, *image))

    def build(b, source, _):
        options = {"count_include_pad": int(count_padding), "ceil_mode": int(ceil)}
        return b("AveragePool", source, **options, **attributes)

    program = agree(build, x)
    assert len(program.nodes) <= 4


def test_the_average_of_a_whole_image():
    agree(lambda b, x, _: b("GlobalAveragePool", x), numbers((2, 3, 4, 5)))


def test_a_sum_over_windows_has_no_second_factor():
    def build(b, x, _):
        ones = b.const(np.full((3, 1, 2, 2), 0.25))
        return b("Conv", x, ones, group=3, strides=[2, 2])

    program = agree(build, numbers((2, 3, 4, 4)))
    (node,) = [n for n in program.nodes if n.out == program.prediction]
    assert all(term.right is None for term in node.terms)


@settings(max_examples=60, deadline=None)
@given(geometries(2), st.booleans())
def test_maximum_pools(geometry, ceil):
    image, attributes = geometry
    if any(pads_of_a_pool(attributes, ceil)):
        attributes = {**attributes, "dilations": [1] * len(image)}
    x = numbers((2, 2, *image)) - 2

    def build(b, source, _):
        return b("MaxPool", source, ceil_mode=int(ceil), **attributes)

    program = agree(build, x)
    assert [n.kind for n in program.nodes if isinstance(n, Function)] == ["Max"]


def test_the_maximum_of_a_whole_image_and_of_any_axes():
    agree(lambda b, x, _: b("GlobalMaxPool", x), numbers((2, 3, 4, 5)))
    for axes, keep in (([0], 1), ([1, 3], 0), ([2], 0), ([0, 1, 2, 3], 1)):

        def build(b, x, _, axes=axes, keep=keep):
            return b("ReduceMax", x, b.const(axes, np.int64), keepdims=keep)

        agree(build, numbers((2, 3, 4, 5)))

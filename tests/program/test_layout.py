"""Operators that move elements are what onnxruntime makes of them, however they are combined."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from one_operator import agree

from zkpot.errors import UnsupportedOperator
from zkpot.program.real import Function, Sum
from zkpot.program.support import meeting


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def ints(b, values):
    return b.const(np.asarray(values), np.int64)


def only_views(program):
    """Nothing is left but sums without products, and constants."""
    sums = [n for n in program.nodes if isinstance(n, Sum)]
    linear = not any(term.right for n in sums for term in n.terms)
    return linear and not any(isinstance(n, Function) for n in program.nodes)


@st.composite
def moves(draw):
    """A chain of operators with static shapes, as functions ``(builder, tensor) -> tensor``."""
    shape = [2, draw(st.integers(1, 4)), draw(st.integers(1, 4))]
    first, chain = list(shape), []
    for _ in range(draw(st.integers(1, 4))):
        axis = draw(st.integers(0, len(shape) - 1))
        kind = draw(
            st.sampled_from(
                ["slice", "flip", "pad", "transpose", "merge", "split", "concat", "tile"]
            )
        )
        if kind == "slice":
            start = draw(st.integers(0, shape[axis] - 1))
            step = draw(st.integers(1, 2))
            shape[axis] = len(range(start, shape[axis], step))
            bounds = [[start], [1 << 40], [axis], [step]]
            chain.append(lambda b, x, v=bounds: b("Slice", x, *(ints(b, i) for i in v)))
        elif kind == "flip":
            bounds = [[-1], [-(1 << 40)], [axis], [-1]]
            chain.append(lambda b, x, v=bounds: b("Slice", x, *(ints(b, i) for i in v)))
        elif kind == "pad":
            pads = [draw(st.integers(0, 2)) for _ in range(2 * len(shape))]
            value = draw(st.sampled_from([0.0, 1.5]))
            shape = [n + pads[a] + pads[a + len(shape)] for a, n in enumerate(shape)]
            chain.append(lambda b, x, p=pads, v=value: b("Pad", x, ints(b, p), b.const(v)))
        elif kind == "transpose":
            perm = draw(st.permutations(range(len(shape))))
            shape = [shape[a] for a in perm]
            chain.append(lambda b, x, p=perm: b("Transpose", x, perm=p))
        elif kind == "merge":
            assume(axis + 1 < len(shape))
            shape[axis : axis + 2] = [shape[axis] * shape[axis + 1]]
            chain.append(lambda b, x, s=list(shape): b("Reshape", x, ints(b, s)))
        elif kind == "split":
            parts = [n for n in range(1, shape[axis] + 1) if shape[axis] % n == 0]
            outer = draw(st.sampled_from(parts))
            shape[axis : axis + 1] = [outer, shape[axis] // outer]
            chain.append(lambda b, x, s=list(shape): b("Reshape", x, ints(b, s)))
        elif kind == "concat":
            shape[axis] *= 2
            chain.append(lambda b, x, a=axis: b("Concat", x, b("Mul", x, b.const(2.0)), axis=a))
        else:
            repeats = [1] * len(shape)
            repeats[axis] = 2
            shape[axis] *= 2
            chain.append(lambda b, x, r=repeats: b("Tile", x, ints(b, r)))
        assume(len(shape) <= 6)
    return first, chain


@settings(max_examples=150, deadline=None)
@given(moves())
def test_chains_of_moves(case):
    shape, chain = case

    def build(b, x, _):
        for move in chain:
            x = move(b, x)
        return x

    assert only_views(agree(build, numbers(*shape)))


CASES = {
    "negative bounds": lambda b, x: b("Slice", x, ints(b, [-3]), ints(b, [-1]), ints(b, [1])),
    "split": lambda b, x: b("Sub", *b.split(x, 2, axis=2)),
    "expand": lambda b, x: b(
        "Expand", b("Slice", x, ints(b, [0]), ints(b, [1]), ints(b, [1])), ints(b, [4, 6, 4])
    ),
    "reflect": lambda b, x: b("Pad", x, ints(b, [0, 2, 1, 0, 3, 1]), mode="reflect"),
    "edge": lambda b, x: b("Pad", x, ints(b, [0, 2, 1, 0, 3, 1]), mode="edge"),
    "crop": lambda b, x: b("Pad", x, ints(b, [0, -2, 1, 0, 0, -1]), b.const(2.5)),
    "gather one": lambda b, x: b("Gather", x, ints(b, 3), axis=1),
    "gather a progression": lambda b, x: b("Gather", x, ints(b, [1, 3, 5]), axis=1),
    "gather windows": lambda b, x: b("Gather", x, ints(b, [[0, 1], [2, 3], [4, 5]]), axis=1),
    "gather runs": lambda b, x: b("Gather", x, ints(b, [5, 5, 0, 2, 4, -1]), axis=1),
    "gather at random": lambda b, x: b("Gather", x, ints(b, [0, 5, 1, 4, 2, 3] * 6), axis=1),
    "gather a table": lambda b, x: b("Gather", x, ints(b, [[0, 5, 2], [1, 1, 4]]), axis=1),
    "running sum": lambda b, x: b("CumSum", x, ints(b, 1)),
    "running sum, reversed": lambda b, x: b("CumSum", x, ints(b, [-1]), exclusive=1, reverse=1),
    "upper triangle": lambda b, x: b("Trilu", x, ints(b, 1)),
    "lower triangle": lambda b, x: b("Trilu", x, upper=0),
    "a mask": lambda b, x: b("Mul", x, b.const(np.arange(24).reshape(6, 4) % 2)),
    "a table": lambda b, x: b("Add", x, b.const(np.arange(24).reshape(6, 4))),
    "a column": lambda b, x: b("Sub", b.const(np.arange(6).reshape(6, 1)), x),
    "a number for each": lambda b, x: b("Sum", x, b.const([1.0, 2, 3, 4]), x),
    "means": lambda b, x: b("ReduceMean", x, ints(b, [0, 2]), keepdims=0),
    "a vector": lambda b, x: b("MatMul", x, b.const([1.0, 2, 3, 4])),
    "a row": lambda b, x: b("MatMul", b.const([1.0, 2, 3, 4, 5, 6]), x),
    "matrices": lambda b, x: b("MatMul", x, b("Transpose", x, perm=[0, 2, 1])),
    "broadcast matrices": lambda b, x: b("MatMul", b.const(np.arange(18).reshape(1, 3, 6)), x),
    "einsum": lambda b, x: b(
        "Einsum", x, b.const(np.arange(8).reshape(2, 4)), equation="b t i, o i -> b o t"
    ),
    "einsum with dots": lambda b, x: b(
        "Einsum", x, b.const(np.arange(8.0).reshape(4, 2)), equation="...i,io"
    ),
    "a shape": lambda b, x: b(
        "Reshape", x, b("Concat", b("Shape", x, end=1), ints(b, [-1]), axis=0)
    ),
    "a range": lambda b, x: b(
        "Add", x, b("Cast", b("Range", ints(b, 0), ints(b, 4), ints(b, 1)), to=1)
    ),
    "zeros of a shape": lambda b, x: b(
        "Concat", x, b("ConstantOfShape", ints(b, [4, 1, 4])), axis=1
    ),
    "heads": lambda b, x: b(
        "Reshape",
        b("Transpose", b("Reshape", x, ints(b, [4, 6, 2, 2])), perm=[0, 2, 1, 3]),
        ints(b, [8, 6, 2]),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_single_operators(case):
    agree(lambda b, x, _: CASES[case](b, x), numbers(4, 6, 4))


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_pixels_are_shuffled(mode):
    x = numbers(2, 8, 3, 2)
    agree(lambda b, x, _: b("DepthToSpace", x, blocksize=2, mode=mode), x)
    agree(lambda b, x, _: b("SpaceToDepth", x, blocksize=2), numbers(2, 3, 4, 6))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from([1, 3, 4]), max_size=3),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.sampled_from(["Add", "Sub", "Mul"]),
)
def test_anything_broadcasts(shape, small, kind):
    other = [1 if s else n for n, s in zip(shape, small, strict=False)]
    agree(
        lambda b, x, w: b(kind, x, w),
        numbers(2, *shape),
        [numbers(*other[len(other) // 2 :], seed=1)],
    )


def test_rows_that_labels_name():
    labels = np.asarray([[0, 2, 1], [3, 3, 0]])
    table = numbers(4, 5, seed=1)
    program = agree(lambda b, x, w: b("Gather", w, x), labels, [table], kinds={"x": "i"})
    assert [n.kind for n in program.nodes if isinstance(n, Function)] == ["OneHot"]
    agree(lambda b, x, w: b("Gather", w, x, axis=1), labels, [numbers(2, 4, 5)], kinds={"x": "i"})


def test_a_flattened_image_stays_split_and_weights_are_read_merged():
    def build(b, x, first, second):
        h = b("Conv", x, first)
        return b("MatMul", b("Flatten", b("Relu", h)), second)

    program = agree(build, numbers(2, 1, 5, 5), [numbers(3, 1, 2, 2), numbers(48, 5, seed=1)])
    (last,) = [n for n in program.nodes if n.out == program.prediction]
    (term,) = last.terms
    assert sorted(len(i.labels) for o in term.operands() for i in o.axes) == [1, 1, 1, 1, 1, 3]


def test_incompatible_splittings_are_merged_from_pieces():
    def build(b, x, w):
        return b("Sub", *(b("Reshape", b("Mul", t, t), ints(b, [2, 24])) for t in (x, w)))

    program = agree(build, numbers(2, 4, 6), [numbers(2, 3, 8)])
    assert max(len(n.terms) for n in program.nodes) == 4


def test_a_reshape_across_pieces():
    agree(lambda b, x, _: b("Reshape", b("Mul", x, x), ints(b, [2, 3, 8])), numbers(2, 4, 6))


def test_windows_that_slide_over_what_a_reshape_merged():
    def build(b, x, w):
        tiles = b("Reshape", b("Mul", x, x), ints(b, [2, 3, 2, 2, 3, 3]))
        image = b("Reshape", b("Transpose", tiles, perm=[0, 1, 2, 4, 3, 5]), ints(b, [2, 3, 6, 6]))
        return b("Conv", image, w, pads=[1, 1, 1, 1])

    agree(build, numbers(2, 3, 36), [numbers(2, 3, 3, 3, seed=1)])


def test_too_many_pieces_are_refused():
    def build(b, x, _):
        flat = b("Reshape", b("Mul", x, x), ints(b, [2, 81 * 80]))
        return b("Reshape", flat, ints(b, [2, 60, 108]))

    with pytest.raises(UnsupportedOperator, match="would be merged from 80 pieces"):
        agree(build, numbers(2, 81, 80))


@st.composite
def window_places(draw):
    """Places of windows on an axis, those outside moved to the border, and its length."""
    length, count, size = (draw(st.integers(1, 7)) for _ in range(3))
    stride, start, gap = draw(st.integers(1, 3)), draw(st.integers(-2, 1)), draw(st.integers(1, 2))
    laid = start + stride * np.arange(count)[:, None] + gap * np.arange(size)
    return np.clip(laid, 0, length - 1).ravel(), length


@settings(max_examples=100, deadline=None)
@given(window_places() | st.lists(st.integers(0, 4), min_size=1).map(lambda p: (p, 5)))
def test_selections_and_their_transposes(case):
    places, length = case
    matrix = np.zeros((length, len(places)))
    matrix[places, np.arange(len(places))] = 1
    agree(lambda b, x, _: b("Gather", x, ints(b, places), axis=1), numbers(2, length, 3))
    agree(lambda b, x, _: b("MatMul", x, b.const(matrix)), numbers(2, 3, length))
    agree(lambda b, x, _: b("MatMul", x, b.const(matrix.T)), numbers(2, 3, len(places)))


def test_windows_are_views_and_so_is_putting_them_back():
    places = np.clip(2 * np.arange(8)[:, None] - 1 + np.arange(3), 0, 15).ravel()
    program = agree(lambda b, x, _: b("Gather", x, ints(b, places), axis=1), numbers(2, 16, 3))
    assert only_views(program)
    matrix = np.eye(16)[places]
    program = agree(lambda b, x, _: b("MatMul", x, b.const(matrix)), numbers(2, 3, 24))
    assert only_views(program)


def test_parts_that_do_not_meet_are_no_wider_together():
    def build(b, x, _):
        parts = [b("Mul", x, b.const(1.0 + i)) for i in range(5)]
        joined = b("Concat", *parts, axis=1)
        return b("Slice", joined, ints(b, [1]), ints(b, [9]), ints(b, [1]))

    program = agree(build, numbers(2, 4))
    (node,) = [n for n in program.nodes if n.out == program.prediction]
    groups = meeting(node.terms, program.shapes[node.out], program.shapes)
    assert {group.bit_count() for group in groups} == {1}


def test_places_that_alternate_do_not_meet():
    def interleave(b, x, _):
        even = b("ConvTranspose", x, b.const(np.ones((1, 1, 1))), strides=[2], output_padding=[1])
        return b("Sub", even, b("Pad", even, ints(b, [0, 0, 1, 0, 0, -1])))

    program = agree(interleave, numbers(2, 1, 4))
    (node,) = [n for n in program.nodes if n.out == program.prediction]
    assert meeting(node.terms, program.shapes[node.out], program.shapes) == {1, 2}


@pytest.mark.parametrize("length", [2, 5, 40])
def test_the_first_of_equal_maxima(length):
    x = np.random.default_rng(0).integers(0, 3, (6, length)).astype(np.float32)

    def build(b, x, _):
        hot = b("Equal", b("ArgMax", x, axis=1, keepdims=1), ints(b, np.arange(length)))
        return b("Cast", hot, to=1)

    program = agree(build, x)
    kinds = [n.kind for n in program.nodes if isinstance(n, Function)]
    assert sorted(kinds) == ["Max", "Step", "Step"]


@pytest.mark.parametrize("kind", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("last", [0, 1])
def test_places_of_maxima_as_numbers(kind, axis, last):
    x = np.random.default_rng(1).integers(0, 3, (6, 5)).astype(np.float32)

    def build(b, x, _):
        place = b(kind, x, axis=axis, keepdims=0, select_last_index=last)
        return b("Add", b("Cast", place, to=1), b.const(1.0))

    agree(build, x)

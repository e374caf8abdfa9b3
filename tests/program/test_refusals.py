"""What cannot be compiled is refused, all of it at once, with what could."""

import re
from fractions import Fraction

import numpy as np
import pytest
from onnx import TensorProto
from written_steps import Builder, mlp

from zkpot.errors import UnsupportedOperator
from zkpot.program import emit as emitting
from zkpot.program.compile import translate
from zkpot.program.index import Index
from zkpot.program.ranges import Range
from zkpot.program.read import read
from zkpot.program.real import Operand, Term


def refuse(build, *, inputs=(), shape=(12, 5)):
    """The complaint about a step whose gradient is what `build` returns."""
    b = Builder()
    d = build(b)
    if d != "gradient":
        b("Identity", d, out="gradient")
    b("Sub", "param.w", "gradient", out="new.param.w")
    model = b.model(
        [("param.w", "f", list(shape)), ("x", "f", [8, 12]), ("y", "i", [8]), *inputs],
        [("new.param.w", list(shape))],
        {"param.w": np.ones(shape)},
    )
    with pytest.raises(UnsupportedOperator) as caught:
        translate(read(model))
    return str(caught.value)


def test_everything_is_listed_at_once():
    def build(b):
        a = b("Det", b("MatMul", "param.w", b("Transpose", "param.w", perm=[1, 0])))
        c = b("Unique", "param.w")
        return b("Add", a, b("BitShift", c, c, direction="LEFT"))

    text = refuse(build)
    assert "3 reasons" in text
    for kind in ("BitShift", "Det", "Unique"):
        assert f"({kind}): is not supported" in text
    assert "supported are Abs, Acos" in text


def test_an_operator_of_the_loss_alone_is_no_obstacle():
    b = Builder()
    b("Tanh", b("ReduceSum", "param.w", keepdims=0), out="loss")
    b("Mul", "param.w", b.const(0.5), out="new.param.w")
    model = b.model(
        [("param.w", "f", [12, 5]), ("x", "f", [8, 12])],
        [("loss", []), ("new.param.w", [12, 5])],
        {"param.w": np.ones((12, 5))},
    )
    program, watch = translate(read(model))
    assert len(program.nodes) == 1
    assert watch is None


CASES = {
    "an Einstein sum of three": (
        lambda b: b("Einsum", "param.w", "param.w", "param.w", equation="ij,ij,ij->ij"),
        r"\(Einsum\): its equation is 'ij,ij,ij->ij'; supported of one or two tensors",
    ),
    "padding with a number that is computed": (
        lambda b: b(
            "Slice",
            b("Pad", "param.w", b.const([1] * 4, np.int64), b("ReduceSum", "param.w", keepdims=0)),
            *(b.const(values, np.int64) for values in ([0, 0], [12, 5], [0, 1])),
        ),
        r"\(Pad\): its values are computed; supported in any mode, with constant pads",
    ),
    "padding that removes": (
        lambda b: b("Pad", "param.w", b.const([1, 0, -1, 0], np.int64), mode="reflect"),
        r"\(Pad\): it removes places in mode 'reflect'",
    ),
    "a quotient by zero": (
        lambda b: b("Div", "param.w", b.const(0.0)),
        r"\(Div\): it divides by zero",
    ),
    "an infinite mask": (
        lambda b: b("Add", "param.w", b.const([0.0, -np.inf, 0, 0, 0])),
        r"\(Add\): its constant input '.*' is not finite; supported of numbers and tensors",
    ),
    "a power of another tensor": (
        lambda b: b("Pow", "param.w", "param.w"),
        r"\(Pow\): its exponent is no constant",
    ),
    "an integer out of a float": (
        lambda b: b("Cast", b("Cast", "param.w", to=TensorProto.INT64), to=TensorProto.FLOAT),
        r"\(Cast\): it casts float to int",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_unsupported_forms(case):
    build, expected = CASES[case]
    assert re.search(expected, refuse(build)), refuse(build)


def _labels(classes, column=True):
    def build(b):
        y = b("Unsqueeze", "y", b.const([1], np.int64)) if column else "y"
        hot = b("Cast", b("Equal", y, b.const(classes, np.int64)), to=TensorProto.FLOAT)
        return b("MatMul", b("Transpose", "x", perm=[1, 0]), hot)

    return build


def test_labels_must_count_from_zero():
    assert "not 0, 1, 2" in refuse(_labels([1, 2, 3, 4, 5]))


def test_labels_need_a_last_axis_of_their_own():
    def build(b):
        hot = b("Equal", "y", b.const(np.arange(8), np.int64))
        return b("ReduceSum", b("Cast", hot, to=TensorProto.FLOAT), keepdims=0)

    text = refuse(build)
    assert "own last axis" in text


def test_two_shapes_of_one_field_are_no_obstacle():
    b = Builder()
    flat = b("Reshape", "x", b.const([8, 12], np.int64))
    other = b("Reshape", "x", b.const([8, 3, 4], np.int64))
    a = b("ReduceSum", flat, b.const([0, 1], np.int64), keepdims=0)
    c = b("ReduceSum", other, b.const([0, 1, 2], np.int64), keepdims=0)
    b("Sub", "param.w", b("Mul", a, c), out="new.param.w")
    model = b.model(
        [("param.w", "f", []), ("x", "f", [8, 2, 6])],
        [("new.param.w", [])],
        {"param.w": 1.0},
    )
    program, _ = translate(read(model))
    assert program.shapes["x"] == (8, 12)


def emit(shape, name="x"):
    builder = emitting.Builder("step", 1, 1)
    builder.tensor(name, shape, Fraction(1), Range(0, 4))
    return builder


def test_limits_of_the_checker_are_named():
    with pytest.raises(UnsupportedOperator, match=r"'x' has 9 axes.* and may have 8"):
        emit((1,) * 9)
    with pytest.raises(UnsupportedOperator, match="'mask' has 1048577 elements"):
        emit((2,)).constant("mask", ((1 << 20) + 1,), Fraction(1), [0] * ((1 << 20) + 1))
    merged = Index(((0, 1 << 11), (1, 1)))
    term = Term(Fraction(1), Operand("x", (merged,)))
    with pytest.raises(UnsupportedOperator, match="'flat' merges axes of 'x' to 4194304 places"):
        emit((1 << 22,)).sum("flat", (1 << 11, 1 << 11), Fraction(1), [(1, term)])


def test_a_known_step_is_not_refused():
    translate(read(mlp()))

"""Operators that others spell out: by ONNX's definitions, by the model's own, by written bodies."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from one_operator import agree, shaped, step_of
from onnx import helper, parser
from written_steps import Builder

from zkpot.errors import UnsupportedOperator
from zkpot.program import calibrate
from zkpot.program.compile import translate
from zkpot.program.read import load, read
from zkpot.program.spelled.constants import fold


def numbers(*shape):
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


CASES = {
    "layer norm": (
        lambda b, x, s, c: b("LayerNormalization", x, s, c, axis=-1, epsilon=1e-3),
        (4, 6),
        [numbers(6), numbers(6)],
    ),
    "instance norm": (
        lambda b, x, s, c: b("InstanceNormalization", x, s, c),
        (2, 3, 4, 4),
        [numbers(3), numbers(3)],
    ),
    "batch norm": (
        lambda b, x, s, c: b("BatchNormalization", x, s, c, c, b("Mul", s, s)),
        (4, 3, 2),
        [numbers(3), numbers(3)],
    ),
    "parametric ReLU": (lambda b, x, s: b("PRelu", x, s), (4, 3), [numbers(3)]),
    "response norm": (lambda b, x, _: b("LRN", x, size=3, alpha=0.5), (2, 5, 3, 3), []),
    "log of a sum of exponentials": (
        lambda b, x, _: b("ReduceLogSumExp", x, b.const([0, 2], np.int64), keepdims=0),
        (3, 4, 5),
        [],
    ),
    "least elements": (
        lambda b, x, _: b("ReduceMin", x, b.const([1], np.int64)),
        (3, 4, 5),
        [],
    ),
    "a product": (lambda b, x, _: b("ReduceProd", x, b.const([1], np.int64)), (3, 5), []),
    "a shrunk tensor": (lambda b, x, _: b("Shrink", x, lambd=0.5, bias=0.25), (3, 5), []),
    "a linear resize": (
        lambda b, x, _: b("Resize", x, "", b.const([1, 1, 2, 1.5]), mode="linear"),
        (2, 3, 4, 4),
        [],
    ),
    "places along an axis": (
        lambda b, x, _: b("GatherElements", x, b.const([[0, 2], [1, -1]], np.int64), axis=1),
        (2, 4),
        [],
    ),
    "updates put into places": (
        lambda b, x, w: b("ScatterND", x, b.const([[1], [0]], np.int64), w),
        (3, 4),
        [numbers(2, 4)],
    ),
    "updates added to one place twice": (
        lambda b, x, w: b(
            "ScatterElements", x, b.const([[1, 1], [0, 2]], np.int64), w, axis=1, reduction="add"
        ),
        (2, 4),
        [numbers(2, 2)],
    ),
    "a GRU in both directions": (
        lambda b, x, w, r, c: b(
            "GRU", x, w, r, c, hidden_size=4, direction="bidirectional", linear_before_reset=1
        ),
        (3, 2, 5),
        [numbers(2, 12, 5), numbers(2, 12, 4), numbers(2, 24)],
    ),
    "an LSTM with peepholes": (
        lambda b, x, w, r, c, p: b("LSTM", x, w, r, c, "", "", "", p, hidden_size=4),
        (3, 2, 5),
        [numbers(1, 16, 5), numbers(1, 16, 4), numbers(1, 32), numbers(1, 12)],
    ),
    "an RNN backwards": (
        lambda b, x, w, r: b("RNN", x, w, r, hidden_size=4, direction="reverse"),
        (3, 2, 5),
        [numbers(1, 4, 5), numbers(1, 4, 4)],
    ),
    "a softmax over the first axis": (lambda b, x, _: b("Softmax", x, axis=0), (3, 5), []),
}


@pytest.mark.parametrize("name", CASES)
def test_bodies_agree_with_onnxruntime(name):
    build, shape, weights = CASES[name]
    agree(build, numbers(*shape), weights)


def test_functions_of_the_model_are_put_in_place():
    model = step_of(lambda b, x, w: b("Add", x, w), numbers(4, 3), weights=[numbers(3)])
    function = parser.parse_function(
        '<domain: "own", opset_import: ["" : 18]> Twice (a) => (b) { b = Add (a, a) }'
    )
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("own", 1))
    node = next(n for n in model.graph.node if n.op_type == "Add")
    twice = helper.make_node("Twice", [node.input[0]], ["doubled"], domain="own")
    node.input[0] = "doubled"
    model.graph.node.insert(0, twice)
    program, _ = translate(read(shaped(model, 4, 3)))
    (term,) = [t for n in program.nodes for t in n.terms if t.left.tensor == "x"]
    assert term.coefficient == 2


def test_nodes_keep_the_name_of_what_they_spell_out():
    model = step_of(
        lambda b, x, s: b("Pow", b("PRelu", x, s), b("LayerNormalization", x, s)),
        numbers(4, 3),
        weights=[np.ones(3, np.float32)],
    )
    inner = [node for node in load(shaped(model, 4, 3)).graph.node if node.op_type == "Sqrt"]
    outer = next(n for n in model.graph.node if n.op_type == "LayerNormalization")
    assert [node.name for node in inner] == [outer.name or outer.output[0]]


def test_operators_without_a_shape_are_all_named():
    def build(b, x, _):
        return b("Add", b("Cast", b("NonZero", x), to=1), b("Det", x))

    with pytest.raises(UnsupportedOperator, match="2 reasons") as caught:
        read(shaped(step_of(build, numbers(3, 3)), 2, 9))
    assert "(NonZero): is not supported" in str(caught.value)
    assert "(Det): is not supported" in str(caught.value)


def test_constants_are_folded_in_the_model_s_own_operator_set():
    """Up to operator set 17 ReduceMax has its axes as an attribute, later as an input."""
    for opset in (13, 18):
        b = Builder()
        constant = b.const([[1.0, 5.0], [2.0, 3.0]])
        if opset == 13:
            top = b("ReduceMax", constant, axes=[0], keepdims=0)
        else:
            top = b("ReduceMax", constant, b.const([0], np.int64), keepdims=0)
        b("Mul", "param.w", top, out="new.param.w")
        model = b.model(
            [("param.w", "f", [2]), ("x", "f", [1, 2])],
            [("new.param.w", [2])],
            {"param.w": np.ones(2)},
            opset=opset,
        )
        program, _ = translate(read(model))
        (constant,) = [n for n in program.nodes if hasattr(n, "values")]
        assert constant.values == (2.0, 5.0)


def test_a_constant_condition_chooses_its_branch():
    text = """
    <ir_version: 10, opset_import: ["" : 18]>
    step (float[2] x) => (float[2] y) {
        yes = Constant <value = bool {1}> ()
        y = If (yes) <
            then_branch = taken () => (float[2] a) { two = Constant <value = float {2.0}> ()
                                                     a = Mul (x, two) },
            else_branch = other () => (float[2] b) { b = Neg (x) }
        >
    }"""
    model = onnx.parser.parse_model(text)
    while fold(model, 18):
        pass
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node] == ["Mul", "Identity"]


def test_a_runtime_older_than_the_operators_is_left_aside():
    model = step_of(lambda b, x, w: b("Add", x, w), numbers(4, 3), weights=[numbers(3)])
    model.opset_import[0].version = 28
    run = calibrate.float_step(load(shaped(model, 4, 3)))
    values = {"x": numbers(4, 3), "param.0": numbers(3)}
    np.testing.assert_allclose(run(values)["prediction"], values["x"] + values["param.0"])

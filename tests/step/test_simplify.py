"""Each rule applies where it should, and leaves alone what it would break."""

from __future__ import annotations

import numpy as np
import pytest

from zkpot.step.expression import Expression, Graph
from zkpot.step.simplify import RULES


@pytest.fixture
def graph() -> Graph:
    return Graph(RULES)


@pytest.fixture
def a(graph) -> Expression:
    return graph.input("a", (3, 4), np.float32)


@pytest.fixture
def b(graph) -> Expression:
    return graph.input("b", (3, 4), np.float32)


def show(expression: Expression) -> str:
    """``Op(operand, ...)``, with numbers in place of constants."""
    if expression.op == "Input":
        return str(expression.attribute("name"))
    if expression.constant is not None:
        return "x".join(map(str, expression.shape)) or f"{expression.scalar:g}"
    return f"{expression.op}({', '.join(map(show, expression.operands))})"


def number(graph, value):
    return graph.constant(value, np.float32)


def test_equal_expressions_are_one(graph, a, b):
    assert graph.add(a, b) is graph.add(a, b)
    assert graph.add(a, b) is not graph.sub(a, b)
    assert number(graph, 1) is number(graph, 1)
    assert number(graph, 1) is not graph.constant(1, np.int64)
    assert number(graph, [0.0]) is not number(graph, 0.0)
    # Bits count: -0 is not 0.
    assert number(graph, 0.0) is not number(graph, -0.0)


def test_signs_move_outwards(graph, a, b):
    minus = number(graph, -1)
    assert show(graph.add(a, graph.mul(b, minus))) == "Sub(a, b)"
    assert show(graph.add(graph.mul(b, minus), a)) == "Sub(a, b)"
    assert show(graph.sub(a, graph.mul(b, minus))) == "Add(a, b)"
    assert show(graph.add(a, graph.mul(b, number(graph, -0.5)))) == "Sub(a, Mul(b, 0.5))"
    assert show(graph.mul(graph.sub(a, b), number(graph, -2))) == "Mul(Sub(b, a), 2)"
    assert show(graph.mul(a, graph.mul(b, minus))) == "Mul(Mul(a, b), -1)"
    assert show(graph.div(graph.mul(a, minus), b)) == "Mul(Div(a, b), -1)"
    assert show(graph.sub(number(graph, 0), a)) == "Mul(a, -1)"
    assert show(graph.add(a, graph.mul(b, number(graph, 0.5)))) == "Add(a, Mul(b, 0.5))"


def test_numbers_merge(graph, a):
    assert show(graph.mul(number(graph, 2), a)) == "Mul(a, 2)"
    assert show(graph.mul(graph.mul(a, number(graph, 2)), number(graph, 3))) == "Mul(a, 6)"
    assert show(graph.div(a, number(graph, 4))) == "Mul(a, 0.25)"
    assert graph.mul(a, number(graph, 1)) is a
    assert graph.add(a, number(graph, 0)) is a
    assert graph.sub(a, number(graph, 0)) is a


def test_what_broadcasts_is_not_dropped(graph):
    row = graph.input("row", (1, 4), np.float32)
    ones = number(graph, np.ones((3, 4)))
    assert show(graph.mul(row, ones)) == "Mul(row, 3x4)"
    assert show(graph.add(row, number(graph, np.zeros((3, 4))))) == "Add(row, 3x4)"


def test_division_by_zero_stays(graph, a):
    assert show(graph.div(a, number(graph, 0))) == "Div(a, 0)"


def test_broadcasting_replaces_expand(graph, a):
    row = graph.input("row", (4,), np.float32)
    assert show(graph.add(a, graph.expand(row, (3, 4)))) == "Add(a, row)"
    assert show(graph.mul(a, number(graph, np.full((3, 4), 2)))) == "Mul(a, 2)"
    both = graph.mul(graph.expand(row, (3, 4)), graph.expand(row, (3, 4)))
    assert both.shape == (3, 4)
    assert show(both) == "Mul(row, Expand(row, 2))"


def test_constants_fold_only_where_rounding_is_certain(graph):
    two = number(graph, 2)
    assert graph.add(two, two).scalar == 4
    assert graph.apply("Sqrt", (number(graph, 4),), ()).scalar == 2
    assert graph.apply("Exp", (two,), ()).constant is None
    assert graph.apply("Log", (two,), ()).constant is None


def test_layout(graph, a):
    assert graph.reshape(a, (3, 4)) is a
    assert graph.reshape(graph.reshape(a, (12,)), (3, 4)) is a
    assert graph.transpose(graph.transpose(a, (1, 0)), (1, 0)) is a
    cube = graph.input("cube", (2, 3, 4), np.float32)
    turned = graph.transpose(graph.transpose(cube, (1, 2, 0)), (1, 0, 2))
    assert turned.op == "Transpose"
    assert turned.attribute("perm") == (2, 1, 0)
    assert turned.operands == (cube,)
    thin = graph.input("thin", (2, 1, 4), np.float32)
    assert show(graph.transpose(thin, (1, 0, 2))) == "Reshape(thin, 3)"
    assert graph.transpose(thin, (2, 1, 0)).op == "Transpose"
    column = graph.input("column", (3, 1), np.float32)
    assert graph.transpose(column, (1, 0)).op == "Transpose"


def test_keepdims_replaces_a_reshape(graph, a):
    kept = graph.reduce("ReduceSum", a, [0], True)
    dropped = graph.reduce("ReduceSum", a, [0], False)
    assert graph.reshape(kept, (4,)) is dropped
    assert graph.reshape(dropped, (1, 4)) is kept
    assert graph.reshape(dropped, (2, 2)).op == "Reshape"


def test_products_turn_with_their_operands(graph, a):
    w = graph.input("w", (5, 4), np.float32)
    product = graph.matmul(a, graph.transpose(w, (1, 0)))
    assert show(graph.transpose(product, (1, 0))) == "MatMul(w, Transpose(a))"
    plain = graph.matmul(a, graph.input("m", (4, 5), np.float32))
    assert show(graph.transpose(plain, (1, 0))) == "Transpose(MatMul(a, m))"


def test_activations(graph, a):
    relu = graph.apply("Relu", (a,), a.shape)
    assert show(graph.elementwise("Greater", relu, number(graph, 0), dtype=np.bool_)) == (
        "Greater(a, 0)"
    )
    assert show(graph.elementwise("Greater", relu, number(graph, 1), dtype=np.bool_)) == (
        "Greater(Relu(a), 1)"
    )
    total = graph.reduce("ReduceSum", graph.apply("Exp", (a,), a.shape), [1], True)
    log_softmax = graph.sub(a, graph.apply("Log", (total,), total.shape))
    assert show(graph.apply("Exp", (log_softmax,), a.shape)) == (
        "Div(Exp(a), ReduceSum(Exp(a), 1))"
    )


def test_casts(graph, a):
    assert graph.cast(a, np.float32) is a
    assert graph.cast(a, np.int64).op == "Cast"


def test_products_with_zeros_are_zeros(graph, a):
    zeros = graph.constant(np.zeros((4, 2)), np.float32)
    product = graph.matmul(a, zeros)
    assert (product.shape, product.scalar) == ((3, 2), 0)
    assert graph.mul(a, number(graph, 0)).scalar == 0
    assert graph.add(graph.matmul(a, graph.input("w", (4, 2), np.float32)), product).op == "MatMul"
    almost = graph.constant(np.eye(4, 2), np.float32)
    assert graph.matmul(a, almost).op == "MatMul"

"""Merging sums does not change what they compute."""

import numpy as np
import real_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from written_steps import Builder

from zkpot.program.algebra import expand_linear, fuse
from zkpot.program.lower import lower
from zkpot.program.operators import Complaints
from zkpot.program.read import read

SHAPES = [(4, 3), (4, 1), (1, 3), (3,), ()]


def translate_only(graph):
    from zkpot.program import composite, simplify

    simplify.fold_constants(graph)
    complaints = Complaints()
    composite.expand(graph, complaints)
    program = lower(graph, complaints)
    complaints.raise_if_any()
    return program


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 99), st.integers(0, 99)), max_size=12))
def test_random_expressions(steps):
    b = Builder()
    pool = ["param.a", "param.b", "x"]
    shapes = {"param.a": (4, 3), "param.b": (4, 3), "x": (4, 3)}
    for kind, i, j in steps:
        u, v = pool[i % len(pool)], pool[j % len(pool)]
        if kind == 0:
            out = b("Add", u, v)
        elif kind == 1:
            out = b("Sub", u, v)
        elif kind == 2:
            out = b("Mul", u, v)
        elif kind == 3:
            out = b("Mul", u, b.const(-1.5))
        elif kind == 4:
            total = b("ReduceSum", u, b.const([j % 2], np.int64), keepdims=1)
            out = b("Sub", v, total)
        elif kind == 5:
            gram = b("MatMul", u, b("Transpose", v, perm=[1, 0]))
            out = b("MatMul", gram, v)
        elif kind == 6:
            out = b("Add", b("Mul", u, "lr.0"), b.const(0.5))
        else:
            out = b("Transpose", b("Transpose", u, perm=[1, 0]), perm=[1, 0])
        pool.append(out)
        shapes[out] = (4, 3)
    b("Add", pool[-1], "param.a", out="new.param.a")
    b("Sub", pool[len(pool) // 2], pool[-1], out="new.param.b")
    model = b.model(
        [("param.a", "f", [4, 3]), ("param.b", "f", [4, 3]), ("x", "f", [4, 3]), ("lr.0", "f", [])],
        [("new.param.a", [4, 3]), ("new.param.b", [4, 3])],
        {},
    )
    rng = np.random.default_rng(0)
    inputs = {n: 0.3 * rng.standard_normal((4, 3)) for n in ("param.a", "param.b", "x")}
    inputs["lr.0"] = np.asarray(0.5)
    plain = translate_only(read(model))
    before = real_machine.evaluate(plain, inputs)
    merged = fuse(translate_only(read(model)))
    after = real_machine.evaluate(merged, inputs)
    for name in ("param.a", "param.b"):
        np.testing.assert_allclose(
            after[merged.next[name]], before[plain.next[name]], rtol=1e-9, atol=1e-9
        )
    assert len(merged.nodes) <= len(plain.nodes)


def _program(build):
    b = Builder()
    b("Sub", "param.a", build(b), out="new.param.a")
    model = b.model(
        [("param.a", "f", [4, 3]), ("x", "f", [4, 3]), ("lr.0", "f", [])],
        [("new.param.a", [4, 3])],
        {},
    )
    return fuse(translate_only(read(model)))


def test_multiples_and_transpositions_vanish():
    program = _program(
        lambda b: b(
            "Mul", b("Transpose", b("Transpose", "x", perm=[1, 0]), perm=[1, 0]), b.const(3.0)
        )
    )
    (node,) = program.nodes
    assert [t.coefficient for t in node.terms] == [1, -3]


def test_what_is_read_twice_stays():
    def build(b):
        product = b("Mul", "x", "x")
        return b("Mul", product, b("Add", product, "x"))

    program = _program(build)
    assert len(program.nodes) == 3


def test_opposite_terms_cancel():
    program = _program(lambda b: b("Sub", b("Add", "x", "param.a"), "x"))
    (node,) = program.nodes
    assert node.terms == ()


def test_equal_nodes_become_one():
    def build(b):
        left = b("Mul", "x", "param.a")
        right = b("Mul", "x", "param.a")
        return b("Mul", left, right)

    program = _program(build)
    assert len(program.nodes) == 2


def test_linear_expansion_goes_through_shared_sums():
    def build(b):
        shared = b("Add", "x", b.const(0.5))
        return b("Mul", shared, b("Add", shared, "param.a"))

    program = _program(build)
    shared = next(n.out for n in program.nodes if n.constant == 0.5)
    reader = next(n.out for n in program.nodes if len(n.terms) == 2 and n.out != "new.param.a")
    assert any(t.left.tensor == shared for n in program.nodes for t in n.terms)
    expanded = expand_linear(reader, program)
    assert {t.left.tensor for t in expanded.terms} == {"x", "param.a"}
    assert expanded.constant == 0.5

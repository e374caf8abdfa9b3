"""Optimizers that divide a gradient by its usual size, and gradients whose size changes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from written_steps import Builder

from zkpot.program import compile_step
from zkpot.program.fixed_point.tails import MOST_BITS, widening
from zkpot.program.units import unit_of

BATCH, WIDTH = 8, 4


def rescaled_gradient(first=0.9, second=0.999):
    """A bias that Adam fits to the rows: its gradient is a sum over the batch.

    param' = param - lr * m' / (sqrt(v') + 1e-8), where m and v are means of gradients and of their
    squares.
    """
    b = Builder()
    shape = [WIDTH]
    difference = b("Sub", "param.b", "x")
    gradient = b("ReduceSum", difference, b.const([0], np.int64), keepdims=0)
    mean = b("Mul", "state.m", b.const(first))
    mean = b("Add", mean, b("Mul", gradient, b.const(1 - first)), out="new.state.m")
    square = b("Mul", "state.v", b.const(second))
    added = b("Mul", b("Mul", gradient, gradient), b.const(1 - second))
    square = b("Add", square, added, out="new.state.v")
    root = b("Add", b("Sqrt", square), b.const(1e-8))
    b("Sub", "param.b", b("Mul", b("Div", mean, root), "lr.0"), out="new.param.b")
    b(
        "ReduceSum",
        b("Mul", difference, difference),
        b.const([0, 1], np.int64),
        out="loss",
        keepdims=0,
    )
    states = ["param.b", "state.m", "state.v"]
    return b.model(
        [(s, "f", shape) for s in states] + [("x", "f", [BATCH, WIDTH]), ("lr.0", "f", [])],
        [(f"new.{s}", shape) for s in states] + [("loss", [])],
        {s: np.zeros(WIDTH) for s in states} | {"lr.0": 2**-7},
    )


def rows(count=512, size=1.0):
    return (np.random.default_rng(5).standard_normal((count, WIDTH)) * size).astype(np.float32)


class Reading:
    """A compiled program by the names of its tensors."""

    def __init__(self, model, x, **options):
        self.json = compile_step(model, {"x": x}, **options).program_json
        self.tensors = self.json["tensors"]
        self.names = {tensor["name"]: number for number, tensor in enumerate(self.tensors)}

    def unit(self, number):
        return unit_of(self.tensors[number]["scale"])

    def bits(self, name):
        return self.tensors[self.names[name]]["range"]["bits"]

    def terms(self, name):
        """The terms of the sum that is rounded to `name`."""
        (found,) = (
            node["Sum"]["terms"]
            for node in self.json["nodes"]
            if "Sum" in node and self.tensors[node["Sum"]["out"]]["name"] == name + "/wide"
        )
        return found

    def factor(self, name, tensor):
        """The real factor of a state in the sum that `name` is rounded from."""
        wide = self.unit(self.names[name + "/wide"])
        (term,) = (t for t in self.terms(name) if t["left"]["tensor"] == self.names[tensor])
        return term["coefficient"] * wide / self.unit(self.names[tensor])

    def squared(self):
        """The gradient: what the sum of squares reads twice."""
        (term,) = (t for t in self.terms("new.state.v") if t["right"] is not None)
        assert term["left"]["tensor"] == term["right"]["tensor"]
        return term["left"]["tensor"]


@pytest.mark.parametrize(("first", "second"), [(0.9, 0.999), (0.5, 0.99), (0.95, 0.9995)])
def test_a_decay_is_as_exact_as_what_it_lets_go(first, second):
    """0.998 for 0.999 would be near, and forget twice as fast."""
    program = Reading(rescaled_gradient(first, second), rows())
    for state, decay in (("state.m", first), ("state.v", second)):
        wanted = 1 - Fraction(decay)
        found = 1 - program.factor(f"new.{state}", state)
        assert abs(found - wanted) <= wanted * 2**-9


def test_both_means_read_the_same_rounded_gradient():
    program = Reading(rescaled_gradient(), rows())
    gradient = program.squared()
    assert program.tensors[gradient]["range"] is not None
    read = {term["left"]["tensor"] for term in program.terms("new.state.m")}
    assert read == {program.names["state.m"], gradient}


def test_one_unit_of_a_gradient_is_one_unit_of_its_squares():
    program = Reading(rescaled_gradient(), rows())
    unit = program.unit(program.squared())
    square = unit * unit * (1 - Fraction(0.999))
    assert 1 <= square / program.unit(program.names["state.v"]) < 8
    assert program.tensors[program.squared()]["range"]["bits"] > 16


def test_a_tensor_with_rare_large_values_has_more_bits():
    x = rows(size=2**-8)
    x[256] *= 2**8  # One batch of 64.
    even, rare = Reading(rescaled_gradient(), rows()), Reading(rescaled_gradient(), x)
    assert rare.bits("new.state.m") > even.bits("new.state.m") == 24
    usual = rare.tensors[rare.squared()]["range"]["bits"]
    assert usual > even.tensors[even.squared()]["range"]["bits"]


@pytest.mark.parametrize(
    ("tail", "bits", "above"),
    [(1, 0, 0), (4, 0, 0), (5, 2, 0), (16, 2, 0), (17, 4, 1), (64, 4, 1), (65, 6, 1)],
)
def test_widening(tail, bits, above):
    found = widening(tail)
    assert (found.bits, found.above, found.below) == (bits, above, bits - above)


def test_widening_ends():
    assert widening(1e30).bits == MOST_BITS


def test_what_is_only_put_together_is_not_rounded_again():
    """Parts in units some bits apart, next to each other, then multiplied."""
    b = Builder()
    weight, shape = "param.w", [2 * WIDTH, WIDTH]
    small = b("Mul", b("MatMul", "x", b("Slice", weight, *_bounds(b, 0))), b.const(2**-2))
    large = b("MatMul", "x", b("Slice", weight, *_bounds(b, WIDTH)))
    squares = [b("Mul", part, part) for part in (small, large)]
    joined = b("Concat", *squares, axis=1)
    transposed = b("Transpose", joined, perm=[1, 0])
    # The parts are read for themselves as well, so each is rounded.
    alone = [b("MatMul", b("Transpose", part, perm=[1, 0]), "x") for part in squares]
    gradient = b("Add", b("MatMul", transposed, "x"), b("Concat", *alone, axis=0))
    b("Sub", weight, b("Mul", gradient, "lr.0"), out="new.param.w")
    b("ReduceSum", joined, b.const([0, 1], np.int64), out="loss", keepdims=0)
    model = b.model(
        [(weight, "f", shape), ("x", "f", [BATCH, WIDTH]), ("lr.0", "f", [])],
        [("new.param.w", shape), ("loss", [])],
        {weight: np.random.default_rng(1).standard_normal(shape) / 4, "lr.0": 2**-10},
    )
    program = Reading(model, rows())
    (moved,) = (program.names[name] for name in (joined, transposed) if name in program.names)
    assert program.tensors[moved]["range"] is None
    for square in squares:
        assert program.tensors[program.names[square]]["range"] is not None


def _bounds(b, first):
    """Rows of a weight: start, end, axis."""
    return [b.const([value], np.int64) for value in (first, first + WIDTH, 0)]

"""Operators that are neither linear nor products, against onnxruntime."""

import numpy as np
import pytest
from test_translation import agree, kinds
from written_steps import Builder

from zkpot.program import expression


def translated(build, tolerance=1e-5, **initial):
    """A step whose gradient is what `build` makes of the parameter and a second one."""
    b = Builder()
    b("Sub", "param.w", b("Mul", build(b), b.const(0.1)), out="new.param.w")
    values = {"param.w": np.linspace(-2, 2, 60).reshape(12, 5), "param.v": np.ones(5), **initial}
    model = b.model(
        [(n, "f", list(np.shape(v))) for n, v in values.items()] + [("x", "f", [8, 12])],
        [("new.param.w", list(np.shape(values["param.w"])))],
        {n: np.asarray(v, np.float32) for n, v in values.items()},
    )
    return agree(model, tolerance)[0]


POSITIVE = np.linspace(0.5, 3, 60).reshape(12, 5)

CASES = {
    "max of two": lambda b: b("Max", "param.w", "param.v"),
    "min with a number": lambda b: b("Min", "param.w", b.const(0.3)),
    "clip": lambda b: b("Clip", "param.w", b.const(-0.5), b.const(0.75)),
    "abs": lambda b: b("Abs", "param.w"),
    "sign": lambda b: b("Sign", "param.w"),
    "leaky relu": lambda b: b("LeakyRelu", "param.w", alpha=0.25),
    "a quotient of tensors": lambda b: b("Div", "param.w", b("Add", "param.v", b.const(1.0))),
    "a cube": lambda b: b("Pow", "param.w", b.const(3.0)),
    "where": lambda b: b(
        "Where",
        b("Less", "param.w", "param.v"),
        b("Mul", "param.w", "param.w"),
        b.const(0.5),
    ),
    "conditions": lambda b: b(
        "Where",
        b(
            "And",
            b("Not", b("GreaterOrEqual", "param.w", b.const(1.0))),
            b(
                "Or",
                b("LessOrEqual", "param.w", b.const(-1.0)),
                b("Greater", "param.w", b.const(0.0)),
            ),
        ),
        "param.w",
        "param.v",
    ),
    "a maximum over the first axis": lambda b: b(
        "Sub", "param.w", b("ReduceMax", "param.w", b.const([0], np.int64))
    ),
    "a maximum of everything": lambda b: b("Sub", "param.w", b("ReduceMax", "param.w", keepdims=0)),
}


@pytest.mark.parametrize("case", CASES)
def test_operators_translate(case):
    translated(CASES[case])


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        (lambda b: b("Sqrt", "param.w"), "Root"),
        (lambda b: b("Pow", "param.w", b.const(-0.5)), "Root"),
        (lambda b: b("Reciprocal", "param.w"), "Divide"),
        (lambda b: b("Log", "param.w"), "Table"),
        (lambda b: b("Pow", "param.w", b.const(1.7)), "Table"),
    ],
)
def test_functions_of_positive_tensors_translate(build, kind):
    program = translated(build, **{"param.w": POSITIVE})
    assert kind in kinds(program)


@pytest.mark.parametrize("kind", sorted(set(expression.CURVED) - {"Log", "Acosh", "Gelu"}))
def test_every_curve_is_a_table(kind):
    bounded = kind in ("Acos", "Asin", "Atanh", "Tan")
    initial = {"param.w": np.linspace(-0.6, 0.6, 60).reshape(12, 5)} if bounded else {}
    program = translated(lambda b: b(kind, "param.w"), 1e-4, **initial)
    assert kinds(program).count("Table") == 1


def test_a_chain_is_one_table_and_its_slope_another_column():
    def build(b):
        # x tanh(x), and its derivative times a tensor.
        t = b("Tanh", "param.w")
        slope = b("Sub", b.const(1.0), b("Mul", t, t))
        derivative = b("Add", t, b("Mul", "param.w", slope))
        return b("Add", b("Mul", "param.w", t), b("Mul", derivative, "param.v"))

    program = translated(build)
    tables = [n for n in program.nodes if getattr(n, "kind", None) == "Table"]
    assert len(tables) == 2
    assert {n.args for n in tables} == {("param.w",)}

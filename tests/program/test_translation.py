"""The real program computes what the ONNX graph computes, however it is spelled."""

import numpy as np
import onnxruntime
import pytest
import real_machine
from onnx import TensorProto
from written_steps import Builder, mlp, weights

from zkpot.program.compile import translate
from zkpot.program.read import read
from zkpot.program.real import Function, Sum


def kinds(program):
    return [n.kind if isinstance(n, Function) else "Sum" for n in program.nodes]


def agree(model, tolerance=1e-5, steps=2, data=None):
    """Runs both for a few steps and compares every next state."""
    graph = read(model)
    shapes = dict(graph.shapes)
    roles = graph.roles
    rng = np.random.default_rng(1)
    initial = graph.initial
    values = {
        n: initial.get(n, rng.standard_normal(shapes[n])).astype(np.float32)
        for n in (*roles.states, *roles.scalars)
    }
    program, watch = translate(graph)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [o.name for o in session.get_outputs()]
    for _ in range(steps):
        feeds = {}
        for f in roles.data:
            if data and f in data:
                feeds[f] = data[f]
            elif graph.types[f] == "int":
                feeds[f] = rng.integers(0, 5, shapes[f])
            else:
                feeds[f] = rng.standard_normal(shapes[f]).astype(np.float32)
        expected = dict(zip(names, session.run(None, {**feeds, **values}), strict=True))
        reshaped = {f: a.reshape(program.shapes[f]) for f, a in feeds.items()}
        found = real_machine.evaluate(program, {**reshaped, **values})
        for state, new in roles.states.items():
            if new != state:
                np.testing.assert_allclose(
                    found[program.next[state]], expected[new], rtol=tolerance, atol=tolerance
                )
                values[state] = expected[new]
        if roles.prediction and program.prediction:
            np.testing.assert_allclose(
                found[program.prediction], expected[roles.prediction], atol=1e-4
            )
    return program, watch


VARIANTS = [
    {},
    {"gradient": "log"},
    {"loss": "mse", "bias": False},
    {"loss": "mse", "constant_lr": True},
    {"momentum": 0.9},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"momentum": 0.9, "dampening": 0.25, "weight_decay": 0.01},
    {"weight_decay": 0.01, "batch": 10},
    {"sizes": (12, 9, 7, 5), "loss": "mse"},
    {"x_shape": (8, 1, 4, 3)},
    {"x_shape": (8, 4, 3), "loss": "mse"},
    {"batch": 1},
    {"prediction": False},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_step_is_translated_faithfully(variant):
    program, watch = agree(mlp(**{"sizes": (12, 9, 5), "batch": 8, **variant}))
    assert "Log" not in kinds(program)
    assert watch is not None
    expected = "SquaredError" if variant.get("loss") == "mse" else "CrossEntropy"
    assert watch.loss == expected
    assert program.prediction is not None


def test_a_cross_entropy_perceptron_has_the_expected_nodes():
    program, _ = agree(mlp((12, 9, 5), 8))
    assert sorted(set(kinds(program)) - {"Sum"}) == ["Divide", "Exp", "Max", "OneHot", "Step"]
    for kind in ("Divide", "Exp", "Max", "OneHot", "Step"):
        assert kinds(program).count(kind) == 1
    # The bias joins the matrix product: two terms, one sum.
    pre = next(n for n in program.nodes if n.out == program.prediction)
    assert isinstance(pre, Sum)
    assert sorted(t.right is None for t in pre.terms) == [False, True]


def test_both_spellings_of_the_gradient_become_one_program():
    a, _ = agree(mlp((12, 9, 5), 8))
    b, _ = agree(mlp((12, 9, 5), 8, gradient="log"))
    assert kinds(a) == kinds(b)


def test_relu_costs_one_bit_and_its_gradient_nothing():
    program, _ = agree(mlp((12, 9, 5), 8, loss="mse"))
    assert kinds(program).count("Step") == 1


def _classifier(head, opset=18):
    """x @ w with a producer's own softmax spelling; `head(b, z, y)` returns the gradient of z."""
    b = Builder()
    values = {"param.w": weights((12, 5), bias=False)["param.0.weight"]}
    z = b("Gemm", "x", "param.w", out="z", transB=1, alpha=0.5)
    hot = b("Equal", b("Unsqueeze", "y", b.const([1], np.int64)), b.const(np.arange(5), np.int64))
    hot = b("Cast", hot, to=TensorProto.FLOAT)
    d = head(b, z, hot)
    g = b("Gemm", d, "x", transA=1)
    g = b("Div", g, b.const(8.0))
    b("Add", "param.w", b("Neg", b("Mul", "lr.0", g)), out="new.param.w")
    return b.model(
        [("param.w", "f", [5, 12]), ("x", "f", [8, 12]), ("y", "i", [8]), ("lr.0", "f", [])],
        [("new.param.w", [5, 12])],
        {**values, "lr.0": 0.1},
        opset=opset,
    )


def _by_softmax(b, z, hot):
    return b("Sub", b("Softmax", z, axis=-1), hot)


def _by_log_softmax(b, z, hot):
    return b("Sub", b("Exp", b("LogSoftmax", z, axis=1)), hot)


def _by_sum_of_shifted(b, z, hot):
    top = b("ReduceMax", z, b.const([-1], np.int64), keepdims=0)
    top = b("Unsqueeze", top, b.const([1], np.int64))
    e = b("Exp", b("Sub", z, top))
    s = b("Squeeze", b("ReduceSum", e, b.const([1], np.int64)), b.const([1], np.int64))
    s = b("Reshape", s, b.const([8, 1], np.int64))
    return b("Sub", b("Div", e, s), b("Identity", hot))


@pytest.mark.parametrize("head", [_by_softmax, _by_log_softmax, _by_sum_of_shifted])
def test_composite_operators_are_spelled_out(head):
    program, _ = agree(_classifier(head))
    assert kinds(program).count("Exp") == kinds(program).count("Divide") == 1


def test_the_fused_loss_is_recognised_and_dies():
    b = Builder()
    values = {"param.w": weights((12, 5), bias=False)["param.0.weight"].T.copy()}
    z = b("MatMul", "x", "param.w", out="z")
    b("SoftmaxCrossEntropyLoss", z, "y", out="loss", reduction="mean")
    hot = b("Equal", b("Unsqueeze", "y", b.const([1], np.int64)), b.const(np.arange(5), np.int64))
    d = b("Sub", b("Softmax", z), b("Cast", hot, to=TensorProto.FLOAT))
    g = b("MatMul", b("Transpose", "x", perm=[1, 0]), d)
    b("Sub", "param.w", b("Mul", g, b.const(1 / 64)), out="new.param.w")
    model = b.model(
        [("param.w", "f", [12, 5]), ("x", "f", [8, 12]), ("y", "i", [8])],
        [("loss", []), ("new.param.w", [12, 5])],
        values,
    )
    program, watch = agree(model)
    assert watch.loss == "CrossEntropy"
    assert watch.prediction == "z" == program.prediction


def test_means_powers_and_selections_are_spelled_out():
    b = Builder()
    values = {"param.w": weights((12, 5), bias=False)["param.0.weight"].T.copy()}
    z = b("MatMul", "x", "param.w")
    error = b("Sub", z, "y")
    loss = b("ReduceMean", b("Pow", error, b.const(2.0)), keepdims=0)
    b("Identity", loss, out="loss")
    clipped = b("Where", b("Less", b.const(0.0), error), error, b.const(0.0))
    g = b("MatMul", b("Transpose", "x", perm=[1, 0]), clipped)
    b("Sub", "param.w", b("Mul", g, b("Reciprocal", b.const(40.0))), out="new.param.w")
    model = b.model(
        [("param.w", "f", [12, 5]), ("x", "f", [8, 12]), ("y", "f", [8, 5])],
        [("loss", []), ("new.param.w", [12, 5])],
        values,
    )
    program, watch = agree(model)
    assert watch.loss == "SquaredError"
    assert kinds(program).count("Positive") == 1


def test_offsets_broadcasts_and_expansions():
    b = Builder()
    values = {"param.s": np.float32([[0.5]]), "param.w": np.ones((12, 5), np.float32)}
    x = b("Mul", b("Sub", "x", b.const(0.25)), b.const([[2.0]]))
    w = b("Mul", "param.w", b("Expand", "param.s", b.const([12, 5], np.int64)))
    z = b("Add", b("MatMul", x, w), "param.s")
    d = b("Sub", z, "y")
    g = b("MatMul", b("Transpose", x, perm=[1, 0]), d)
    rate = b("Mul", "lr.0", b.const(0.125))
    kept = b("Sub", b.const(1.0), b("Mul", rate, b.const(0.5)))
    b("Sub", b("Mul", "param.w", kept), b("Mul", g, rate), out="new.param.w")
    s = b("ReduceSum", d, keepdims=1)
    b("Sub", "param.s", b("Mul", s, rate), out="new.param.s")
    model = b.model(
        [
            ("param.s", "f", [1, 1]),
            ("param.w", "f", [12, 5]),
            ("x", "f", [8, 12]),
            ("y", "f", [8, 5]),
            ("lr.0", "f", []),
        ],
        [("new.param.s", [1, 1]), ("new.param.w", [12, 5])],
        {**values, "lr.0": 0.1},
    )
    agree(model, tolerance=1e-4)


def test_batched_products_and_permutations():
    b = Builder()
    w = np.random.default_rng(0).standard_normal((3, 4, 2)).astype(np.float32)
    xt = b("Transpose", "x", perm=[1, 0, 2])  # 3 8 4
    z = b("MatMul", xt, "param.w")  # 3 8 2
    d = b("Sub", z, b("Transpose", "y", perm=[1, 0, 2]))
    g = b("MatMul", b("Transpose", xt, perm=[0, 2, 1]), d)
    b("Sub", "param.w", b("Mul", g, b.const(0.01)), out="new.param.w")
    model = b.model(
        [("param.w", "f", [3, 4, 2]), ("x", "f", [8, 3, 4]), ("y", "f", [8, 3, 2])],
        [("new.param.w", [3, 4, 2])],
        {"param.w": w},
    )
    program, _ = agree(model)
    # Permutations are labels: the error, and the next weights that absorbed their gradient.
    assert len(program.nodes) == 2


def test_a_frozen_parameter_stays():
    b = Builder()
    values = {"param.w": np.ones((12, 5), np.float32), "buffer.m": np.ones((1, 5), np.float32)}
    d = b("Sub", b("Add", b("MatMul", "x", "param.w"), "buffer.m"), "y")
    g = b("MatMul", b("Transpose", "x", perm=[1, 0]), d)
    b("Sub", "param.w", b("Mul", g, b.const(0.01)), out="new.param.w")
    b("Identity", "buffer.m", out="new.buffer.m")
    model = b.model(
        [
            ("param.w", "f", [12, 5]),
            ("buffer.m", "f", [1, 5]),
            ("x", "f", [8, 12]),
            ("y", "f", [8, 5]),
        ],
        [("new.param.w", [12, 5]), ("new.buffer.m", [1, 5])],
        values,
    )
    program, _ = agree(model)
    assert program.next["buffer.m"] == "buffer.m"


def test_types_do_not_matter_for_x():
    model = mlp((12, 9, 5), 8)
    graph = read(model)
    assert graph.types["x"] == "float"
    b = Builder()
    x = b("Cast", "x", to=TensorProto.FLOAT)
    d = b("Sub", b("MatMul", x, "param.w"), "y")
    g = b("MatMul", b("Transpose", x, perm=[1, 0]), d)
    b("Sub", "param.w", b("Mul", g, b.const(0.01)), out="new.param.w")
    model = b.model(
        [("param.w", "f", [12, 5]), ("x", "f", [8, 12]), ("y", "f", [8, 5])],
        [("new.param.w", [12, 5])],
        {"param.w": np.ones((12, 5), np.float32)},
    )
    model.graph.input[1].type.tensor_type.elem_type = TensorProto.DOUBLE
    x = np.random.default_rng(0).standard_normal((8, 12))
    agree(model, data={"x": x})

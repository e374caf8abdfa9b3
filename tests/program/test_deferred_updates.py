"""A window of steps as one step, and weights that do not exist inside it."""

from __future__ import annotations

import copy
import json

import integer_machine
import numpy as np
import pytest
import real_machine
from onnx import helper
from written_steps import Builder, mlp

from zkpot.artifacts.draw import Draw
from zkpot.errors import UnsupportedOperator
from zkpot.program import (
    compile_step,
    formula,
    quantise_data,
    quantise_scalar,
    state_values,
)
from zkpot.program.compile import translate
from zkpot.program.formula import rate_at
from zkpot.program.read import read
from zkpot.program.real import Sum
from zkpot.program.roles import METADATA_KEY
from zkpot.program.units import unit_of
from zkpot.program.window import defer, unroll

BATCH, WINDOW = 8, 4
ROWS, RATE = 16, 2**-6
SIZES = (12, 9, 5)

VARIANTS = [
    {},
    {"bias": False, "loss": "mse"},
    {"momentum": 0.9},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"momentum": 0.9, "dampening": 0.25},
    {"weight_decay": 0.01},
    {"sizes": (12, 9, 7, 5)},
]


def rows(variant):
    rng = np.random.default_rng(4)
    count = WINDOW * BATCH
    x = rng.standard_normal((count, 12))
    if variant.get("loss") == "mse":
        return {"x": x, "y": rng.standard_normal((count, 5))}
    return {"x": x, "y": rng.integers(0, 5, count)}


def step_by_step(graph, program, data, rates):
    states = {s: np.asarray(graph.initial.get(s, np.zeros(graph.shapes[s]))) for s in program.next}
    for number, rate in enumerate(rates):
        own = {n: a[number * BATCH : (number + 1) * BATCH] for n, a in data.items()}
        found = real_machine.evaluate(program, {**own, **states, "lr.0": rate})
        states = {s: found[new] for s, new in program.next.items()}
    return states


def at_once(graph, program, data, rates):
    states = {s: np.asarray(graph.initial.get(s, np.zeros(graph.shapes[s]))) for s in program.next}
    given = {rate_at("lr.0", number): rate for number, rate in enumerate(rates)}
    found = real_machine.evaluate(program, {**data, **states, **given})
    return {s: found[new] for s, new in program.next.items()}


def groups(program):
    """Weights, each with its momentum."""
    return [
        tuple(s for s in program.next if s.endswith(weight.removeprefix("param")))
        for weight in program.next
        if weight.startswith("param.") and weight.endswith("weight")
    ]


@pytest.mark.parametrize("deferred", [0, 1, 9], ids=["none", "one", "all"])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_window_is_its_steps(variant, deferred):
    graph = read(mlp(**{"sizes": SIZES, "batch": BATCH, **variant}))
    program, _ = translate(graph)
    data, rates = rows(variant), [0.25, 0.125, 0.5, 0.0625][:WINDOW]
    wanted = step_by_step(graph, copy.deepcopy(program), data, rates)
    unroll(program, BATCH, WINDOW)
    for group in groups(program)[:deferred]:
        assert defer(program, group)
        for state in group:
            assert not [n for n in program.nodes if n.out.startswith(program.next[state] + "@")]
    found = at_once(graph, program, data, rates)
    for state, value in wanted.items():
        assert np.allclose(found[state].reshape(value.shape), value, rtol=1e-9, atol=1e-12), state


def two_heads():
    """Two weights that read one hidden layer, and pass a gradient to it."""
    b, shapes = Builder(), {"param.a": (9, 12), "param.b": (5, 9), "param.c": (5, 9)}

    def turned(tensor):
        return b("Transpose", tensor, perm=[1, 0])

    hidden = b("Relu", b("MatMul", "x", turned("param.a")))
    first, second = (b("MatMul", hidden, turned(f"param.{name}")) for name in "bc")
    d = b("Sub", b("Add", first, second), "y")
    double = b("Mul", d, b.const(2.0))
    up = b("Add", b("MatMul", d, "param.b"), b("MatMul", double, "param.c"))
    down = b("Mul", up, b("Cast", b("Greater", hidden, b.const(0.0)), to=1))
    for name, (left, right) in {"a": (down, "x"), "b": (d, hidden), "c": (double, hidden)}.items():
        change = b("Mul", b("MatMul", turned(left), right), "lr.0")
        b("Sub", f"param.{name}", change, out=f"new.param.{name}")
    rng = np.random.default_rng(7)
    return b.model(
        [(name, "f", list(shape)) for name, shape in shapes.items()]
        + [("x", "f", [BATCH, 12]), ("y", "f", [BATCH, 5]), ("lr.0", "f", [])],
        [(f"new.{name}", list(shape)) for name, shape in shapes.items()],
        {name: rng.standard_normal(shape) / 4 for name, shape in shapes.items()} | {"lr.0": 0.1},
    )


def test_weights_that_read_one_tensor_have_blocks_of_their_own():
    graph = read(two_heads())
    program, _ = translate(graph)
    data, rates = rows({"loss": "mse"}), [2**-6, 2**-5, 2**-7, 2**-6]
    wanted = step_by_step(graph, copy.deepcopy(program), data, rates)
    unroll(program, BATCH, WINDOW)
    made = [defer(program, (f"param.{name}",)) for name in "abc"]
    assert all(made)
    names = [node.out for node in program.nodes]
    assert len(set(names)) == len(names)
    found = at_once(graph, program, data, rates)
    for state, value in wanted.items():
        assert np.allclose(found[state], value, rtol=1e-9, atol=1e-12), state


@pytest.mark.parametrize("x_shape", [None, (ROWS, 8, 12)], ids=str)
def test_a_block_has_room_for_the_products_of_rows(x_shape):
    """Rows of images are read whole, whatever axes they have."""
    data = digits_of(256)
    shaped = data if x_shape is None else {**data, "x": data["x"].reshape(-1, 8, 12)}
    model = mlp((96, 64, 10), ROWS, lr=RATE, x_shape=x_shape)
    program = compile_step(model, shaped, window=WINDOW).program_json
    largest = float((data["x"] @ data["x"].T).max())
    (block,) = (t for t in program["tensors"] if t["name"].endswith("@1/block0"))
    unit = float(unit_of(block["scale"]))
    assert largest < -block["range"]["lo"] * unit < 64 * largest


def test_a_rate_of_any_name_is_that_of_its_step():
    model = mlp((96, 64, 10), ROWS, lr=RATE)
    for node in model.graph.node:
        node.input[:] = ["speed" if name == "lr.0" else name for name in node.input]
    for entry in [*model.graph.input, *model.graph.initializer]:
        entry.name = "speed" if entry.name == "lr.0" else entry.name
    named = {"inputs": {"speed": {"role": "lr"}}}
    helper.set_model_props(model, {METADATA_KEY: json.dumps(named)})
    program = compile_step(model, digits_of(256), window=2).program_json
    assert [s["name"] for s in program["scalars"]] == ["speed_0", "speed_1"]


def test_what_is_committed_is_a_block_for_each_later_step():
    graph = read(mlp((12, 9, 5), BATCH))
    program, _ = translate(graph)
    unroll(program, BATCH, WINDOW)
    assert defer(program, ("param.0.weight",))
    blocks = [n for n in program.nodes if isinstance(n, Sum) and "/block" in n.out]
    shapes = sorted(program.shapes[n.out] for n in blocks)
    assert shapes == [(BATCH, t * BATCH) for t in range(1, WINDOW)]
    # The rows of the data lie next to each other already.
    assert not [n for n in program.nodes if n.out.endswith("/rows")]


def test_both_directions_of_a_layer_have_blocks():
    graph = read(mlp((12, 9, 5), BATCH))
    program, _ = translate(graph)
    unroll(program, BATCH, WINDOW)
    assert defer(program, ("param.1.weight",))
    blocks = [n.out for n in program.nodes if "/block" in n.out]
    assert len(blocks) == 2 * (WINDOW - 1)


def digits_of(count, width=96, classes=10):
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 1, (count, width)).astype(np.float32)
    return {"x": x, "y": (x @ rng.standard_normal((width, classes))).argmax(1)}


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"momentum": 0.9},
        {"weight_decay": 0.01},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ],
    ids=str,
)
def test_windows_train_in_integers_as_steps_do(variant, check):
    """The large layer is deferred, the small one is rounded in every step."""
    model = mlp((96, 64, 10), ROWS, lr=RATE, **variant)
    data = digits_of(ROWS * WINDOW * 6)
    trained = {}
    for window in (1, WINDOW):
        compiled = compile_step(model, data, window=window)
        program = compiled.program_json
        check(compiled.to_json())
        scalars = {s["name"]: _integer(program, s["name"], RATE) for s in program["scalars"]}
        rows_of = quantise_data(program, data)
        steps = len(data["y"]) // program["batch"]
        states, _ = integer_machine.train(program, compiled.initial_state, rows_of, scalars, steps)
        trained[window] = state_values(program, states)
        committed = compiled.report.cost.committed / window
    assert committed < 0.8 * compile_step(model, data).report.cost.committed
    for name, value in trained[1].items():
        moved = np.abs(value - np.asarray(read(model).initial.get(name, 0))).max()
        assert np.abs(trained[WINDOW][name] - value).max() < 0.05 * moved, name


def _integer(program, scalar, rate):
    names = dict.fromkeys(formula.names_in(scalar), rate)
    return quantise_scalar(program, scalar, formula.evaluate(scalar, names))


def test_small_weights_are_rounded_in_every_step():
    compiled = compile_step(mlp((96, 64, 10), ROWS), digits_of(256), window=WINDOW)
    names = [tensor["name"] for tensor in compiled.program_json["tensors"]]
    assert sum(name.startswith("update.param.1.weight@") for name in names) == 2 * WINDOW
    assert "update.param.0.weight" in names


def test_a_window_that_defers_nothing_is_refused():
    model = mlp((12, 9, 5), 32)
    with pytest.raises(UnsupportedOperator, match="no weight costs less in a window of 4 steps"):
        compile_step(model, digits_of(256, 12, 5), window=WINDOW)


def test_what_cannot_stand_in_a_window_is_refused():
    dropout = Builder()
    drawn = Draw.of(0, 0.5).name
    kept = dropout("Mul", "x", drawn)
    gradient = dropout("ReduceSum", kept, dropout.const([0], np.int64), keepdims=0)
    dropout("Sub", "param.b", dropout("Mul", gradient, "lr.0"), out="new.param.b")
    model = dropout.model(
        [("param.b", "f", [4]), ("x", "f", [8, 4]), (drawn, "f", [8, 4]), ("lr.0", "f", [])],
        [("new.param.b", [4])],
        {"param.b": np.zeros(4), "lr.0": 0.5},
    )
    data = {"x": np.ones((64, 4), np.float32)}
    compile_step(model, data)
    with pytest.raises(UnsupportedOperator, match="cannot draw random tensors"):
        compile_step(model, data, window=2)


def test_a_decay_costs_nothing_inside_a_window():
    model = mlp((96, 64, 10), ROWS, lr=RATE, weight_decay=0.01)
    plain = compile_step(mlp((96, 64, 10), ROWS, lr=RATE), digits_of(256), window=WINDOW)
    compiled = compile_step(model, digits_of(256), window=WINDOW)
    assert compiled.report.cost.committed == plain.report.cost.committed
    # What the decay takes away is in the new weight's sum alone.
    program = compiled.program_json
    scalars = [scalar["name"] for scalar in program["scalars"]]
    decays = {i for i, name in enumerate(scalars) if "0.01" in name or "+" in name}
    assert decays
    names = [tensor["name"] for tensor in program["tensors"]]
    for node in program["nodes"]:
        if "Sum" in node and any(term["scalar"] in decays for term in node["Sum"]["terms"]):
            assert "update." in names[node["Sum"]["out"]]

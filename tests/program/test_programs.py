"""Whole programs: quality, cost, and that they repeat."""

import json

import integer_machine
import numpy as np
import pytest
from written_steps import Builder, mlp

from zkpot.program import compile_step, inspect, quantise_data, quantise_scalar, state_values
from zkpot.program.calibrate import _runner
from zkpot.program.read import load, read
from zkpot.reference import executor


def float_training(model, data, order, rate):
    run, graph = _runner(load(model)), read(model)
    states = {
        n: graph.initial.get(n, np.zeros(graph.shapes[n], np.float32)) for n in graph.roles.states
    }
    for index in order:
        feeds = {k: v[index] for k, v in data.items()}
        feeds |= {n: np.asarray(rate, np.float32) for n in graph.roles.scalars}
        out = run({**feeds, **states})
        states = {n: out[new] for n, new in graph.roles.states.items()}
    return states


def integer_training(compiled, data, order, rate):
    program = compiled.program_json
    scalars = {s["name"]: quantise_scalar(program, s["name"], rate) for s in program["scalars"]}
    states, _ = integer_machine.train(
        program, compiled.initial_state, quantise_data(program, data), scalars, len(order), order
    )
    return state_values(program, states)


def accuracy(states, test):
    hidden = np.maximum(test["x"] @ states["param.0.weight"].T + states["param.0.bias"], 0)
    scores = hidden @ states["param.1.weight"].T + states["param.1.bias"]
    return 100 * np.mean(scores.argmax(1) == test["y"])


def schedule(rows, batch, steps, seed=0):
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(rows) for _ in range(steps * batch // rows + 1)])
    return order[: steps * batch].reshape(steps, batch)


@pytest.mark.parametrize(
    "variant",
    [
        {"lr": 0.5},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4},
        {"lr": 0.3, "batch": 25, "gradient": "log"},
    ],
    ids=str,
)
def test_digits_train_as_in_floating_point(variant, digits):
    train, test = digits
    model = mlp((64, 32, 10), **{"batch": 32, **variant})
    compiled = compile_step(model, train)
    order = schedule(len(train["y"]), compiled.program_json["batch"], 250)
    fixed = accuracy(integer_training(compiled, train, order, variant["lr"]), test)
    real = accuracy(float_training(model, train, order, variant["lr"]), test)
    assert real > 93
    assert abs(fixed - real) <= 0.6  # two of 360 test rows


def test_without_a_relu_nothing_but_rounding_differs(small):
    # A ReLU near zero can flip, and one flip of eight rows is no rounding error.
    for loss, data in (("ce", small["labels"]), ("mse", small["values"])):
        model = mlp((12, 5), 8, loss=loss, momentum=0.9, weight_decay=0.01)
        compiled = compile_step(model, data)
        order = schedule(64, 8, 20)
        fixed = integer_training(compiled, data, order, 0.1)
        real = float_training(model, data, order, 0.1)
        for name, value in real.items():
            scale = np.abs(value).max()
            assert np.abs(fixed[name] - value).max() < 0.004 * scale, name


def test_an_exact_update_trains_as_in_floating_point(small):
    model = mlp((12, 5), 8, loss="mse", lr=0.125)
    compiled = compile_step(model, small["values"], bits=12, headroom=1, rate_outside=False)
    assert 1 in [r["shift"] for r in compiled.report.notes.rescales]
    order = schedule(64, 8, 20)
    fixed = integer_training(compiled, small["values"], order, 0.125)
    for name, value in float_training(model, small["values"], order, 0.125).items():
        assert np.abs(fixed[name] - value).max() < 0.004 * np.abs(value).max(), name


def _committed(compiled, tensor):
    return sorted(
        (q.kind, q.what, q.elements) for q in compiled.report.cost.quantities if q.node == tensor
    )


@pytest.mark.parametrize(
    ("variant", "precision"),
    [
        ({"loss": "ce", "momentum": 0.5}, {"headroom": 0}),
        ({"loss": "ce", "momentum": 0.75}, {"headroom": 3}),
        ({"loss": "ce", "momentum": 0.9}, {"headroom": 4}),
        ({"loss": "mse"}, {"headroom": 1, "bits": 12}),
    ],
    ids=str,
)
def test_updates_are_exact_or_rounded_from_four_bits(small, check, variant, precision):
    """Where a coarser update would cost the weight its precision."""
    data = small["labels"] if variant["loss"] == "ce" else small["values"]
    model = mlp((12, 9, 5), 8, lr=0.125, **variant)
    compiled = compile_step(model, data, rate_outside=False, **precision)
    program = compiled.program_json
    check(compiled.to_json())
    assert not [w for w in compiled.report.notes.warnings if "biased" in w]
    wide = {node["Sum"]["out"]: node["Sum"] for node in program["nodes"] if "Sum" in node}
    shifts = []
    for node in program["nodes"]:
        rescale = node.get("Rescale")
        if rescale is None or program["tensors"][rescale["out"]]["name"][:6] != "update":
            continue
        shifts.append(rescale["shift"])
        exact = all(term["coefficient"] % 2 == 0 for term in wide[rescale["input"]]["terms"])
        assert rescale["shift"] >= 4 or exact
    assert 1 in shifts


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_a_decay_of_weights_that_chases_their_unit_is_settled_and_said(small, bits):
    model = mlp((12, 9, 5), 8, loss="mse", lr=0.5, weight_decay=0.5)
    compiled = compile_step(model, small["values"], bits=bits, rate_outside=False)
    rounded = {r["tensor"]: r["shift"] for r in compiled.report.notes.rescales}
    told = {w.split("'")[1] for w in compiled.report.notes.warnings if "biased" in w}
    assert told == {
        name.removeprefix("update.")
        for name, shift in rounded.items()
        if name.startswith("update.") and 1 <= shift < 4
    }
    assert told or bits == 16


def test_a_scale_of_the_users_own_stands_and_its_bias_is_said(small):
    model = mlp((12, 9, 5), 8, lr=0.125)
    scale = {"param.1.bias": 12}
    compiled = compile_step(model, small["labels"], bits=12, scales=scale)
    (warning,) = [w for w in compiled.report.notes.warnings if "biased" in w]
    assert "'param.1.bias' rounds 2 bits away" in warning


@pytest.mark.parametrize("outside", [True, False])
def test_a_weight_costs_two_integers_a_step(small, outside):
    compiled = compile_step(mlp((12, 9, 5), 8), small["labels"], rate_outside=outside)
    assert _committed(compiled, "update.param.0.weight") == [
        ("Rescale", "remainder", 108),
        ("Rescale", "value", 108),
    ]
    updates = [q for q in compiled.report.cost.quantities if "param.0.weight" in q.node]
    assert sum(q.elements for q in updates) == 2 * 108


def test_a_weight_with_momentum_costs_two_integers_a_step(small):
    compiled = compile_step(mlp((12, 9, 5), 8, momentum=0.9), small["labels"])
    assert set(compiled.report.notes.updates.values()) == {"replace", "borrowed"}
    updates = [q for q in compiled.report.cost.quantities if "0.weight" in q.node]
    assert sum(q.elements for q in updates) == 2 * 108


def test_an_activation_costs_three_integers_forward_and_two_backward(small):
    compiled = compile_step(mlp((12, 9, 5), 8, loss="mse", bias=False), small["values"])
    hidden = [q for q in compiled.report.cost.quantities if q.elements == 8 * 9]
    assert sorted((q.kind, q.what) for q in hidden) == [
        ("Lookup", "table output"),
        ("Rescale", "remainder"),
        ("Rescale", "remainder"),
        ("Rescale", "value"),
        ("Rescale", "value"),
    ]


def test_the_same_step_and_data_give_the_same_bytes(small):
    texts = {
        compile_step(mlp((12, 9, 5), 8, momentum=0.9), small["labels"]).to_json() for _ in range(2)
    }
    assert len(texts) == 1
    other = {"x": small["labels"]["x"] * 2, "y": small["labels"]["y"]}
    assert compile_step(mlp((12, 9, 5), 8, momentum=0.9), other).to_json() not in texts


def test_a_batch_mean_costs_nothing_where_it_is_a_power_of_two(small):
    compiled = compile_step(mlp((12, 9, 5), 8, lr=0.125), small["labels"])
    assert not compiled.report.notes.approximations
    for node in compiled.program_json["nodes"]:
        for term in node.get("Sum", {}).get("terms", ()):
            coefficient = abs(term["coefficient"])
            assert coefficient & (coefficient - 1) == 0


def test_other_factors_are_exact_to_a_stated_error(small):
    compiled = compile_step(mlp((12, 9, 5), 10, momentum=0.9), small["labels"])
    errors = [a["relative_error"] for a in compiled.report.notes.approximations]
    assert errors
    assert max(errors) <= 2**-10


def test_no_rounding_of_fewer_than_four_bits(small):
    for variant in ({}, {"momentum": 0.9}, {"weight_decay": 0.01}):
        compiled = compile_step(mlp((12, 9, 5), 8, **variant), small["labels"])
        assert min(r["shift"] for r in compiled.report.notes.rescales) >= 4


def test_headroom_and_bits(small):
    for bits, headroom in ((16, 3), (14, 4), (12, 2)):
        compiled = compile_step(mlp((12, 9, 5), 8), small["labels"], bits=bits, headroom=headroom)
        for rescale in compiled.report.notes.rescales:
            assert rescale["bits"] >= bits
            assert rescale["calibrated_bits"] <= rescale["bits"] - headroom


def test_scales_can_be_chosen(small):
    model = mlp((12, 9, 5), 8)
    compiled = compile_step(model, small["labels"], scales={"x": 6, "param.0.weight": 20})
    scales = {t["name"]: t["scale"] for t in compiled.program_json["tensors"]}
    assert scales["x"] == {"numerator": 1, "denominator": 1, "fraction_bits": 6}
    assert scales["param.0.weight"] == {"numerator": 1, "denominator": 1, "fraction_bits": 20}
    pre = next(r["tensor"] for r in compiled.report.notes.rescales)
    chosen = compile_step(model, small["labels"], scales={pre: 5})
    scales = {t["name"]: t["scale"] for t in chosen.program_json["tensors"]}
    assert scales[pre]["fraction_bits"] == 5


def test_data_that_are_exact_stay_exact(digits):
    train, _ = digits
    compiled = compile_step(mlp((64, 8, 10), 32), train)
    integers = quantise_data(compiled.program_json, train)["x"]
    np.testing.assert_array_equal(integers, train["x"] * 16)


def test_images_keep_their_levels_apart():
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (64, 12))
    data = {"x": (levels / 255).astype(np.float32), "y": rng.integers(0, 5, 64)}
    compiled = compile_step(mlp((12, 9, 5), 8), data)
    integers = quantise_data(compiled.program_json, data)["x"]
    assert integers.max() <= 1024
    pairs = np.unique(np.stack([levels.ravel(), integers.ravel()]), axis=1)
    assert pairs.shape[1] == len(np.unique(levels)) == len(np.unique(integers))


@pytest.mark.parametrize("classes", ["last", "in the middle"])
def test_the_monitor_of_positions(classes):
    """As many classes as positions, so that no length tells their axes apart."""
    torch = pytest.importorskip("torch")
    from zkpot.step import export_step

    model = torch.nn.Linear(6, 3)

    def loss(logits, labels):
        rows = logits.flatten(0, 1) if classes == "last" else logits.transpose(1, 2)
        wanted = labels.flatten() if rows.dim() == 2 else labels
        return torch.nn.functional.cross_entropy(rows, wanted)

    x = np.random.default_rng(2).standard_normal((4, 3, 6)).astype(np.float32)
    data = {"x": x, "y": x[..., :3].argmax(-1)}
    batch = tuple(torch.from_numpy(values) for values in data.values())
    step = export_step(model, loss, torch.optim.SGD(model.parameters(), lr=0.25), batch)
    with torch.no_grad():
        expected = float(loss(model(batch[0]), batch[1]))
    compiled = compile_step(step.model, data)
    program = compiled.program_json
    monitor = program["monitor"]
    if classes == "in the middle":
        # Lengths do not say which axis of the prediction has them.
        assert monitor is None
        return
    assert program["tensors"][monitor["predictions"][0]]["shape"] == [4, 3, 3]
    batches = {n: v[None] for n, v in quantise_data(program, data).items()}
    rates = [[quantise_scalar(program, s["name"], 0.25)] for s in program["scalars"]]
    _, trace = executor.train(program, compiled.initial_state, batches, rates, steps=1)
    assert trace["losses"][0] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("axis", "shown"), [(2, True), (1, False)])
def test_classes_are_on_the_last_axis(axis, shown):
    """A prediction [4, 3, 3] whose classes are elsewhere: what would be shown is another loss."""
    b = Builder()
    logits = b("MatMul", "x", "param.w", out="prediction")
    axes = b.const([axis], np.int64)
    exponentials = b("Exp", b("Sub", logits, b("ReduceMax", logits, axes)))
    total = b("ReduceSum", exponentials, axes)
    log = b("Sub", b("Sub", logits, b("ReduceMax", logits, axes)), b("Log", total))
    wanted = b("Reshape", "y", b.const([4, 3, 1] if axis == 2 else [4, 1, 3], np.int64))
    classes = b.const(np.arange(3).reshape([3] if axis == 2 else [3, 1]), np.int64)
    hot = b("Cast", b("Equal", wanted, classes), to=1)
    b("ReduceSum", b("Mul", log, hot), keepdims=0, out="loss")
    b("Mul", "param.w", b.const(0.5), out="new.param.w")
    model = b.model(
        [("x", "f", [4, 3, 6]), ("y", "i", [4, 3]), ("param.w", "f", [6, 3])],
        [("loss", []), ("prediction", [4, 3, 3]), ("new.param.w", [6, 3])],
        {"param.w": np.ones((6, 3))},
    )
    x = np.random.default_rng(2).standard_normal((4, 3, 6)).astype(np.float32)
    data = {"x": x, "y": x[..., :3].argmax(-1)}
    assert (compile_step(model, data).program_json["monitor"] is not None) == shown


def test_the_monitor(small):
    for loss, kind in (("ce", "CrossEntropy"), ("mse", "SquaredError")):
        data = small["labels" if loss == "ce" else "values"]
        program = compile_step(mlp((12, 9, 5), 8, loss=loss), data).program_json
        monitor = program["monitor"]
        assert monitor["loss"] == kind
        assert program["tensors"][monitor["predictions"][0]]["name"] == "prediction"
        assert program["data"][monitor["target"]]["name"] == "y"


def test_links_are_shortened_where_that_makes_steps_cheaper():
    rng = np.random.default_rng(0)
    data = {
        "x": rng.standard_normal((64, 64)).astype(np.float32),
        "y": rng.integers(0, 5, 64),
    }
    model = mlp((64, 16, 5), 8, momentum=0.9, lr=0.01)
    short = compile_step(model, data, momentum_bits=23)
    long = compile_step(model, data, momentum_bits=23, max_steps=1000)
    assert short.program_json["max_steps"] == 128
    assert long.program_json["max_steps"] == 1000
    assert short.report.cost.elements(100) < long.report.cost.elements(100)
    assert compile_step(model, data).program_json["max_steps"] == 1000


def test_initial_values_can_be_replaced(small):
    zeros = {"param.0.weight": np.zeros((9, 12), np.float32), "lr.0": np.float32(0.25)}
    compiled = compile_step(mlp((12, 9, 5), 8), small["labels"], initial=zeros)
    assert not compiled.initial_state["param.0.weight"].any()
    assert compiled.report.notes.rates[0]["default"] == 0.25


def test_a_program_is_described(small):
    compiled = compile_step(mlp((12, 9, 5), 10), small["labels"], name="tiny")
    text = compiled.report.text()
    assert text.startswith("program tiny: batch 10")
    assert "update.param.0.weight" in text
    assert "relative error" in text
    bare = inspect(json.loads(compiled.to_json()))
    assert bare.cost == compiled.report.cost
    assert bare.notes is None


def test_deep_networks_fit():
    rng = np.random.default_rng(0)
    data = {
        "x": rng.standard_normal((64, 20)).astype(np.float32),
        "y": rng.integers(0, 5, 64),
    }
    compiled = compile_step(mlp((20, 32, 32, 32, 32, 32, 32, 5), 16), data)
    assert len(compiled.program_json["states"]) == 14

"""The same step has the same bytes, few operator kinds and the agreed names."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from zkpot.errors import ExportError, InputError
from zkpot.step import Step, export_step
from zkpot.step.source import load_source

DENSE = {
    "Add", "Cast", "Greater", "MatMul", "Mul", "ReduceSum", "Relu", "Sub", "Transpose",
}  # fmt: skip
CROSS_ENTROPY = DENSE | {"Div", "Equal", "Exp", "Log", "ReduceMax", "Reshape"}

EXPORT = """
import sys
from zkpot.step import export_step
from zkpot.step.source import load_source
print(export_step(*load_source(sys.argv[1])).digest)
"""


def kinds(step):
    return Counter(node.op_type for node in step.model.graph.node)


def without_values(step):
    """The model's bytes without the default values of its inputs."""
    model = step.model
    inputs = {entry.name for entry in model.graph.input}
    kept = [entry for entry in model.graph.initializer if entry.name not in inputs]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    return model.SerializeToString(deterministic=True)


@pytest.fixture
def models(repository):
    """models("digits") is the exported step of that function in models/mlp.py."""
    return lambda name: export_step(*load_source(f"{repository / 'models' / 'mlp.py'}:{name}"))


def test_bytes_do_not_depend_on_process_or_hash_seed(repository, models):
    source = f"{repository / 'models' / 'mlp.py'}:digits"
    digests = {models("digits").digest}
    for seed in ("1", "2"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([str(repository / "python"), *sys.path]),
            "OMP_NUM_THREADS": seed,
        }
        run = subprocess.run(
            [sys.executable, "-c", EXPORT, source],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(run.stdout.strip())
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("digits", "88902055f33331f942004e010967676b432abd29b68ab823a39eb9b44369b924"),
        ("bench_64_16_10", "8cb3be333bbbc399a42056825bcdea939a7a7777093aa225e777775b3152fde2"),
    ],
)
def test_bytes_are_frozen(name, digest, models):
    """A change here changes every program digest downstream: make it on purpose."""
    assert hashlib.sha256(without_values(models(name))).hexdigest() == digest


def test_values_enter_only_as_defaults(network, batches):
    def export(seed, lr, batch):
        model = network(5, 4, 3, seed=seed)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        return export_step(model, functional.cross_entropy, optimizer, batch)

    first, second = batches(2, 6, 5, classes=3)
    steps = [export(0, 0.1, first), export(1, 0.2, second)]
    assert steps[0].onnx != steps[1].onnx
    assert without_values(steps[0]) == without_values(steps[1])
    # The batch's values enter nowhere.
    assert export(0, 0.1, second).onnx == steps[0].onnx


def test_hyperparameters_enter(network, batches):
    batch = batches(1, 6, 5, classes=3)[0]
    exported = []
    for momentum in (0.9, 0.8):
        model = network(5, 4, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=momentum)
        exported.append(export_step(model, functional.cross_entropy, optimizer, batch))
    assert without_values(exported[0]) != without_values(exported[1])


def test_operator_kinds_of_the_digits_step(models):
    assert kinds(models("digits")) == {
        "Add": 6, "Cast": 2, "Div": 1, "Equal": 1, "Exp": 1, "Greater": 1, "Log": 1, "MatMul": 5,
        "Mul": 12, "ReduceMax": 1, "ReduceSum": 4, "Relu": 1, "Reshape": 1, "Sub": 7,
        "Transpose": 4,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["bench_64_16_10", "bench_128_64_10"])
def test_operator_kinds_without_bias(models, name):
    assert kinds(models(name)) == {
        "Cast": 1, "Greater": 1, "MatMul": 5, "Mul": 5, "ReduceSum": 1, "Relu": 1, "Sub": 3,
        "Transpose": 4,
    }  # fmt: skip


@pytest.mark.parametrize("loss", ["mse", "cross entropy"])
@pytest.mark.parametrize("momentum", [0, 0.9])
def test_deeper_networks_need_no_further_kinds(loss, momentum, network, batches):
    model = network(5, 4, 6, 4, 3)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=momentum, nesterov=momentum > 0, weight_decay=0.1
    )
    batch = batches(1, 6, 5, **({"targets": 3} if loss == "mse" else {"classes": 3}))[0]
    function = functional.mse_loss if loss == "mse" else functional.cross_entropy
    step = export_step(model, function, optimizer, batch)
    assert set(kinds(step)) == (DENSE if loss == "mse" else CROSS_ENTROPY)


def test_names_and_shapes(models):
    graph = models("digits").model.graph
    parameters = ["0.weight", "0.bias", "2.weight", "2.bias"]
    states = [f"param.{name}" for name in parameters]
    states += [f"state.momentum_buffer.{name}" for name in parameters]
    assert [entry.name for entry in graph.input] == [*states, "x", "y", "lr.0"]
    assert [entry.name for entry in graph.output] == [
        "prediction",
        "loss",
        *[f"new.{name}" for name in states],
    ]
    shapes = {
        entry.name: [d.dim_value for d in entry.type.tensor_type.shape.dim]
        for entry in [*graph.input, *graph.output]
    }
    assert shapes["x"] == [32, 64]
    assert shapes["y"] == [32]
    assert shapes["lr.0"] == shapes["loss"] == []
    assert shapes["prediction"] == [32, 10]
    assert all(shapes[f"new.{name}"] == shapes[name] for name in states)


def test_every_value_has_a_shape_and_a_stable_name(models):
    graph = models("digits").model.graph
    typed = {entry.name for entry in [*graph.value_info, *graph.output]}
    made = [output for node in graph.node for output in node.output]
    assert set(made) == typed
    values = [name for name in made if name.startswith("v")]
    assert values == [f"v{index}" for index in range(len(values))]
    assert all(node.name == "" for node in graph.node)
    inputs = {entry.name for entry in graph.input}
    constants = [entry.name for entry in graph.initializer if entry.name not in inputs]
    assert constants == [f"c{index}" for index in range(len(constants))]


def test_numbers_are_scalars_of_rank_0(models):
    graph = models("digits").model.graph
    inputs = {entry.name for entry in graph.input}
    numbers = [
        entry
        for entry in graph.initializer
        if entry.name not in inputs and entry.data_type == onnx.TensorProto.FLOAT
    ]
    assert numbers
    assert all(list(entry.dims) == [] for entry in numbers)


def test_nothing_is_computed_twice_or_for_nothing(models):
    graph = models("digits").model.graph
    computed = [(node.op_type, tuple(node.input), str(node.attribute)) for node in graph.node]
    assert len(computed) == len(set(computed))
    read = {name for node in graph.node for name in node.input}
    read |= {entry.name for entry in graph.output}
    assert all(output in read for node in graph.node for output in node.output)


def test_the_model_says_nothing_about_its_making(models):
    model = models("digits").model
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 18)]
    assert (model.producer_name, model.producer_version, model.doc_string) == ("zkpot", "", "")
    assert [entry.key for entry in model.metadata_props] == ["zkpot.roles"]


def test_defaults_are_the_initial_values(network, batches):
    model = network(5, 4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.25, momentum=0.9)
    step = export_step(model, functional.cross_entropy, optimizer, batches(1, 6, 5, classes=3)[0])
    defaults = {e.name: numpy_helper.to_array(e) for e in step.model.graph.initializer}
    for name, parameter in model.named_parameters():
        np.testing.assert_array_equal(defaults[f"param.{name}"], parameter.detach().numpy())
        assert not defaults[f"state.momentum_buffer.{name}"].any()
    assert defaults["lr.0"] == np.float32(0.25)
    assert "x" not in defaults
    assert "y" not in defaults


def test_the_roles_travel_with_the_file(models, tmp_path):
    step = models("digits")
    step.save(tmp_path / "step.onnx")
    loaded = Step.load(tmp_path / "step.onnx")
    assert loaded.onnx == step.onnx
    assert loaded.roles == step.roles
    assert step.roles["batch"] == 32
    assert step.roles["inputs"]["y"] == {"role": "y", "classes": 10}
    assert step.roles["inputs"]["state.momentum_buffer.2.bias"] == {
        "role": "state",
        "key": "momentum_buffer",
        "torch": "2.bias",
        "next": "new.state.momentum_buffer.2.bias",
    }
    (group,) = step.roles["optimizer"]["groups"]
    assert group["hyperparameters"]["momentum"] == 0.9
    assert "lr" not in group["hyperparameters"]


def test_one_step_counter_for_all_parameters(network, batches):
    model = network(5, 4, 3)
    optimizer = torch.optim.Adam(model.parameters())
    step = export_step(model, functional.cross_entropy, optimizer, batches(1, 6, 5, classes=3)[0])
    inputs = step.roles["inputs"]
    assert inputs["state.step"] == {"role": "step", "next": "new.state.step"}
    assert sorted(n for n, e in inputs.items() if e["role"] == "state") == sorted(
        f"state.{key}.{name}"
        for key in ("exp_avg", "exp_avg_sq")
        for name, _ in model.named_parameters()
    )


def test_outputs_that_coincide_are_named_apart(batches):
    """A model that returns its input, and a loss that is its prediction."""

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.tensor(2.0))

        def forward(self, x):
            return (x * self.weight).sum()

    model = Scale()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(model, lambda o, y: o, optimizer, batches(1, 6, 5, targets=1)[0])
    assert [entry.name for entry in step.model.graph.output] == [
        "prediction",
        "loss",
        "new.param.weight",
    ]
    assert "Identity" not in kinds(step)


def test_load_refuses_other_files(tmp_path, models):
    other = tmp_path / "other.onnx"
    other.write_text("not a model")
    with pytest.raises(ExportError, match=r"other\.onnx is not an ONNX file"):
        Step.load(other)
    model = models("bench_64_16_10").model
    del model.metadata_props[:]
    other.write_bytes(model.SerializeToString())
    with pytest.raises(ExportError, match=r"without the metadata zkpot\.roles"):
        Step.load(other)
    with pytest.raises(InputError, match=r"none\.onnx cannot be read"):
        Step.load(tmp_path / "none.onnx")
    with pytest.raises(InputError, match=r"cannot be written to"):
        models("bench_64_16_10").save(tmp_path / "no" / "folder.onnx")

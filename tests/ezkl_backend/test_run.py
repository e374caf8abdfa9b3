"""Runs of EZKL proofs: what they compute, how they go on, what they keep to themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnxruntime import InferenceSession
from safetensors.numpy import load_file

from zkpot.artifacts.ezkl.run import EzklRun, State
from zkpot.artifacts.ezkl.terms import SALT
from zkpot.backends.ezkl.graph import linked
from zkpot.backends.ezkl.values import encode
from zkpot.data import Dataset
from zkpot.errors import InputError, NotEnoughResources, UnsupportedOperator, ValueOutOfRange
from zkpot.pipeline.ezkl import proving
from zkpot.pipeline.ezkl.compiling import Subject, compile_circuit, open_circuit, state_vector
from zkpot.pipeline.ezkl.proving import prove_steps, write_ezkl_weights

Example = Any

_HASH = "import os, sys, json, ezkl; print(ezkl.poseidon_hash(json.load(sys.stdin))[0], flush=True)"


def float_steps(example: Example, steps: int) -> dict[str, Any]:
    """The same steps by onnxruntime."""
    session = InferenceSession(example.step.read_bytes())
    model = onnx.load(example.step)
    states = {
        entry.name: onnx.numpy_helper.to_array(entry)
        for entry in model.graph.initializer
        if entry.name.startswith("param.")
    }
    names = [f"new.{name}" for name in states]
    batch = Subject.of(example.step.read_bytes()).data[0].shape[0]
    for step in range(steps):
        rows = slice(step * batch, (step + 1) * batch)
        data = {name: example.data.field(name)[rows] for name in ("x", "y")}
        states = dict(zip(states, session.run(names, states | data), strict=True))
    return states


@pytest.mark.parametrize("which", ["committed", "hashed"])
def test_it_trains_up_to_rounding(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    example = request.getfixturevalue(which)
    steps, shapes = write_ezkl_weights(example.run, tmp_path / "w.safetensors")
    assert steps == 2
    trained = load_file(tmp_path / "w.safetensors")
    expected = float_steps(example, 2)
    assert {f"param.{name}" for name in trained} == set(expected)
    first = example.circuit.initial()
    for name, value in trained.items():
        assert shapes[name] == value.shape
        assert np.abs(value - expected[f"param.{name}"]).max() < 5 * 2.0**-7
        assert not np.array_equal(value, first[f"param.{name}"])
        # Whole units: what the circuit holds, exactly.
        assert np.array_equal(value * 2**7, np.rint(value * 2**7))


def test_a_run_goes_on_from_the_very_integers(committed: Example) -> None:
    state = EzklRun(committed.run).state()
    terms = committed.circuit.circuit().terms
    assert state.steps == committed.steps
    assert len(state.vector) == terms.state_length
    receipt = committed.verify()
    assert receipt.steps == 2
    assert receipt.first_commitment != receipt.last_commitment


def test_hashes_are_poseidon_of_the_salted_vectors(hashed: Example) -> None:
    receipt = hashed.verify()
    vector = EzklRun(hashed.run).state().vector
    done = subprocess.run(
        [sys.executable, "-c", _HASH],
        input=json.dumps(encode(vector)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split()[-1] == receipt.last_commitment
    unsalted = json.dumps(encode(vector[:-SALT]))
    assert receipt.last_commitment not in unsalted


def test_the_same_weights_get_other_commitments(committed: Example, tmp_path: Path) -> None:
    again = tmp_path / "again"
    prove_steps(committed.circuit, committed.data, 1, again, test_srs=True)
    first, second = committed.verify(), committed.verify(again)
    assert first.vk == second.vk
    assert first.first_commitment != second.first_commitment
    assert first.batches[0] != second.batches[0]


def test_salt_is_new_in_each_step(committed: Example) -> None:
    circuit = committed.circuit.circuit()
    initial = committed.circuit.initial()
    assert (
        state_vector(circuit.terms, initial)[-SALT:] != state_vector(circuit.terms, initial)[-SALT:]
    )
    batches = proving.Batches(circuit.terms.data, committed.data, circuit.terms.scale)
    assert batches.vector(0)[:-SALT] == batches.vector(3)[:-SALT]
    assert batches.vector(0)[-SALT:] != batches.vector(0)[-SALT:]


def test_it_goes_on_where_it_was_stopped(
    committed: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    real = proving.call

    def stop_at_the_second(name: str, **arguments: Any) -> Any:
        if name == "prove" and len(list(out.glob("public/step-*.json"))) == 1:
            raise KeyboardInterrupt
        return real(name, **arguments)

    monkeypatch.setattr(proving, "call", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        prove_steps(committed.circuit, committed.data, 2, out, test_srs=True)
    monkeypatch.undo()
    first = (out / "public" / "step-000000.json").read_bytes()
    # A call that was killed leaves its files.
    (out / "secret" / "zkpot-ezkl-left").mkdir()
    # The state is written after the proof: what was killed in between proves the step again.
    (out / "public" / "step-000001.json").write_text("{")
    prove_steps(committed.circuit, committed.data, 2, out, test_srs=True)
    assert (out / "public" / "step-000000.json").read_bytes() == first
    assert not list(out.glob("secret/zkpot-ezkl-*"))
    assert committed.verify(out).steps == 2


def test_steps_can_be_added_and_another_circuit_cannot(
    committed: Example, hashed: Example, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    prove_steps(committed.circuit, committed.data, 1, out, test_srs=True)
    first = committed.verify(out)
    prove_steps(committed.circuit, committed.data, 2, out, test_srs=True)
    both = committed.verify(out)
    assert (first.steps, both.steps) == (1, 2)
    assert both.first_commitment == first.first_commitment
    with pytest.raises(InputError, match="a run of another circuit"):
        prove_steps(hashed.circuit, hashed.data, 1, out, test_srs=True)


def test_secrets_are_for_their_owner(committed: Example) -> None:
    for secret in (
        committed.run / "secret" / "state.json",
        committed.circuit.path / "initial.safetensors",
    ):
        assert secret.stat().st_mode & 0o777 == 0o600
    assert (committed.run / "secret").stat().st_mode & 0o777 == 0o700
    public = {path.name for path in (committed.run / "public").iterdir()}
    steps = {f"step-{i:06}.json" for i in range(2)}
    assert public == {"run.json", "circuit.onnx", "terms.json", "vk"} | steps
    graph = onnx.load(committed.run / "public" / "circuit.onnx").graph
    kept = [entry for entry in graph.initializer if entry.data_type == onnx.TensorProto.FLOAT]
    assert all(onnx.numpy_helper.to_array(entry).size == 1 for entry in kept)


def test_a_value_that_leaves_the_circuit_stops_the_run(committed: Example, tmp_path: Path) -> None:
    out = tmp_path / "run"
    large = Dataset("large", {n: a * np.float32(2**21) for n, a in committed.data.fields.items()})
    with pytest.raises(ValueOutOfRange, match="leaves what the circuit holds"):
        prove_steps(committed.circuit, large, 1, out, test_srs=True)
    assert not list(out.glob("public/step-*"))
    assert EzklRun(out).state().steps == 0
    larger = Dataset("larger", {n: a * np.float32(2**25) for n, a in committed.data.fields.items()})
    with pytest.raises(ValueOutOfRange, match=r"larger: array 'x' has .* at place 0"):
        prove_steps(committed.circuit, larger, 1, out, test_srs=True)


def test_what_does_not_fit_is_refused_with_k_and_memory(committed: Example, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughResources, match=r"k = 12 and about 127 MB of memory, and 110 MB"):
        compile_circuit(committed.step, committed.data, folder=tmp_path / "c", memory=110 * 10**6)
    assert not (tmp_path / "c").exists()


def test_a_large_model_is_refused_before_ezkl_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.mlp import squared_error
    from zkpot.pipeline.ezkl import compiling

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("EZKL was called")

    monkeypatch.setattr(compiling, "call", refuse)
    step = zkpot_export(squared_error([784, 2048, 10], batch=2), tmp_path)
    data = Dataset("d", {"x": np.zeros((2, 784), np.float32), "y": np.zeros((2, 10), np.float32)})
    with pytest.raises(NotEnoughResources, match=r"k = 23 and at least about 96\.5 GB"):
        compile_circuit(step, data, folder=tmp_path / "c")


def zkpot_export(training: Any, folder: Path) -> Path:
    import zkpot

    zkpot.export_step(*training).save(folder / "step.onnx")
    return folder / "step.onnx"


def test_rates_that_ezkl_would_round_are_refused(committed: Example) -> None:
    subject = Subject.of(committed.step.read_bytes())
    model = onnx.load(committed.step)
    for entry in model.graph.initializer:
        if entry.name == "lr.0":
            entry.CopyFrom(onnx.numpy_helper.from_array(np.array(0.1, np.float32), "lr.0"))
    with pytest.raises(UnsupportedOperator, match=r"'lr\.0' has 0\.1.*round to 0\.1015625"):
        linked(model, subject.states, subject.data, subject.following, 7)


def test_class_numbers_are_refused(tmp_path: Path) -> None:
    from models.mlp import digits

    step = zkpot_export(digits(), tmp_path)
    with pytest.raises(UnsupportedOperator, match="'y' holds no float32"):
        Subject.of(step.read_bytes())


def test_a_folder_with_another_circuit_is_refused(committed: Example, hashed: Example) -> None:
    arguments: dict[str, Any] = {"folder": committed.circuit.path}
    assert open_circuit(committed.step, committed.data, **arguments).made
    for step, changed in ((hashed.step, {}), (committed.step, {"link": "hashed"})):
        with pytest.raises(InputError, match="the circuit of another step"):
            open_circuit(step, committed.data, **arguments, **changed)


def test_a_lost_state_is_named(committed: Example, tmp_path: Path) -> None:
    out = tmp_path / "run"
    run = EzklRun(out)
    prove_steps(committed.circuit, committed.data, 1, out, test_srs=True)
    (run.secret / "state.json").write_text("{}")
    with pytest.raises(InputError, match=r"state\.json: damaged"):
        prove_steps(committed.circuit, committed.data, 2, out, test_srs=True)
    run.write_state(State(1, (0,)))
    assert run.state().vector == (0,)

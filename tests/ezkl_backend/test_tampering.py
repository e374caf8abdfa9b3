"""A prover who breaks one thing is refused for it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import pytest

from zkpot.artifacts.ezkl.circuit import Circuit, CircuitDirectory, sha256
from zkpot.artifacts.ezkl.run import EzklRun
from zkpot.errors import IncompleteRun, InputError, InvalidProof
from zkpot.pipeline.ezkl.compiling import compile_circuit
from zkpot.pipeline.ezkl.proving import prove_steps

Example = Any


@pytest.fixture(scope="module")
def other(committed: Example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the same circuit, with the same keys, that begins with other salts."""
    out = tmp_path_factory.mktemp("other") / "run"
    prove_steps(committed.circuit, committed.data, 2, out, test_srs=True)
    return out / "public"


@pytest.fixture(scope="module")
def idle(committed: Example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, honestly proven, of a step of the same shape whose rate is another one."""
    folder = tmp_path_factory.mktemp("idle")
    model = onnx.load(committed.step)
    for entry in model.graph.initializer:
        if entry.name == "lr.0":
            value = onnx.numpy_helper.to_array(entry) / 16
            entry.CopyFrom(onnx.numpy_helper.from_array(value, "lr.0"))
    onnx.save(model, folder / "step.onnx")
    compile_circuit(folder / "step.onnx", committed.data, folder=folder / "circuit")
    circuit = CircuitDirectory(folder / "circuit")
    prove_steps(circuit, committed.data, 2, folder / "run", test_srs=True)
    return folder / "run" / "public"


def proof(run: Path, step: int) -> dict[str, Any]:
    return json.loads((run / f"step-{step:06}.json").read_text())


def set_proof(run: Path, step: int, value: Any) -> None:
    (run / f"step-{step:06}.json").write_text(json.dumps(value))


def describe(run: Path, **changes: Any) -> None:
    path = run / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def flip(digits: str, byte: int) -> str:
    content = bytearray.fromhex(digits)
    content[byte] ^= 1
    return content.hex()


def test_the_honest_run_verifies(committed: Example, agreed: dict[str, str]) -> None:
    receipt = committed.verify(
        **agreed, step=committed.step, steps=2, first=committed.verify(**agreed).first_commitment
    )
    assert receipt.unchecked == ("batches", "srs")
    assert receipt.vk_source == "expected"


@pytest.mark.parametrize("byte", [256, 300, 1000, 2000, -1])
def test_changed_bytes_of_a_proof(
    committed: Example, agreed: dict[str, str], tmp_path: Path, byte: int
) -> None:
    run = committed.copy(tmp_path / "run")
    changed = proof(run, 0)
    changed["proof"] = flip(changed["proof"], byte)
    set_proof(run, 0, changed)
    with pytest.raises(InvalidProof, match="step 0: the proof does not verify"):
        committed.verify(run, **agreed)


@pytest.mark.parametrize(("first", "length"), [(0, 0), (0, 300), (0, 2000)])
def test_a_proof_that_is_cut_off(
    committed: Example, agreed: dict[str, str], tmp_path: Path, first: int, length: int
) -> None:
    run = committed.copy(tmp_path / "run")
    changed = proof(run, 1)
    changed["proof"] = changed["proof"][first : 2 * length]
    set_proof(run, 1, changed)
    message = "step 1: the proof (is too short|does not verify)|step 1 does not begin"
    with pytest.raises(InvalidProof, match=message):
        committed.verify(run, **agreed)


@pytest.mark.parametrize("tensor", range(4))
def test_another_commitment_in_a_proof(
    committed: Example, other: Path, agreed: dict[str, str], tmp_path: Path, tensor: int
) -> None:
    """Points of the curve, so that nothing but the statement is wrong."""
    run = committed.copy(tmp_path / "run")
    changed, theirs = proof(run, 1), proof(other, 1)["proof"]
    begin, end = 128 * tensor, 128 * (tensor + 1)
    changed["proof"] = changed["proof"][:begin] + theirs[begin:end] + changed["proof"][end:]
    set_proof(run, 1, changed)
    expected = "step 1 does not begin with" if tensor == 0 else "step 1: the proof does not verify"
    with pytest.raises(InvalidProof, match=expected):
        committed.verify(run, **agreed)


def test_steps_of_two_runs(
    committed: Example, other: Path, agreed: dict[str, str], tmp_path: Path
) -> None:
    """Each proof is valid, and the second begins with weights that the first did not leave."""
    committed.verify(other, **agreed)
    run = committed.copy(tmp_path / "run")
    shutil.copy(other / "step-000001.json", run)
    with pytest.raises(InvalidProof, match="step 1 does not begin with the weights that step 0"):
        committed.verify(run, **agreed)


def test_steps_in_another_order(committed: Example, agreed: dict[str, str], tmp_path: Path) -> None:
    run = committed.copy(tmp_path / "run")
    first, second = proof(run, 0), proof(run, 1)
    set_proof(run, 0, second)
    set_proof(run, 1, first)
    with pytest.raises(InvalidProof, match="step 1 does not begin"):
        committed.verify(run, **agreed)


@pytest.mark.parametrize("place", range(4))
def test_another_hash(hashed: Example, tmp_path: Path, place: int) -> None:
    # Set up by whoever verifies, as far as this test goes.
    known = EzklRun(hashed.run).description()
    run = hashed.copy(tmp_path / "run")
    changed = proof(run, 1)
    changed["instances"][place] = flip(changed["instances"][place], 0)
    set_proof(run, 1, changed)
    expected = "step 1 does not begin" if place == 0 else "step 1: the proof does not verify"
    with pytest.raises(InvalidProof, match=expected):
        hashed.verify(run, vk=known.vk, circuit=known.circuit)


@pytest.mark.parametrize("kept", [3, 0])
def test_missing_public_inputs(hashed: Example, tmp_path: Path, kept: int) -> None:
    run = hashed.copy(tmp_path / "run")
    changed = proof(run, 0)
    changed["instances"] = changed["instances"][:kept]
    set_proof(run, 0, changed)
    with pytest.raises(InvalidProof, match=f"step 0: {kept} public inputs in place of 4"):
        hashed.verify(run)


def test_public_inputs_where_none_are(committed: Example, tmp_path: Path) -> None:
    run = committed.copy(tmp_path / "run")
    set_proof(run, 0, {**proof(run, 0), "instances": ["00" * 32]})
    with pytest.raises(InvalidProof, match="1 public inputs in place of none"):
        committed.verify(run)


def test_a_missing_step(committed: Example, tmp_path: Path) -> None:
    run = committed.copy(tmp_path / "run")
    (run / "step-000001.json").unlink()
    with pytest.raises(IncompleteRun, match="1 of 2 steps are proven") as refused:
        committed.verify(run)
    assert refused.value.pending == ["step 1"]


def test_fewer_steps_than_expected(
    committed: Example, agreed: dict[str, str], tmp_path: Path
) -> None:
    run = committed.copy(tmp_path / "run")
    describe(run, steps=1)
    assert committed.verify(run, **agreed).steps == 1
    with pytest.raises(InvalidProof, match="1 steps, and 2 were expected"):
        committed.verify(run, **agreed, steps=2)


def test_the_key_of_another_circuit(committed: Example, idle: Path, tmp_path: Path) -> None:
    """Proofs that are valid under a key of the prover's choice, beside the agreed circuit."""
    run = committed.copy(tmp_path / "run")
    for name in ("vk", "step-000000.json", "step-000001.json"):
        shutil.copy(idle / name, run)
    describe(run, vk=sha256((run / "vk").read_bytes()))
    with pytest.raises(InvalidProof, match="the verifying key is"):
        committed.verify(run)


def test_a_key_that_is_not_the_one_that_was_set_up(
    committed: Example, idle: Path, agreed: dict[str, str], tmp_path: Path
) -> None:
    run = committed.copy(tmp_path / "run")
    shutil.copy(idle / "vk", run)
    with pytest.raises(InvalidProof, match=r"the verifying key is .* was expected"):
        committed.verify(run, **agreed)
    describe(run, vk=sha256((run / "vk").read_bytes()))
    with pytest.raises(InvalidProof, match=r"the verifying key is .* was expected"):
        committed.verify(run, **agreed)


def test_a_key_without_its_circuit(
    committed: Example, idle: Path, agreed: dict[str, str], tmp_path: Path
) -> None:
    """Valid proofs under the agreed key, beside a graph that trains at another rate."""
    run = committed.copy(tmp_path / "run")
    for name in ("circuit.onnx", "terms.json"):
        shutil.copy(idle / name, run)
    describe(run, circuit=Circuit.read(run).digest)
    with pytest.raises(InputError, match="--vk says which key, and not of which circuit"):
        committed.verify(run, vk=agreed["vk"])
    with pytest.raises(InvalidProof, match="the circuit is"):
        committed.verify(run, **agreed)
    with pytest.raises(InvalidProof, match="the verifying key is"):
        committed.verify(run)


def test_a_folder_that_was_set_up_saves_the_key(committed: Example, tmp_path: Path) -> None:
    own = str(committed.circuit.path)
    assert committed.verify(circuit=own).vk_source == "expected"
    bare = tmp_path / "bare"
    committed.circuit.circuit().write(bare)
    assert committed.verify(circuit=str(bare)).vk_source == "recomputed"


def test_the_circuit_of_another_step(committed: Example, idle: Path) -> None:
    """Everything fits together; only it is not what was to be trained."""
    assert committed.verify(idle).rates == {"lr.0": 2.0**-8}
    with pytest.raises(InvalidProof, match="its circuit is not that of"):
        committed.verify(idle, step=committed.step)
    expected = committed.circuit.circuit().digest
    for circuit in (expected, str(committed.circuit.path)):
        with pytest.raises(InvalidProof, match=r"the circuit is .* was expected"):
            committed.verify(idle, circuit=circuit)


def test_other_terms(committed: Example, tmp_path: Path) -> None:
    """Another precision: the same graph, and another computation."""
    run = committed.copy(tmp_path / "run")
    circuit = Circuit.read(run)
    changed = Circuit(replace(circuit.terms, scale=6), circuit.graph)
    changed.write(run)
    with pytest.raises(InvalidProof, match="the circuit is"):
        committed.verify(run)
    # With the digest adapted it is the key that does not fit.
    describe(run, circuit=changed.digest)
    with pytest.raises(InvalidProof, match="the verifying key is"):
        committed.verify(run)


def test_another_size(
    committed: Example, tmp_path: Path, cache: Path, agreed: dict[str, str]
) -> None:
    """Fewer rows than the circuit needs: the same SRS serves."""
    run = committed.copy(tmp_path / "run")
    circuit = Circuit.read(run)
    srs = cache / "zkpot" / "ezkl" / f"test-k{circuit.terms.logrows}.srs"
    changed = Circuit(replace(circuit.terms, logrows=circuit.terms.logrows - 1), circuit.graph)
    changed.write(run)
    describe(run, circuit=changed.digest)
    with pytest.raises(InvalidProof, match=r"its circuit is refused|the verifying key is"):
        committed.verify(run, srs=srs)
    with pytest.raises(InvalidProof, match="step 0: the proof does not verify"):
        committed.verify(run, srs=srs, vk=agreed["vk"], circuit=changed.digest)


def test_a_graph_that_commits_to_something_else(committed: Example, tmp_path: Path) -> None:
    """The output is shorter than the state: the last weights would be nobody's."""
    run = committed.copy(tmp_path / "run")
    circuit = Circuit.read(run)
    model = onnx.load_from_string(circuit.graph)
    helper = onnx.helper
    model.graph.node[-1].output[0] = "whole"
    for name, value in (("from", 0), ("to", 30), ("axis", 0)):
        tensor = onnx.numpy_helper.from_array(onnx.numpy_helper.np.array([value]), f"cut.{name}")
        model.graph.initializer.append(tensor)
    inputs = ["whole", "cut.from", "cut.to", "cut.axis"]
    model.graph.node.append(helper.make_node("Slice", inputs, ["zkpot.next"]))
    model.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 30
    changed = Circuit(circuit.terms, model.SerializeToString())
    changed.write(run)
    describe(run, circuit=changed.digest)
    with pytest.raises(InvalidProof, match=r"its circuit is refused: .*polycommit"):
        committed.verify(run)


@pytest.mark.parametrize("graph", [b"", b"\x08\x07", b"\xff" * 100])
def test_what_is_no_graph(committed: Example, tmp_path: Path, graph: bytes) -> None:
    run = committed.copy(tmp_path / "run")
    changed = Circuit(Circuit.read(run).terms, graph)
    changed.write(run)
    describe(run, circuit=changed.digest)
    with pytest.raises(InvalidProof, match=r"its circuit is refused|not an ONNX graph"):
        committed.verify(run)


def test_expectations(committed: Example, agreed: dict[str, str]) -> None:
    receipt = committed.verify(**agreed)
    met = {**agreed, "batches": receipt.batches, "first": receipt.first_commitment.upper()}
    assert committed.verify(**met, steps=2).unchecked == ("srs",)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"first": receipt.last_commitment}, "the first commitment is"),
        ({"batches": receipt.batches[::-1]}, "other batches"),
        ({"batches": receipt.batches[:1]}, "other batches"),
        ({"scale": 9}, "7 fraction bits, and 9 were expected"),
        ({"steps": 3}, "2 steps, and 3 were expected"),
        ({"circuit": "00" * 32}, "the circuit is"),
    ]
    for expectation, message in wrong:
        with pytest.raises(InvalidProof, match=message):
            committed.verify(**{**agreed, **expectation})


def test_files_that_are_none(committed: Example, tmp_path: Path) -> None:
    damage: list[tuple[str, bytes, type[Exception], str]] = [
        ("run.json", b"{}", InputError, "not a run of EZKL proofs"),
        ("run.json", b"[" * 100_000, InputError, "not a run of EZKL proofs"),
        ("terms.json", b"\x00", InputError, "not the terms of a circuit"),
        ("step-000000.json", b"\xff\xfe", InvalidProof, "step 0: not a proof"),
        ("step-000001.json", b'{"proof": "0x"}', InvalidProof, "step 1: not a proof"),
        ("step-000001.json", b" " * (1 << 23), InputError, "larger than"),
    ]
    for i, (name, content, error, message) in enumerate(damage):
        run = committed.copy(tmp_path / str(i))
        (run / name).write_bytes(content)
        with pytest.raises(error, match=message):
            committed.verify(run)
    with pytest.raises(InputError, match="not readable"):
        committed.verify(tmp_path)


def test_a_lying_description(committed: Example, agreed: dict[str, str], tmp_path: Path) -> None:
    run = committed.copy(tmp_path / "run")
    describe(run, circuit="00" * 32)
    with pytest.raises(InvalidProof, match="the circuit is"):
        committed.verify(run, **agreed)
    describe(run, circuit=Circuit.read(run).digest, test_srs=False)
    # Whether the SRS is a test's is what the verifier's own file says.
    assert committed.verify(run, **agreed).test_srs

"""What 'zkpot wrap' refuses before it begins, in one sentence that says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

import zkpot
from zkpot.artifacts.circuit_name import CircuitName
from zkpot.backends import wrap
from zkpot.cli import main
from zkpot.errors import InputError, NotEnoughResources
from zkpot.pipeline.wrapping.estimate import Estimate
from zkpot.pipeline.wrapping.links import read_links
from zkpot.pipeline.wrapping.setup import KeyOptions, set_up

Data = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[zkpot.Program, Data]:
    folder = tmp_path_factory.mktemp("step")
    data = write_small_step(folder / "step.onnx")
    return zkpot.compile(folder / "step.onnx", data), data


@pytest.fixture(scope="module")
def run(made: tuple[zkpot.Program, Data], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wrapped run of links of 2, 2 and 1 steps."""
    program, data = made
    path = tmp_path_factory.mktemp("wrapped") / "run"
    zkpot.Run(program, data, path, seed=1, wrapped=True, link_steps=2).prove(5)
    return path


def fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Exit code and message of a command."""
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    assert said.out == ""
    assert isinstance(stopped.value.code, int)
    (message,) = said.err.strip().splitlines()[-1:]
    return stopped.value.code, message


def test_links_of_different_lengths_need_a_choice(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, message = fails(capsys, "wrap", run, "-o", tmp_path / "p.evm", "-q")
    assert code == 2
    assert message == (
        f"zkpot: {run}: its links have 1 and 2 steps, and a circuit is made for one number: choose "
        "--first and --links, or another --link-steps"
    )
    read = read_links(run, 1, 1)
    assert (len(read.links), read.terms.steps, read.start.first_step) == (1, 2, 2)
    assert read.start.previous != "00" * 32
    with pytest.raises(InputError, match="it has 3 links, not those that are asked for"):
        read_links(run, 2, 2)


def test_another_run_is_no_wrapped_one(
    made: tuple[zkpot.Program, Data], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    program, data = made
    zkpot.Run(program, data, tmp_path / "run", seed=1).prove(2)
    code, message = fails(capsys, "wrap", tmp_path / "run", "-o", tmp_path / "p.evm", "-q")
    assert (code, message) == (
        2,
        f"zkpot: {tmp_path / 'run'}: not a wrapped run; a circuit verifies what --wrapped proves",
    )


def test_keys_need_a_ceremony_or_a_word_that_they_are_none(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = ("--links", 1, "--keys", tmp_path / "keys", "-q")
    code, message = fails(capsys, "wrap", "setup", run, *given)
    assert code == 2
    assert "no keys for this circuit" in message
    assert "--srs FILE, powers of tau of a ceremony (2^19 or more), or --test-srs" in message
    bad = tmp_path / "bad.ptau"
    refusals = {
        b"": "failed to fill whole buffer",
        b"ptau" + bytes(20): "it has no header",
        (19).to_bytes(4, "little") + bytes(100): "neither halo2's raw format nor snarkjs's .ptau",
    }
    for content, reason in refusals.items():
        bad.write_bytes(content)
        code, message = fails(capsys, "wrap", "setup", run, *given, "--srs", bad)
        assert code == 2
        assert str(bad) in message
        assert reason in message
    assert not (tmp_path / "keys").exists() or not list((tmp_path / "keys").glob("*/keys"))


def test_memory_is_looked_at_first(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = ("--links", 1, "--keys", tmp_path, "--test-srs", "-q", "--memory", "1GB")
    code, message = fails(capsys, "wrap", "setup", run, *given)
    assert code == NotEnoughResources.exit_code
    assert "the circuit has 2^19 rows and needs about" in message
    assert message.endswith("of memory, and 1.0 GB may be used: wrap shorter links")
    assert Estimate.of(20, 11).memory_bytes == 2 * Estimate.of(19, 11).memory_bytes


def test_what_no_contract_has_columns_for_is_refused(made: tuple[zkpot.Program, Data]) -> None:
    program, _ = made
    name = CircuitName(program.digest, (2,) * 40, 24, 100)
    with pytest.raises(NotEnoughResources, match=r"a circuit of 2\^22 rows is too small for"):
        wrap.circuit(program, name)


def test_damaged_keys_are_refused_by_name(run: Path, tmp_path: Path) -> None:
    read = read_links(run, 0, 1)
    options = KeyOptions(tmp_path, test_srs=True)
    folder = options.folder(read.name)
    assert folder.name.endswith("-test")
    folder.mkdir(parents=True)
    header = {
        "circuit": str(read.name),
        "pinning": {
            "shape": {
                "base": {
                    "k": 19,
                    "num_advice_per_phase": [4],
                    "num_fixed": 1,
                    "num_lookup_advice_per_phase": [1],
                    "lookup_bits": 16,
                    "num_instance_columns": 1,
                },
                "permutation_sets": 1,
            },
            "break_points": [[]],
        },
        "proving": "00" * 32,
        "parameters": "00" * 32,
    }
    text = f"zkpot circuit keys 1\n{json.dumps(header)}\n"
    (folder / "keys").write_text(text)
    (folder / "parameters").write_bytes(b"")
    with pytest.raises(InputError, match="parameters: it was changed after it was made; make the"):
        set_up(read.program, read.name, options)
    # Keys of another format are as good as none.
    (folder / "keys").write_text(text.replace("keys 1", "keys 0"))
    assert wrap.read_keys(folder, read.name) is None


def test_a_file_that_is_no_proof_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "p.evm"
    code, message = fails(capsys, "wrap", "verify", path)
    assert (code, str(path) in message) == (2, True)
    path.write_text("{}")
    code, message = fails(capsys, "wrap", "verify", path)
    assert code == 2
    assert message.startswith(f"zkpot: {path}: not a proof that a chain can check")


def test_a_run_may_be_called_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Directories are called so unless somebody says something else."""
    code, message = fails(capsys, "wrap", "run", "-o", "p.evm")
    assert (code, message) == (2, "zkpot: run: no such file or directory")
    main(["wrap", "run", "--help"])
    assert "Usage: zkpot wrap  [OPTIONS] RUN" in capsys.readouterr().out

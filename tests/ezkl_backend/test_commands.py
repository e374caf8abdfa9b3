"""The EZKL backend on the command line, with the step that field measurements were taken on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zkpot.backends.ezkl import process
from zkpot.cli import main
from zkpot.errors import BackendFailed, MissingExtra, NotEnoughResources

Example = Any
Outcome = tuple[int, str, str]
Zkpot = Callable[..., Outcome]


@pytest.fixture
def zkpot(capsys: pytest.CaptureFixture[str]) -> Zkpot:
    def run(*arguments: object) -> Outcome:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return code, *capsys.readouterr()

    return run


def value(outcome: Outcome) -> dict[str, Any]:
    assert outcome[0] == 0, outcome
    parsed = json.loads(outcome[1])
    assert isinstance(parsed, dict)
    return parsed


def test_one_command_from_step_to_proof(sixteen: Example, zkpot: Zkpot, tmp_path: Path) -> None:
    """16-16-4 with B = 4, end to end."""
    run = tmp_path / "run"
    arguments = ("prove", sixteen.step, "--backend", "ezkl", "--data", sixteen.npz, "--test-srs")
    code, out, err = zkpot(*arguments, "--steps", 1, "--out", run)
    assert code == 0, err
    assert "1 steps proven with EZKL" in out
    assert "TEST: whoever made it can forge proofs" in out
    assert "rows, k = 15; about 457 MB of memory" in err
    verified = value(
        zkpot("ezkl", "verify", run, "--test-srs", "--step", sixteen.step, "--steps", 1, "--json")
    )
    assert verified["unchecked"] == ["scale", "first", "batches", "srs"]
    assert verified["logrows"] == 15
    assert verified["rates"] == {"lr.0": 0.0625}
    assert (verified["parameters"], verified["batch"]) == (320, 4)
    assert "some admissible rounding" in verified["statement"]
    assert verified["limits"][0].startswith("rounding: every division accepts floor and ceiling")
    assert verified["complete"] is True


def test_step_by_step(committed: Example, zkpot: Zkpot, tmp_path: Path) -> None:
    circuit, run = tmp_path / "circuit", tmp_path / "run"
    compiled = value(
        zkpot(
            "ezkl", "compile", committed.step, "--calibrate", committed.npz, "-o", circuit, "--json"
        )
    )
    assert (compiled["logrows"], compiled["link"]) == (12, "committed")
    keys = value(zkpot("ezkl", "setup", circuit, "--test-srs", "--json"))
    assert keys["circuit"] == compiled["digest"]
    proving = ("ezkl", "prove", circuit, "--data", committed.npz, "--steps", 1, "-o", run)
    proven = value(zkpot(*proving, "--test-srs", "--json"))
    assert proven["vk"] == keys["vk"]
    code, out, _ = zkpot("ezkl", "verify", run, "--test-srs", "--circuit", circuit)
    assert code == 0
    assert "valid: 1 training steps proven with EZKL" in out
    assert "not proven: rounding: every division accepts floor and ceiling" in out
    assert "unchecked: first, steps, batches, srs" in out
    code, out, _ = zkpot("ezkl", "weights", run, "-o", tmp_path / "w.safetensors")
    assert code == 0
    assert "weights after step 1 (2 tensors)" in out
    code, _, err = zkpot("ezkl", "verify", run, "--test-srs", "--circuit", circuit, "--steps", 2)
    assert code == 1
    assert "1 steps, and 2 were expected" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--backend", "ezkl", "--ray"), "--ray does not go with --backend ezkl"),
        (("--backend", "ezkl", "--nonce", "00"), "--nonce does not go with --backend ezkl"),
        (("--test-srs",), "--test-srs does not go with --backend native"),
        (("--scale", "7"), "--scale does not go with --backend native"),
        (("--backend", "ezkl"), "compiling needs data to calibrate on"),
    ],
)
def test_options_of_another_backend_are_refused(
    committed: Example, zkpot: Zkpot, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    code, out, err = zkpot("prove", committed.step, "--steps", 1, "--out", tmp_path / "r", *options)
    assert (code, out) == (2, "")
    assert message in err


def test_nothing_to_verify(zkpot: Zkpot, tmp_path: Path) -> None:
    code, _, err = zkpot("ezkl", "verify", tmp_path)
    assert code == 2
    assert "run.json: not readable" in err


def test_a_worker_that_ends_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, error in ((-9, NotEnoughResources), (-6, NotEnoughResources), (3, BackendFailed)):
        monkeypatch.setattr(process, "_run", lambda _command, _tick, code=code: code)
        with pytest.raises(error, match="EZKL's 'setup'"):
            process.call("setup")


def test_a_missing_ezkl_is_named() -> None:
    with pytest.raises(MissingExtra, match=r"pip install zkpot\[ezkl\]"):
        raise process._raised("setup", "MissingExtra", "")


def test_a_worker_is_stopped_with_its_caller(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "never.srs"
    with pytest.raises(KeyboardInterrupt):
        process.call("make_srs", tick=stop, scratch=tmp_path, path=str(path), logrows=20)
    assert list(tmp_path.iterdir()) == []

"""What the command line prints and how it exits."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stand_in import Native, description, install

from zkpot.artifacts.initial import InitialState
from zkpot.artifacts.program import Program
from zkpot.backends.native import BUILD
from zkpot.cli import main

Outcome = tuple[int, str, str]
Zkpot = Callable[..., Outcome]


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> Native:
    return install(monkeypatch)


@pytest.fixture
def folder(native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, its initial weights and data; the current one."""
    monkeypatch.chdir(tmp_path)
    initial = InitialState({"param.w": np.arange(30).reshape(3, 10)}, {"lr.0": 0.125})
    Program.from_description(description(), initial).write(Path("p.zkprog"))
    np.savez("d.npz", x=np.linspace(-1, 1, 120).reshape(40, 3), y=np.arange(40) % 10)
    return tmp_path


@pytest.fixture
def zkpot(folder: Path, capsys: pytest.CaptureFixture[str]) -> Zkpot:
    def run(*arguments: str) -> Outcome:
        code = 0
        try:
            main(arguments)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return code, *capsys.readouterr()

    return run


def value(outcome: Outcome) -> dict[str, Any]:
    """The one JSON object on stdout."""
    lines = outcome[1].splitlines()
    assert len(lines) == 1
    parsed = json.loads(lines[0])
    assert isinstance(parsed, dict)
    return parsed


PROVE = ("prove", "p.zkprog", "--data", "d.npz", "--steps", "8", "--out", "run")


def test_prove_json_has_the_documented_keys(zkpot: Zkpot) -> None:
    outcome = zkpot(*PROVE, "--json")
    assert outcome[0] == 0
    proven = value(outcome)
    assert set(proven) >= {
        "steps",
        "links",
        "seconds",
        "seconds_training",
        "seconds_proving",
        "peak_rss_bytes",
        "proof_bytes",
        "security_bits",
        "zero_knowledge",
        "backend",
        "loss_first",
        "loss_last",
    }
    assert proven["steps"] == 8
    assert proven["links"] == 2
    assert proven["peak_rss_bytes"] > 10**7
    assert proven["zero_knowledge"] is False
    # From the start of this test process.
    assert proven["seconds"] > 0.1


def test_verify_json_has_the_documented_keys(zkpot: Zkpot) -> None:
    zkpot(*PROVE)
    verified = value(zkpot("verify", "run", "--json", "--program", "p.zkprog", "--steps", "8"))
    assert set(verified) >= {
        "steps",
        "seconds",
        "program",
        "first_commitment",
        "last_commitment",
        "head",
        "data_root",
        "complete",
        "unchecked",
    }
    assert verified["unchecked"] == ["first", "data_root", "nonce", "context"]
    assert verified["complete"] is True


def test_verify_lists_what_was_not_checked(zkpot: Zkpot) -> None:
    zkpot(*PROVE)
    code, out, _ = zkpot("verify", "run", "--steps", "8")
    assert code == 0
    assert "valid: 8 training steps" in out
    assert "unchecked: program, first, data_root, nonce, context" in out


def test_from_proof_to_weights(zkpot: Zkpot, folder: Path) -> None:
    assert zkpot(*PROVE, "--quiet")[0] == 0
    assert zkpot("bundle", "run", "-o", "run.zkpot")[0] == 0
    assert zkpot("verify", "run.zkpot")[0] == 0
    code, out, _ = zkpot("weights", "run", "-o", "t.safetensors")
    assert (code, out) == (0, "t.safetensors: weights after step 8 (1 tensors)\n")
    assert (folder / "t.safetensors").stat().st_mode & 0o777 == 0o600


def test_status_shows_the_curve_and_what_deletion_would_cost(zkpot: Zkpot) -> None:
    zkpot(*PROVE)
    code, out, _ = zkpot("status", "run")
    assert code == 0
    assert "8 of 8 steps in 2 links, sealed" in out
    assert "loss 1.0000 █" in out
    assert "lost if deleted: the weights after step 8" in out
    assert value(zkpot("status", "run", "--json"))["sealed"] is True


def test_commit_and_prove_with_commitments(zkpot: Zkpot) -> None:
    committed = value(zkpot("commit", "p.zkprog", "--data", "d.npz", "-o", "owner", "--json"))
    proven = value(
        zkpot("prove", "p.zkprog", "--commitments", "owner", "--steps", "4", "-o", "run", "--json")
    )
    assert proven["data_root"] == committed["data_root"]
    assert zkpot("verify", "run", "--data-root", committed["data_root"])[0] == 0


def test_train_alone(zkpot: Zkpot) -> None:
    arguments = ("train", "p.zkprog", "--data", "d.npz", "--steps", "5", "--eval", "d.npz")
    trained = value(zkpot(*arguments, "--json"))
    assert trained["steps"] == 5
    assert trained["evaluation"]["accuracy"] == 0.9
    code, out, _ = zkpot(*arguments, "-o", "t.safetensors")
    assert code == 0
    assert "5 steps in" in out


def test_an_open_run_is_incomplete(zkpot: Zkpot, native: Native) -> None:
    native.interrupt_at = 4
    code, out, err = zkpot(*PROVE, "--link-steps", "4")
    assert code == 130
    assert out == ""
    assert "stopped; 4 steps are proven in run; run the same command to go on" in err
    outcome = zkpot("verify", "run", "--json")
    assert outcome[0] == 1
    refused = value(outcome)
    assert refused["error"] == "IncompleteRun"
    assert refused["complete"] is False
    assert refused["pending"]
    native.interrupt_at = None
    assert zkpot(*PROVE)[0] == 0
    assert zkpot("verify", "run")[0] == 0


def test_wrong_expectations_are_invalid_proofs(zkpot: Zkpot) -> None:
    zkpot(*PROVE)
    code, out, err = zkpot("verify", "run", "--steps", "9")
    assert (code, out) == (1, "")
    assert "steps is 8, and 9 was expected" in err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"zkpotrun" + b"\xff" * 30])
def test_what_is_no_proof_is_refused(zkpot: Zkpot, folder: Path, content: bytes) -> None:
    (folder / "x.zkpot").write_bytes(content)
    code, _, err = zkpot("verify", "x.zkpot")
    assert code == 1
    assert "x.zkpot: not a zkpot bundle" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "absent"), "absent: no such file"),
        (("status", "."), "no run here"),
        (("weights", ".", "-o", "w"), "no run here"),
        (("prove", "absent.onnx", "--steps", "1"), "absent.onnx: no such file"),
        (("prove", "d.npz", "--steps", "1", "--data", "d.npz"), "neither a training step"),
        (("prove", "p.zkprog", "--steps", "1", "--data", "e.npz"), "e.npz: no such file"),
        (("prove", "p.zkprog", "--steps", "1"), "a new run needs data: give --data"),
        (("prove", "p.zkprog", "--steps", "0", "--data", "d.npz"), "at least one"),
        (("prove", "p.zkprog", "--data", "d.npz"), "Missing option '--steps'"),
        ((*PROVE, "--lr", "fast"), "neither a number nor a readable file"),
        ((*PROVE, "--memory", "plenty"), "no size; write 8GB"),
        ((*PROVE, "--memory", "1MB"), "0 steps would fit"),
        ((*PROVE, "--nonce", "12"), "64 hexadecimal digits"),
        (("commit", "p.zkprog"), "nothing to commit to"),
        (("frobnicate",), "No such command"),
    ],
)
def test_unusable_input_exits_with_2(
    zkpot: Zkpot, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = zkpot(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    refused = value(zkpot(*arguments, "--json"))
    assert message in refused["message"]


def test_sizes_as_people_write_them() -> None:
    from zkpot.cli.options import Memory

    convert = Memory().convert
    assert [convert(text, None, None) for text in ("12", "1.5kB", "8GB", "2GiB", "1 M")] == [
        12,
        1500,
        8 * 10**9,
        2 << 30,
        10**6,
    ]


def test_inspect_lists_soundness_where_it_is_asked_for(zkpot: Zkpot) -> None:
    plain = value(zkpot("inspect", "p.zkprog", "--steps", "4", "--json"))
    assert "security" not in plain
    asked = ("inspect", "p.zkprog", "--steps", "4", "--security", "--bits", "128")
    account = value(zkpot(*asked, "--json"))["security"]
    assert (account["level"], account["steps"]) == (128, plain["steps"])
    assert set(account) == {
        "level",
        "steps",
        "import",
        "training",
        "seal",
        "hash",
        "max_links",
        "runs",
    }
    code, out, _ = zkpot(*asked)
    assert code == 0
    assert "weakest: opening of the witness: queries 0" in out
    assert "113.2  queries 0" in out
    assert "128 bits hold for up to 2000 such links" in out
    assert zkpot("inspect", "p.zkprog", "--security", "--bits", "80")[0] == 2


def test_inspect_says_what_time_is_for(zkpot: Zkpot, folder: Path) -> None:
    told = value(zkpot("inspect", "p.zkprog", "--steps", "4", "--json"))
    assert [link["kind"] for link in told["links"]] == ["training", "seal"]
    proving = sum(link["seconds"] for link in told["links"])
    assert 0 < proving < told["seconds"]
    assert sum(entry["seconds"] for entry in told["breakdown"]) == pytest.approx(proving)
    assert sum(layer["seconds"] for layer in told["layers"]) == pytest.approx(proving)
    assert {entry["phase"] for entry in told["breakdown"]} >= {"lookup", "open witness", "train"}
    # The first training link takes the data, which later ones do not.
    assert 0 < told["step_seconds"] < told["links"][0]["seconds"] / 4
    code, out, _ = zkpot("inspect", "p.zkprog", "--steps", "4", "--picture", "time.svg")
    assert code == 0
    assert "opening of the witness" in out
    assert "protocol: tables" in out
    drawn = (folder / "time.svg").read_text()
    assert drawn.startswith("<?xml")
    # A box each for the run, its links, phases, layers and tensors.
    assert drawn.count("<path") > 20
    assert zkpot("inspect", "p.zkprog", "--picture", "time.nothing")[0] == 2


def test_help_and_version(zkpot: Zkpot) -> None:
    code, out, _ = zkpot("--help")
    assert code == 0
    for command in (
        "export",
        "compile",
        "inspect",
        "prove",
        "status",
        "bundle",
        "verify",
        "weights",
        "train",
        "commit",
    ):
        assert command in out
    code, out, _ = zkpot("--version")
    assert code == 0
    assert out.strip() == f"zkpot, version {version('zkpot')}, build {BUILD}"

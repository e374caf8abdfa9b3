"""The contract takes a run's proofs on an EVM, and nothing else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from zkpot.backends.ezkl import solidity
from zkpot.errors import BackendFailed, InputError, InvalidProof
from zkpot.pipeline.ezkl.contract import write_contract

Example = Any

ROOT = Path(__file__).parents[2]
SOLC = ROOT / "node_modules" / "solc" / "solc.js"
YES = f"{1:064x}"


@pytest.fixture(params=["committed", "hashed"])
def contract(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    assert SOLC.exists(), "no Solidity compiler: 'make data' fetches it with npm"
    example = request.getfixturevalue(request.param)
    written = write_contract(example.run, tmp_path / "c", solc=SOLC, test_srs=True)
    assert written.test_srs
    assert written.steps == 2
    return tmp_path / "c"


def on_an_evm(contract: Path, calls: list[str]) -> list[dict[str, Any]]:
    """What the deployed contract answers to each call."""
    request = contract / "request.json"
    code = (contract / "verifier.bin").read_text()
    request.write_text(json.dumps({"code": code, "calldata": calls}))
    script = Path(__file__).with_name("evm.mjs")
    done = subprocess.run(
        ["node", str(script), str(request)], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_takes_each_proof_and_no_other(contract: Path) -> None:
    calls = [(contract / f"step-{step:06}.calldata").read_text() for step in range(2)]
    # The proof begins behind a selector, two places and a length.
    start = 2 * 4 + 3 * 64
    commitment = calls[0][:start] + calls[1][start : start + 128] + calls[0][start + 128 :]
    flipped = [flip(calls[0], place) for place in (start, 3000, len(calls[0]) - 300)]
    wrong = [commitment, *flipped, calls[0][:-500]]
    answers = on_an_evm(contract, [*calls, *wrong])
    for answer in answers[:2]:
        assert (answer["returned"], answer["error"]) == (YES, None)
        assert answer["gas"] < 1_000_000
        assert 10_000 < answer["size"] <= solidity.LARGEST_CODE
    for answer in answers[2:]:
        assert answer["returned"] != YES
    assert (contract / "verifier.sol").read_text().startswith("// A TEST SRS")
    abi = json.loads((contract / "verifier.abi.json").read_text())
    assert [entry["name"] for entry in abi] == ["verifyProof"]


def flip(digits: str, place: int) -> str:
    return digits[:place] + f"{int(digits[place], 16) ^ 1:x}" + digits[place + 1 :]


def test_a_run_that_does_not_verify_gets_no_contract(committed: Example, tmp_path: Path) -> None:
    with pytest.raises(InvalidProof):
        write_contract(committed.run, tmp_path / "c", solc=SOLC, test_srs=True, steps=3)
    with pytest.raises(InputError, match="--test-srs"):
        write_contract(committed.run, tmp_path / "c", solc=SOLC)
    assert not (tmp_path / "c").exists()


def test_another_compiler_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "solc"
    other.write_text("#!/bin/sh\necho Version: 0.8.30\n")
    other.chmod(0o755)
    with pytest.raises(InputError, match=r"not Solidity's compiler, version 0\.8\.20"):
        solidity.find(other)
    with pytest.raises(InputError, match="cannot be run"):
        solidity.find(tmp_path / "absent")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="npm install solc"):
        solidity.find(None)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("contract Halo2Verifier {", "did not compile"),
        ("contract Other {}", "did not compile"),
        ("abstract contract Halo2Verifier { function f() external virtual; }", "0 bytes of code"),
    ],
)
def test_what_is_no_verifier(source: str, message: str) -> None:
    with pytest.raises(BackendFailed, match=message):
        solidity.compile_verifier(SOLC, f"pragma solidity ^0.8.0;\n{source}")

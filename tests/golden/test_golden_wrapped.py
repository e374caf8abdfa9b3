"""Golden wrapped proofs verify with their circuit's file, without keys."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.golden.make_wrapped import CIRCUIT, HERE, PROOFS, index
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.cli import main
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.wrapping.verification import verify_with_circuit


def test_the_index_is_what_python_packs() -> None:
    assert json.loads((HERE / "index.json").read_text()) == index()


@pytest.mark.parametrize("name", PROOFS)
def test_golden_proofs_verify(name: str, tmp_path: Path) -> None:
    path, out = HERE / f"{name}.evm", tmp_path / "proof.zkwrap"
    proof, known = verify_with_circuit(path, HERE / CIRCUIT, test_srs=True, out=out)
    assert proof == EvmProof.read(path)
    assert known
    assert out.read_bytes() == (HERE / f"{name}.zkwrap").read_bytes()


def test_others_are_refused(tmp_path: Path) -> None:
    proof = EvmProof.read(HERE / "1.evm")
    last = proof.proof[:-1] + ("0" if proof.proof[-1] != "0" else "1")
    changes = {
        "proof": {"proof": last},
        "length": {"proof": proof.proof + "00"},
        "nonce": {"terms": replace(proof.terms, nonce="00" * 32)},
        "rows": {"terms": replace(proof.terms, rows=proof.terms.rows + 1)},
        "circuit": {"circuit": "00" * 32},
    }
    for name, change in changes.items():
        path = tmp_path / f"{name}.evm"
        replace(proof, **change).write(path)
        with pytest.raises(InvalidProof, match=f"^{path}: "):
            verify_with_circuit(path, HERE / CIRCUIT, test_srs=True)


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    binary, circuit = tmp_path / "proof.zkwrap", str(HERE / CIRCUIT)
    given = ["wrap", "verify", str(HERE / "1.evm"), "--circuit", circuit, "--test-srs", "--json"]
    main([*given, "--binary", str(binary)])
    found = json.loads(capsys.readouterr().out)
    assert (found["valid"], found["first_step"], found["steps"]) == (True, 16, 16)
    assert found["test_srs"]
    assert binary.read_bytes() == (HERE / "1.zkwrap").read_bytes()
    # A proof of the first chunk's states under the second's name.
    forged = tmp_path / "forged.evm"
    first, second = (EvmProof.read(HERE / f"{name}.evm") for name in PROOFS)
    replace(second, proof=first.proof).write(forged)
    with pytest.raises(SystemExit) as stopped:
        main(["wrap", "verify", str(forged), "--circuit", circuit, "--test-srs"])
    assert stopped.value.code == 1
    assert str(forged) in capsys.readouterr().err


def test_a_known_secret_is_asked_for() -> None:
    with pytest.raises(InputError, match="a secret that everybody knows"):
        verify_with_circuit(HERE / "0.evm", HERE / CIRCUIT)


def test_another_file_is_no_circuit(tmp_path: Path) -> None:
    content = (HERE / CIRCUIT).read_bytes()
    for name, damaged in {"half": content[:4000], "other": b"ZKPROG" + content[6:]}.items():
        path = tmp_path / name
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=f"^{path}: not a circuit file: "):
            verify_with_circuit(HERE / "0.evm", path, test_srs=True)

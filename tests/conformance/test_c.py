"""The conformance suite in C, and the example: with what `make embed` builds."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conformance.suite import ROOT, Case, golden, read_cases
from tests.conformance.wrapped.suite import CIRCUIT, PROOFS, read_wrapped_cases, receipts

EMBED = Path(os.environ.get("ZKPOT_EMBED", ROOT / "target" / "embed"))


def _compiled(source: Path, target: Path) -> Path:
    def flags(kind: str) -> list[str]:
        told = subprocess.run(
            ["pkg-config", kind, "zkpot"],
            env=os.environ | {"PKG_CONFIG_PATH": str(EMBED / "lib" / "pkgconfig")},
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.split()

    strict = ["-std=c11", "-Wall", "-Wextra", "-Werror"]
    command = ["cc", *strict, *flags("--cflags"), source, *flags("--libs"), "-o", target]
    subprocess.run(command, check=True)
    return target


def _case(case: Case) -> bytes:
    texts = [case.limits, case.expectations]
    return _parts(*("" if text is None else json.dumps(text) for text in texts), case.bundle)


def _parts(*parts: bytes | str) -> bytes:
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded)


def _answers(told: bytes) -> Iterator[dict[str, Any]]:
    at = 0

    def take(length: int) -> bytes:
        nonlocal at
        at += length
        return told[at - length : at]

    def number(length: int) -> int:
        return int.from_bytes(take(length), "little")

    while at < len(told):
        code, work = number(4), number(8)
        message, receipt = take(number(4)).decode(), take(number(4)).decode()
        found = json.loads(receipt) if receipt else None
        yield {"code": code, "message": message, "receipt": found, "work": work}


def test_answers(tmp_path: Path) -> None:
    """Whole and in pieces, which come to a damaged container late: they refuse it, too."""
    cases = read_cases()
    program = _compiled(Path(__file__).parent / "c" / "answer.c", tmp_path / "answer")
    told = subprocess.run(
        [program], input=b"".join(map(_case, cases)), capture_output=True, check=True
    )
    answers = list(_answers(told.stdout))
    assert len(answers) == 2 * len(cases)
    for case, whole, pieces in zip(cases, answers[::2], answers[1::2], strict=True):
        assert whole == case.result, case.name
        if whole["work"]:
            assert pieces == whole, case.name
        else:
            assert (pieces["code"] == 0) == (whole["code"] == 0), case.name


def test_answers_to_wrapped_proofs(tmp_path: Path) -> None:
    """Alone, and in a batch with valid ones."""
    cases = read_wrapped_cases()
    program = _compiled(Path(__file__).parent / "c" / "answer_wrapped.c", tmp_path / "answer")
    given = [_parts(case.circuit_file, case.told, case.proof) for case in cases]
    told = subprocess.run(
        [program, ROOT / PROOFS[0]], input=b"".join(given), capture_output=True, check=True
    )
    answers = list(_answers(told.stdout))
    assert len(answers) == 2 * len(cases)
    for case, alone, batched in zip(cases, answers[::2], answers[1::2], strict=True):
        assert alone == case.result, case.name
        assert batched == case.result, case.name


def test_example(tmp_path: Path) -> None:
    """Exit codes and what is printed."""
    program = _compiled(ROOT / "bindings" / "c" / "examples" / "verify.c", tmp_path / "verify")
    hiding = golden()["hiding"]

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    bundle, receipt = ROOT / hiding["base"], hiding["receipt"]
    valid = run(bundle, json.dumps({"steps": 2}))
    assert valid.returncode == 0
    first, second = valid.stdout.splitlines()
    assert first == f"2 steps, 109 bits of security, model {receipt['last_commitment']}"
    assert json.loads(second)["statement"] == receipt["statement"]
    refused = run(bundle, json.dumps({"steps": 3}))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("steps: expected 3, the proof has 2 (code 26)\n")
    assert run(bundle, "{").returncode == 2
    assert run(tmp_path / "none").returncode == 2
    assert run().returncode == 2


def test_example_of_wrapped_proofs(tmp_path: Path) -> None:
    """Exit codes and what is printed."""
    source = ROOT / "bindings" / "c" / "examples" / "verify_wrapped.c"
    program = _compiled(source, tmp_path / "verify_wrapped")

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    circuit, proof, end = ROOT / CIRCUIT, ROOT / PROOFS[1], receipts()[1]["end"]
    valid = run(circuit, proof, json.dumps({"allow_test_srs": True, "steps": 32}))
    assert valid.returncode == 0
    first, second = valid.stdout.splitlines()
    assert first == f"steps 16 to 32, 100 bits of security, model {end['states']}"
    assert json.loads(second) == receipts()[1]
    forgeable = run(circuit, proof)
    assert (forgeable.returncode, forgeable.stdout) == (1, "")
    assert forgeable.stderr.endswith("(code 35)\n")
    assert run(proof, proof).returncode == 1
    assert run(circuit, proof, "{").returncode == 2
    assert run(circuit, tmp_path / "none").returncode == 2
    assert run(circuit).returncode == 2

"""The file proof.evm: what is written is read, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.vectors import CASES, MIDDLE, NAMES, THREE, Case
from zkpot.artifacts.evm_proof import LARGEST_FILE, EvmProof
from zkpot.artifacts.wrapped_statement import ORDER
from zkpot.errors import InputError


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_is_written_is_read(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "proof.evm"
    case.proof.write(path)
    assert EvmProof.read(path) == case.proof
    assert [file.name for file in tmp_path.iterdir()] == ["proof.evm"]


def put(*where: Any) -> Callable[[Any], None]:
    """Puts the last argument where the others lead."""

    def change(document: Any) -> None:
        *path, last, value = where
        for name in path:
            document = document[name]
        document[last] = value

    return change


ZERO, RAISED = "00" * 32, f"{int(THREE.frozen['shard'], 16) + ORDER:064x}"
ENVELOPE = {"ciphertext": "11" * 32, "key": "22" * 32}
LARGE = {"ciphertext": "11" * 32, "key": RAISED}
FIELD = "is no element of the circuit's field"
CHANGES: dict[str, tuple[Callable[[Any], None], str]] = {
    "another format": (put("format", "zkpot.ezkl.circuit"), "format"),
    "another version": (put("version", 3), "version 3, and this zkpot reads 2"),
    "a missing field": (lambda document: document.pop("terms"), "terms"),
    "a digest of 31 bytes": (put("terms", "program", "00" * 31), r"\$\.terms\.program"),
    "capitals": (put("terms", "nonce", "AB" * 32), r"\$\.terms\.nonce"),
    "a newline": (put("circuit", "ab" * 32 + "\n"), r"\$\.circuit"),
    "half a byte": (put("proof", "abc"), r"\$\.proof"),
    "no proof": (put("proof", ""), r"\$\.proof"),
    "no links": (put("links", []), r"\$\.links"),
    "another security": (put("terms", "security", 80), r"\$\.terms\.security"),
    "no rows": (put("terms", "rows", 0), r"\$\.terms\.rows"),
    "too many rows": (put("terms", "rows", 2**24 + 1), r"\$\.terms\.rows"),
    "no steps": (put("terms", "steps", 0), r"\$\.terms\.steps"),
    "negative steps": (put("start", "first_step", -1), r"\$\.start\.first_step"),
    "a scalar of 65 bits": (put("links", 0, "scalars", 0, 2**63), r"\$\.links\[0\]\.scalars"),
    "a real scalar": (put("links", 1, "outputs", 0, 0.5), r"\$\.links\[1\]\.outputs"),
    "a zero commitment": (put("links", 2, "after", ZERO), f"'after of link 2' {FIELD}"),
    "a large commitment": (put("terms", "shard", RAISED), f"'shard' {FIELD}"),
    "a large hash": (put("hash", "ff" * 32), f"the hash {FIELD}"),
    "another start": (put("start", "before", THREE.frozen["shard"]), "from its first commitment"),
    "a statement before": (put("start", "previous", "01" * 32), "no previous statement"),
    "no statement before": (put("start", "first_step", 6), "every other one has"),
    "a scalar less": (lambda document: document["links"][1]["scalars"].pop(), "one number"),
    "a total less": (lambda document: document["links"][1]["outputs"].pop(), "one number"),
    "other steps": (put("terms", "steps", 5), "one number"),
    "an envelope of one": (put("links", 1, "envelope", ENVELOPE), "either all links"),
    "a large key": (put("links", 1, "envelope", LARGE), f"the envelope of link 1 {FIELD}"),
    "an envelope without key": (put("links", 1, "envelope", {"ciphertext": ZERO}), "key"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_file_is_refused(name: str, tmp_path: Path) -> None:
    change, message = CHANGES[name]
    document = json.loads(THREE.proof.to_json())
    change(document)
    path = tmp_path / "proof.evm"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match=message) as refused:
        EvmProof.read(path)
    assert str(refused.value).startswith(f"{path}: not a proof that a chain can check (")
    assert refused.value.exit_code == 2


def test_a_run_of_too_many_steps() -> None:
    document = json.loads(MIDDLE.proof.to_json())
    document["start"]["first_step"] = 2**63 - 4
    with pytest.raises(ValueError, match="more than 2\\^63 - 1 steps"):
        EvmProof.from_json(json.dumps(document))
    document["start"]["first_step"] -= 1
    assert EvmProof.from_json(json.dumps(document)).start.first_step == 2**63 - 5


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"null"])
def test_no_json(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "proof.evm"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a proof that a chain can check"):
        EvmProof.read(path)


def test_no_file_and_a_huge_one(tmp_path: Path) -> None:
    path = tmp_path / "proof.evm"
    with pytest.raises(InputError, match=r"proof\.evm: not readable"):
        EvmProof.read(path)
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(InputError, match=r"proof\.evm: larger than"):
        EvmProof.read(path)

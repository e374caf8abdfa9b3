"""Cases of wrapped proofs: what they are made of, and what Python answers to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.suite import ROOT, Edit, edited
from zkpot._native import answer_wrapped

INDEX = Path(__file__).parent / "index.json"
GOLDEN = "tests/golden/wrapped"
CIRCUIT = f"{GOLDEN}/digits.zkcirc"
PROOFS = (f"{GOLDEN}/0.zkwrap", f"{GOLDEN}/1.zkwrap")
# The golden circuit's setup is for tests.
TAKEN = {"allow_test_srs": True}


@dataclass(frozen=True)
class WrappedCase:
    """A circuit file, a proof, and what is expected of it.

    Attributes:
        name: Of the case, unique.
        circuit: A circuit file, by its path in the repository.
        base: A proof in its binary form, by its path.
    """

    name: str
    base: str = PROOFS[0]
    edits: Sequence[Edit] = ()
    expectations: dict[str, Any] | None = field(default_factory=lambda: dict(TAKEN))
    circuit: str = CIRCUIT
    circuit_edits: Sequence[Edit] = ()
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def proof(self) -> bytes:
        """The bytes to verify."""
        return edited(self.base, self.edits)

    @property
    def circuit_file(self) -> bytes:
        """The circuit file to verify them with."""
        return edited(self.circuit, self.circuit_edits)

    @property
    def told(self) -> str:
        """The expectations as they are given."""
        return "" if self.expectations is None else json.dumps(self.expectations)

    def as_json(self) -> dict[str, Any]:
        """All but the result, as the index has it."""
        return {
            "name": self.name,
            "circuit": self.circuit,
            "circuit_edits": [edit.as_json() for edit in self.circuit_edits],
            "base": self.base,
            "edits": [edit.as_json() for edit in self.edits],
            "expectations": self.expectations,
        }


def read_wrapped_cases() -> list[WrappedCase]:
    """The cases of the index."""
    cases = json.loads(INDEX.read_text())["cases"]
    for case in cases:
        for key in ("edits", "circuit_edits"):
            case[key] = [Edit.from_json(edit) for edit in case[key]]
    return [WrappedCase(**case) for case in cases]


def answer(case: WrappedCase) -> dict[str, Any]:
    """What the native verifier answers, as the index has it."""
    told = answer_wrapped(case.circuit_file, case.proof, case.told)
    code, message, receipt, work = told
    found = json.loads(receipt) if receipt else None
    return {"code": code, "message": message, "receipt": found, "work": work}


@cache
def receipts() -> list[dict[str, Any]]:
    """Receipts of the golden proofs."""
    index = json.loads((ROOT / GOLDEN / "index.json").read_text())
    return [proof["receipt"] for proof in index["proofs"]]

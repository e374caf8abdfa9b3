"""Cases of the conformance suite: what they are made of, and what Python answers to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from zkpot._native import verify_bundle
from zkpot.artifacts.bundle import MAGIC, VERSION
from zkpot.artifacts.sections import places

ROOT = Path(__file__).parents[2]
INDEX = Path(__file__).parent / "index.json"
GOLDEN = "tests/golden/6"


@dataclass(frozen=True)
class Edit:
    """A change of a file: from byte `at` on so many are removed, and others put in their place.

    Places are those of the unchanged file, in ascending order.
    """

    at: int
    remove: int
    insert: bytes

    def as_json(self) -> dict[str, Any]:
        """As an index has it."""
        return {"at": self.at, "remove": self.remove, "insert": self.insert.hex()}

    @classmethod
    def from_json(cls, edit: dict[str, Any]) -> Edit:
        """From an index."""
        return cls(edit["at"], edit["remove"], bytes.fromhex(edit["insert"]))


@dataclass(frozen=True)
class Case:
    """A bundle, what is expected of it, and limits.

    Attributes:
        name: Of the case, unique.
        base: A bundle, by its path in the repository.
    """

    name: str
    base: str
    edits: Sequence[Edit] = ()
    expectations: dict[str, Any] | None = None
    limits: dict[str, Any] | None = None
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def bundle(self) -> bytes:
        """The bytes to verify."""
        return edited(self.base, self.edits)

    def as_json(self) -> dict[str, Any]:
        """All but the result, as the index has it."""
        edits = [edit.as_json() for edit in self.edits]
        told = {"expectations": self.expectations, "limits": self.limits}
        return {"name": self.name, "base": self.base, "edits": edits} | told


def read_cases() -> list[Case]:
    """The cases of the index."""
    cases = json.loads(INDEX.read_text())["cases"]
    for case in cases:
        case["edits"] = [Edit.from_json(edit) for edit in case["edits"]]
    return [Case(**case) for case in cases]


def answer(case: Case) -> dict[str, Any]:
    """What the native verifier answers, as the index has it."""
    expectations = "" if case.expectations is None else json.dumps(case.expectations)
    limits = "" if case.limits is None else json.dumps(case.limits)
    code, message, receipt, work = verify_bundle(case.bundle, expectations, limits)
    found = json.loads(receipt) if receipt else None
    return {"code": code, "message": message, "receipt": found, "work": work}


def edited(base: str, edits: Sequence[Edit]) -> bytes:
    """A file of the repository with changes."""
    unchanged, parts, at = content(base), list[bytes](), 0
    for edit in edits:
        parts += [unchanged[at : edit.at], edit.insert]
        at = edit.at + edit.remove
    return b"".join([*parts, unchanged[at:]])


@cache
def content(base: str) -> bytes:
    """The bytes of a file of the repository."""
    return (ROOT / base).read_bytes()


@cache
def sections(base: str) -> dict[str, tuple[int, int]]:
    """Start and length of each section of a bundle."""
    whole = content(base)
    return places(lambda at, length: whole[at : at + length], len(whole), MAGIC, VERSION)


@cache
def golden() -> dict[str, dict[str, Any]]:
    """Golden runs by name: `base`, `receipt`, and the `expectations` that let them pass."""
    runs = {
        run["name"]: run for run in json.loads((ROOT / GOLDEN / "index.json").read_text())["runs"]
    }
    told = {}
    for name, run in runs.items():
        needed: dict[str, Any] = {}
        if not run["receipt"]["zero_knowledge"]:
            needed["allow_clear"] = True
        if run["after"]:
            needed["previous"] = runs[run["after"]]["receipt"]["continuation"]
        told[name] = {
            "base": f"{GOLDEN}/{name}.zkpot",
            "receipt": run["receipt"],
            "expectations": needed,
        }
    return told

"""The page on envelopes names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "spec" / "envelope.md"
SOURCES = ("circuits/**/*.rs", "rust/*/src/**/*.rs", "rust/*/tests/**/*.rs", "tests/contracts/*.py")


def test_each_attack_has_its_test() -> None:
    table = PAGE.read_text().split("## Attacks")[1]
    named = set(re.findall(r"`(\w+)`", table))
    assert len(named) > 8
    sources = "".join(path.read_text() for glob in SOURCES for path in ROOT.glob(glob))
    there = set(re.findall(r"\b(?:fn|def) (\w+)\(", sources))
    assert named <= there, named - there

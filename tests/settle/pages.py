"""What pages about contracts say, read from the pages, the contracts and their tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

from contracts.compile import CONTRACTS

TESTS = CONTRACTS / "test" / "settle"


def written() -> dict[str, set[str]]:
    """Test contracts and their functions."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("*.t.sol"):
        parts = re.split(r"^contract (\w+)", path.read_text(), flags=re.MULTILINE)
        for name, body in zip(parts[1::2], parts[2::2], strict=True):
            found[name] = set(re.findall(r"function (\w+)", body))
    return found


def missing_tests(page: str) -> tuple[list[str], int]:
    """Tests that the page names and nobody wrote, and how many it names."""
    tests, missing, named = written(), [], 0
    table = page.partition("## Attacks")[2]
    for row in re.findall(r"^\| .+ \| .+ \| (`.+`) \|$", table, flags=re.MULTILINE):
        contract = ""
        for name in re.findall(r"`(\w+(?:\.\w+)?)`", row):
            first, dot, function = name.partition(".")
            if first in tests:
                contract = first
            named += 1
            wanted = function if dot else ("" if first in tests else first)
            if not contract or (wanted and wanted not in tests[contract]):
                missing.append(name)
    return missing, named


def gas_rows(snapshots: str) -> list[str]:
    """Rows of a page's table, by the name of the file that forge compares."""
    figures = json.loads((TESTS / "snapshots" / f"{snapshots}.json").read_text())
    return [f"| {name} | {int(gas):,} |" for name, gas in figures.items()]


def states(source: Path) -> set[str]:
    """Names of a contract's states."""
    _, _, after = source.read_text().partition("enum State {")
    return set(re.findall(r"^ +(\w+),?$", after.partition("}")[0], flags=re.MULTILINE))

"""docs/spec/settlement.md and the list of bugs say what the contracts and their tests are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from contracts.compile import CONTRACTS, sources
from tests.settle.bugs import BUGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "settlement.md").read_text()
TESTS = CONTRACTS / "test" / "settle"


def written() -> dict[str, set[str]]:
    """Test contracts and their functions."""
    found: dict[str, set[str]] = {}
    for path in TESTS.glob("*.t.sol"):
        parts = re.split(r"^contract (\w+)", path.read_text(), flags=re.MULTILINE)
        for name, body in zip(parts[1::2], parts[2::2], strict=True):
            found[name] = set(re.findall(r"function (\w+)", body))
    return found


def test_the_page_says_what_it_costs() -> None:
    figures = json.loads((TESTS / "snapshots" / "OrderBook.json").read_text())
    assert len(figures) == 24
    for name, gas in figures.items():
        row = f"| {name} | {int(gas):,} |"
        assert row in PAGE, row


def test_the_tests_of_the_page_are_there() -> None:
    tests, rows = written(), re.findall(r"^\| .+ \| .+ \| (`.+`) \|$", PAGE, flags=re.MULTILINE)
    named = 0
    for row in rows:
        contract = ""
        for name in re.findall(r"`(\w+(?:\.\w+)?)`", row):
            first, dot, function = name.partition(".")
            if first in tests:
                contract = first
            assert contract in tests, row
            if dot or first not in tests:
                assert (function or first) in tests[contract], name
            named += 1
    assert named > 55


def test_each_state_of_the_page_is_one_of_the_contract() -> None:
    book = (CONTRACTS / "src" / "settle" / "OrderBook.sol").read_text()
    _, _, after = book.partition("enum State {")
    states = set(re.findall(r"^ +(\w+),?$", after.partition("}")[0], flags=re.MULTILINE))
    table = PAGE.partition("## States")[2].partition("## Money")[0]
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| .+ \| (\w+) \|$", table, flags=re.MULTILINE)
    assert {state for row in rows for state in (row[0], row[2])} == states
    calls = set(re.findall(r"function (\w+)\(Order calldata order.*?nonReentrant", book, re.DOTALL))
    calls |= set(re.findall(r"function (settle)\(", book))
    assert {call for _, call, _ in rows} == {call for call in calls if not call.startswith("_")}


def test_each_bug_can_be_planted() -> None:
    tests = written()
    for bug in BUGS:
        assert (ROOT / bug.path).read_text().count(bug.text) == 1, bug.text
        contract, _, function = bug.test.partition(".")
        assert function in tests[contract], bug.test
        assert bug.planted != bug.text


def test_settlement_is_compiled_by_forge_alone() -> None:
    assert not any("settle" in path for path in sources())
    assert "src/TrainingVerifier.sol" in sources()

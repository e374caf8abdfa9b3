"""docs/spec/threats.md leaves no attack out, and its places, tests and planted bugs are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.compile import CONTRACTS
from tests.settle.pages import written
from tests.settle.planting import ALL

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "threats.md").read_text()
#: What each has to have a test that fails with a planted bug; the page may have more.
ATTACKS = (
    "replay: another order",
    "replay: another chain",
    "replay: another round",
    "front-running a copied proof",
    "malformed proof",
    "truncated proof",
    "oversized proof",
    "malleated calldata",
    "double payment",
    "gas griefing",
    "stale commitment",
    "reorganisation",
    "unbond, then cheat",
    "frivolous challenge",
    "censorship by a validator",
    "Sybil split of stake",
    "tokens with a fee",
    "rebasing tokens",
    "re-entrant tokens",
    "weights without payment",
    "payment without weights",
)
#: Who the page has to speak of.
PARTIES = (
    *("consumer", "worker", "another bidder", "passer-by", "block proposer", "validator"),
    *("challenger", "admin of `Staking`", "owner of `Parameters`", "issuer of a token"),
    *("author of front or verifier", "ceremony"),
)


def rows(title: str, columns: int) -> list[list[str]]:
    """The cells of the table under a title, without its head."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    found = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    assert found
    assert all(len(row) == columns for row in found), title
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in found]


RULES = rows("What holds them", 4)
ATTACKED = rows("Attacks", 4)


def python_test(name: str) -> bool:
    """Whether `FILE::FUNCTION` is a test in Python."""
    file, _, function = name.partition("::")
    paths = list((ROOT / "tests").rglob(file))
    return len(paths) == 1 and f"\ndef {function}(" in paths[0].read_text()


def is_test(name: str) -> bool:
    contract, _, function = name.partition(".")
    return python_test(name) if "::" in name else function in written().get(contract, set())


def one_line(text: str) -> str:
    return " ".join(text.split())


def listed(cell: str, tests: set[str]) -> bool:
    """Whether a planted bug of this cell is in the lists, with one of these tests."""
    match = re.fullmatch(r"`([^`]+)` (?:left out|becomes `([^`]+)`)", cell)
    if match is None:
        return False
    text, planted = match[1], match[2] or ""
    return any(
        (one_line(bug.text), one_line(bug.planted)) == (text, planted) and bug.test in tests
        for bug in ALL
    )


@pytest.mark.parametrize("row", [*RULES, *ATTACKED], ids=lambda row: row[0])
def test_its_tests_and_bugs_are_there(row: list[str]) -> None:
    tests = set(re.findall(r"`([^`]+)`", row[2]))
    assert tests
    assert {name for name in tests if not is_test(name)} == set()
    bugs = row[3].split("; ") if row[3] else []
    for cell in bugs:
        # Some tests in Python plant their bugs themselves.
        alone = re.fullmatch(r"`([^`]+::[^`]+)`", cell)
        assert python_test(alone[1]) if alone else listed(cell, tests), cell
    # Contracts have planted bugs, clients have none.
    assert bugs or all("::" in name for name in tests)


@pytest.mark.parametrize("row", RULES, ids=lambda row: row[0])
def test_its_place_is_there(row: list[str]) -> None:
    (place,) = re.findall(r"`([^`]+)`", row[1])
    if place.endswith(".py"):
        assert (ROOT / "python" / place).is_file()
        return
    contract, _, function = place.partition(".")
    (path,) = (CONTRACTS / "src").rglob(f"{contract}.sol")
    wanted = "constructor" if function == "constructor" else f"function {function}"
    assert f"    {wanted}(" in path.read_text()


def test_no_attack_is_left_out() -> None:
    named = [row[0] for row in ATTACKED]
    assert set(ATTACKS) <= set(named)
    assert len(set(named)) == len(named)
    for row in ATTACKED:
        if row[0] in ATTACKS:
            assert row[3], row[0]


def test_all_who_take_part_are_there() -> None:
    said = [row[0] for row in rows("Who takes part", 4)]
    for party in PARTIES:
        assert any(party in who for who in said), party


def test_it_says_what_it_does_not_answer() -> None:
    assert "\n## What nothing here answers\n" in PAGE
    assert "\n## What is assumed\n" in PAGE

"""docs/spec/settlement.md and the list of bugs say what the contracts and their tests are."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.compile import CONTRACTS, sources
from contracts.order_picture import PICTURE, PLACES, draw, transitions
from tests.settle.bugs import BUGS
from tests.settle.bugs_of_sums import BUGS_OF_SUMS
from tests.settle.pages import gas_rows, missing_tests, states, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "settlement.md").read_text()
BOOK = CONTRACTS / "src" / "settle" / "OrderBook.sol"


def test_the_page_says_what_it_costs() -> None:
    rows = gas_rows("OrderBook")
    assert len(rows) == 28
    for row in rows:
        assert row in PAGE, row


def test_the_tests_of_the_page_are_there() -> None:
    missing, named = missing_tests(PAGE)
    assert missing == []
    assert named > 55


def test_each_state_of_the_page_is_one_of_the_contract() -> None:
    found = transitions(PAGE)
    assert {state for pair in found for state in pair} == states(BOOK)
    book = BOOK.read_text()
    calls = set(re.findall(r"function (\w+)\(Order calldata order.*?nonReentrant", book, re.DOTALL))
    calls |= set(re.findall(r"function (settle)\(", book))
    shown = {call for some in found.values() for call in some}
    assert shown == {call for call in calls if not call.startswith("_")}


def test_the_picture_shows_the_table() -> None:
    assert PICTURE.read_text() == draw(PAGE)
    assert set(PLACES) == states(BOOK)


def test_each_bug_can_be_planted() -> None:
    tests = written()
    for bug in (*BUGS, *BUGS_OF_SUMS):
        assert (ROOT / bug.path).read_text().count(bug.text) == 1, bug.text
        contract, _, function = bug.test.partition(".")
        assert function in tests[contract], bug.test
        assert bug.planted != bug.text


def test_settlement_is_compiled_by_forge_alone() -> None:
    assert not any("settle" in path for path in sources())
    assert "src/TrainingVerifier.sol" in sources()

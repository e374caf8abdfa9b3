"""docs/spec/claims.md and the list of bugs say what the contracts and their tests are."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.compile import CONTRACTS
from tests.settle.bugs_of_claims import BUGS_OF_CLAIMS
from tests.settle.pages import gas_rows, missing_tests, states, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "claims.md").read_text()
CLAIMS = CONTRACTS / "src" / "settle" / "claims" / "Claims.sol"
#: Functions that take any state but the ends, and say themselves which wait has passed.
ANY = {"advance", "prove"}


def table() -> list[tuple[str, str, str]]:
    """From, call, to."""
    rows = PAGE.partition("## States")[2].partition("## Money")[0]
    return re.findall(r"^\| (\w+) \| `(\w+)` \| .*\| (\w+) \|$", rows, flags=re.MULTILINE)


def test_the_page_says_what_it_costs() -> None:
    rows = gas_rows("Claims")
    assert len(rows) == 13
    for row in rows:
        assert row in PAGE, row


def test_the_tests_of_the_page_are_there() -> None:
    missing, named = missing_tests(PAGE)
    assert not missing
    assert named > 40


def test_each_state_of_the_page_is_one_of_the_contract() -> None:
    assert {state for row in table() for state in (row[0], row[2])} == states(CLAIMS)


def test_each_call_of_the_page_has_the_contracts_states() -> None:
    found: dict[str, set[str]] = {}
    for call, body in re.findall(
        r"^    function (\w+)\(.*?\{\n(.*?)^    \}", CLAIMS.read_text(), re.MULTILINE | re.DOTALL
    ):
        found[call] = set(re.findall(r"_in\(statement, State\.(\w+)\)", body))
    found["post"] = {"None"}
    for call in ("attest", "refuse", "abstain"):
        found[call] = {"Waiting", "Asked"}
    for call in ANY:
        found[call] = states(CLAIMS) - {"None", "Accepted", "Void"}
    said: dict[str, set[str]] = {}
    for before, call, _ in table():
        said.setdefault(call, set()).add(before)
    assert said == {call: of for call, of in found.items() if of}


def test_each_bug_can_be_planted() -> None:
    tests = written()
    for bug in BUGS_OF_CLAIMS:
        assert (ROOT / bug.path).read_text().count(bug.text) == 1, bug.text
        contract, _, function = bug.test.partition(".")
        assert function in tests[contract], bug.test
        assert bug.planted != bug.text

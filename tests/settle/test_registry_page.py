"""docs/spec/registry.md and the list of bugs say what the contracts and their tests are."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.compile import CONTRACTS
from tests.settle.bugs_of_registry import BUGS_OF_REGISTRY
from tests.settle.pages import gas_rows, missing_tests, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "registry.md").read_text()
FOLDER = CONTRACTS / "src" / "settle" / "registry"


def test_the_page_says_what_it_costs() -> None:
    rows = gas_rows("Registry")
    assert len(rows) == 8
    for row in rows:
        assert row in PAGE, row


def test_the_tests_of_the_page_are_there() -> None:
    missing, named = missing_tests(PAGE)
    assert not missing
    assert named > 25


def test_the_page_has_each_contract_and_each_term() -> None:
    for path in FOLDER.glob("*.sol"):
        assert f"`{path.name}`" in PAGE
    terms = (FOLDER / "Parameters.sol").read_text().partition("struct Terms {")[2].partition("}")[0]
    for term in re.findall(r"^ +uint\d+ (\w+);$", terms, flags=re.MULTILINE):
        assert f"`{term}`" in PAGE


def test_the_states_of_a_key_have_the_contracts_calls() -> None:
    table = PAGE.partition("## Keys")[2].partition("## Contributions")[0]
    said = set(re.findall(r"^\| [\w ]+ \| `(\w+)` \|", table, flags=re.MULTILINE))
    source = (FOLDER / "Registry.sol").read_text()
    found = set(re.findall(r"function (\w+)\([^)]*\) external \{", source))
    assert said == found - {"enrol"}


def test_each_bug_can_be_planted() -> None:
    tests = written()
    for bug in BUGS_OF_REGISTRY:
        assert (ROOT / bug.path).read_text().count(bug.text) == 1, bug.text
        contract, _, function = bug.test.partition(".")
        assert function in tests[contract], bug.test
        assert bug.planted != bug.text

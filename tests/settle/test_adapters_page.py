"""docs/spec/adapters.md and the list of bugs say what the adapters and their tests are."""

from __future__ import annotations

from pathlib import Path

from tests.settle.bugs_of_adapters import BUGS_OF_ADAPTERS
from tests.settle.pages import missing_tests, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "adapters.md").read_text()


def test_the_tests_of_the_page_are_there() -> None:
    missing, named = missing_tests(PAGE)
    assert not missing
    assert named == 10


def test_each_bug_can_be_planted() -> None:
    tests = written()
    for bug in BUGS_OF_ADAPTERS:
        assert (ROOT / bug.path).read_text().count(bug.text) == 1, bug.text
        contract, _, function = bug.test.partition(".")
        assert function in tests[contract], bug.test
        assert bug.planted != bug.text

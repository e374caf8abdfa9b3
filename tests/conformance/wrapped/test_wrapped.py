"""The cases of wrapped proofs in Python."""

from __future__ import annotations

import pytest

from tests.conformance.wrapped.suite import WrappedCase, answer, read_wrapped_cases

CASES = read_wrapped_cases()


def test_they_are_many_and_varied() -> None:
    codes = {case.result["code"] for case in CASES}
    assert len(CASES) >= 200
    assert len({case.name for case in CASES}) == len(CASES)
    assert codes == {0, 10, 11, 15, 16, 24, 25, 26, 31, 32, 33, 34, 35, 100}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_native(case: WrappedCase) -> None:
    assert answer(case) == case.result
    assert len(case.result["message"].encode()) <= 1000

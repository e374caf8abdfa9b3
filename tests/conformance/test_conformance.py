"""The conformance suite in Python: the native verifier, and `zkpot.verify` above it."""

from __future__ import annotations

import pytest

import zkpot
from tests.conformance.suite import Case, answer, read_cases
from zkpot.errors import IncompleteRun, InvalidProof, ZkpotError

CASES = read_cases()

# What `zkpot.verify` calls expectations; it has no limits, and reads expectations by itself.
NAMES = {"seed": "init_seed", "scalars": None, "previous": None}


def test_it_is_large_and_varied() -> None:
    codes = {case.result["code"] for case in CASES}
    assert len(CASES) >= 200
    assert len({case.name for case in CASES}) == len(CASES)
    assert codes >= {0, 10, 11, 12, 13, 14, 16, 17, 19, 20, 21, 23, 24, 25, 26, 28, 30, 100}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_native(case: Case) -> None:
    assert answer(case) == case.result


def _refused(case: Case) -> ZkpotError | None:
    told = case.expectations or {}
    arguments = {NAMES.get(key, key): value for key, value in told.items()}
    try:
        zkpot.verify(case.bundle, **arguments)
    except ZkpotError as error:
        return error
    return None


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if case.limits is None and not {"scalars", "previous"} & set(case.expectations or {})
        if case.result["code"] < 100
    ],
    ids=lambda case: case.name,
)
def test_public(case: Case) -> None:
    """The same proofs are taken and refused by what users call."""
    error = _refused(case)
    match case.result["code"]:
        case 0:
            assert error is None
        case 30:
            assert isinstance(error, IncompleteRun)
        case _:
            assert isinstance(error, InvalidProof)

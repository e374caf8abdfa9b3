"""ONNX's own node tests, put to the compiler. `make operators` renews what is expected."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.onnx_nodes import committed, expectations, table
from tests.onnx_nodes.cases import Case, cases
from tests.onnx_nodes.expectations import Outcomes
from tests.onnx_nodes.outcome import PASSES, outcome

EXPECTED = expectations.read()


@pytest.fixture(scope="module")
def found() -> Outcomes:
    return expectations.measure()


@pytest.fixture(scope="module")
def addition() -> Case:
    return next(case for case in cases() if case.name == "test_add")


@pytest.mark.parametrize("operator", EXPECTED)
def test_an_operator_fares_as_expected(operator: str, found: Outcomes) -> None:
    """After a change of the compiler, run `make operators` and read the diff that it makes."""
    assert found[operator] == EXPECTED[operator]


def test_no_operator_is_left_out(found: Outcomes) -> None:
    assert list(found) == list(EXPECTED)


def test_the_page_of_operators_is_current() -> None:
    """`make operators` writes it."""
    assert table.FILE.read_text() == table.document(EXPECTED, committed.read())


def test_operators_commit_as_much_as_the_page_says() -> None:
    assert committed.measure(cases(), EXPECTED) == committed.read()


def test_a_wrong_output_does_not_pass(addition: Case) -> None:
    assert outcome(addition) == PASSES
    ((name, expected),) = addition.outputs.items()
    largest = np.abs(expected).max()
    for error, result in ((2**-12, PASSES), (2**-9, "the output deviates")):
        wrong = expected.copy()
        wrong.flat[7] += np.float32(error * largest)
        assert outcome(dataclasses.replace(addition, outputs={name: wrong})) == result

"""Tables: values, errors, and what softmax relies on."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from zkpot.program.emit import Builder
from zkpot.program.ranges import Range, signed
from zkpot.program.tables import exp_table, step_table


def test_step():
    table = step_table(signed(6))
    assert (table["first"], table["bits"]) == (-32, 6)
    assert table["columns"][0] == [int(x > 0) for x in range(-32, 32)]
    assert step_table(Range(0, 3))["columns"][0] == [0] + [1] * 7


@pytest.mark.parametrize("unit", [Fraction(1, 256), Fraction(1, 2048), Fraction(1, 25 * 64)])
def test_exponential(unit):
    (values,) = exp_table(unit, 16)["columns"]
    x = np.arange(1 << 16) * float(unit)
    error = np.abs(np.asarray(values) / 2**16 - np.exp(-x))
    assert error[x < 11.78].max() <= 2**-17 + 1e-12
    assert error.max() <= 2**-16
    assert values[0] == 2**16
    assert min(values) == 1
    assert all(a >= b for a, b in itertools.pairwise(values))


def test_exponentials_of_other_units_are_other_tables():
    builder = Builder("step", 1, 1)
    units = (Fraction(1, 64), Fraction(1, 3 * 64), Fraction(3, 64))
    tables = [exp_table(unit, 8) for unit in units]
    assert len({table["name"] for table in tables}) == 3
    same = [{**table, "name": "one name"} for table in tables]
    assert [builder.table(table) for table in (*same, *same)] == [0, 1, 2, 0, 1, 2]


def test_a_softmax_never_reaches_one():
    # The largest exponential over the least possible sum, half up.
    largest, total = 2**16, 2**16 + 1
    assert (2**17 * largest + total) // (2 * total) < 2**16

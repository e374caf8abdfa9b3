"""Tables: values, errors, and what softmax relies on."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

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


def test_a_softmax_never_reaches_one():
    # The largest exponential over the least possible sum, half up.
    largest, total = 2**16, 2**16 + 1
    assert (2**17 * largest + total) // (2 * total) < 2**16

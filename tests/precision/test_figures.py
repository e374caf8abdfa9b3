"""Signal to noise of made-up tensors."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from zkpot.program.precision import Comparison, report

WANTED = np.array([3.0, -4.0, 0.0])


def test_signal_to_noise_is_that_of_the_sums_of_squares() -> None:
    compared = Comparison("t", (3,), {"lo": -128, "bits": 8})
    compared.add(WANTED + np.array([0.03, 0.04, 0]), WANTED, 40)
    compared.add(WANTED, WANTED, 64)
    found = compared.result()
    # 2 * 25 over 0.0025: 43 dB.
    assert found.decibels == pytest.approx(10 * math.log10(20_000))
    assert found.correct_bits == pytest.approx(math.log2(20_000) / 2)
    assert found.largest_error == pytest.approx(0.04)
    # 64 doubles once before it is 128.
    assert (found.bits, found.spare_bits) == (8, 1)


def test_the_noisiest_come_first_and_the_exact_last() -> None:
    tensors = []
    for name, error in (("exact", 0.0), ("good", 1e-3), ("bad", 1e-1)):
        compared = Comparison(name, (3,))
        compared.add(WANTED + error, WANTED)
        tensors.append(compared)
    nothing = Comparison("noise alone", (3,))
    nothing.add(WANTED, 0 * WANTED)
    made = report([*tensors, nothing], 1)
    assert [t.name for t in made.tensors] == ["noise alone", "bad", "good", "exact"]
    assert made.tensors[-1].decibels is None
    assert [line.split()[0] for line in made.text().splitlines()[2:4]] == ["noise", "bad"]
    values = json.loads(json.dumps(made.to_value(), allow_nan=False))["tensors"]
    assert values[0]["decibels"] == -1000

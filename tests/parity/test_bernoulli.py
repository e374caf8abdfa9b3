"""Random tensors: frozen vectors, the protocol's against the reference, and how random they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpot import _native
from zkpot.errors import InputError
from zkpot.reference.bernoulli import draw

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "bernoulli.json").read_text())


@pytest.mark.parametrize("case", VECTORS)
def test_frozen_vectors(case: dict) -> None:
    numbers = case["step"], case["ordinal"], case["numerator"], case["bits"]
    elements = [int(digit) for digit in case["elements"]]
    expected = draw(bytes.fromhex(case["seed"]), *numbers, [len(elements)])
    np.testing.assert_array_equal(expected, elements)
    found = _native.random_tensor(case["seed"], *numbers, len(elements))
    np.testing.assert_array_equal(found, elements)


@settings(deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    step=st.integers(0, 2**64 - 1),
    ordinal=st.integers(0, 2**32 - 1),
    bits=st.integers(1, 16),
    data=st.data(),
    shape=st.lists(st.integers(1, 20), max_size=3),
)
def test_random_tensors_agree(
    seed: bytes, step: int, ordinal: int, bits: int, data: st.DataObject, shape: list[int]
) -> None:
    numerator = 2 * data.draw(st.integers(0, 2 ** (bits - 1) - 1)) + 1
    expected = draw(seed, step, ordinal, numerator, bits, shape)
    elements = expected.size
    found = _native.random_tensor(seed.hex(), step, ordinal, numerator, bits, elements)
    np.testing.assert_array_equal(found, expected.reshape(-1))


def test_neighbours_are_independent() -> None:
    """Correlations within five standard deviations: of steps, ordinals, and places in one step."""
    elements, bits, numerator = 1 << 16, 2, 3
    one, step, ordinal = (
        draw(bytes(32), *place, numerator, bits, [elements]) - numerator / 4
        for place in ((5, 0), (6, 0), (5, 1))
    )
    for other in (step, ordinal, np.roll(one, 1), np.roll(one, 64)):
        correlation = float((one * other).mean() / (one * one).mean())
        assert abs(correlation) < 5 / elements**0.5


def test_a_refused_probability_raises() -> None:
    with pytest.raises(InputError, match="1 to 16 bits"):
        _native.random_tensor("00" * 32, 0, 0, 1, 17, 1)

"""The schedule of batches: frozen vectors, and the protocol's against the reference."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpot import _native
from zkpot.errors import InputError
from zkpot.reference import schedule

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "schedule.json").read_text())


@pytest.mark.parametrize("case", VECTORS)
def test_frozen_vectors(case: dict) -> None:
    arguments = (case["shard_rows"], case["first_step"], case["steps"], case["batch"])
    rows = [tuple(row) for row in case["rows"]]
    assert schedule.rows(bytes.fromhex(case["seed"]), *arguments) == rows
    found = _native.scheduled_rows(case["seed"], *arguments)
    np.testing.assert_array_equal(found.reshape(-1, 2), rows)


@settings(deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    shard_rows=st.lists(st.integers(1, 20), min_size=1, max_size=6),
    first_step=st.integers(0, 2**50),
    steps=st.integers(0, 6),
    batch=st.integers(1, 12),
)
def test_schedules_agree(
    seed: bytes, shard_rows: list[int], first_step: int, steps: int, batch: int
) -> None:
    expected = schedule.rows(seed, shard_rows, first_step, steps, batch)
    found = _native.scheduled_rows(seed.hex(), shard_rows, first_step, steps, batch)
    assert [tuple(row) for row in found.reshape(-1, 2).tolist()] == expected


def test_a_refused_schedule_raises() -> None:
    with pytest.raises(InputError, match="shard 1 has 0 rows"):
        _native.scheduled_rows("00" * 32, [1, 0], 0, 1, 1)

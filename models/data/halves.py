"""A dataset for a model: rows for training and rows for testing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Fields = dict[str, npt.NDArray[Any]]


class Halves(NamedTuple):
    """Fields by name (`x` float32 or int64, `y` int64), rows along the first axis."""

    train: Fields
    test: Fields


def shuffled(x: npt.NDArray[Any], y: npt.NDArray[Any], *, every: int, seed: int = 2026) -> Halves:
    """Shuffle rows in a fixed way; each `every`-th row is for testing."""
    order = np.random.default_rng(seed).permutation(len(y))
    tested = np.arange(len(y)) % every == 0
    train, test = order[~tested], order[tested]
    return Halves({"x": x[train], "y": y[train]}, {"x": x[test], "y": y[test]})

"""scikit-learn's digits: 1,797 images of 8 x 8 pixels in 10 classes, installed with it."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from models.data.halves import Halves, shuffled

# Pixels are counts of dark points in a 4 x 4 square.
_BRIGHTEST = 16


def digits() -> Halves:
    """Values in [0, 1], 64 in a row; 1,437 rows for training and 360 for testing."""
    found = load_digits()
    x = (found.data / _BRIGHTEST).astype(np.float32)
    return shuffled(x, found.target.astype(np.int64), every=5)


def enlarged() -> Halves:
    """The same with each pixel repeated four times along both axes: [1, 32, 32]."""
    train, test = digits()
    grown = (
        half["x"].reshape(-1, 1, 8, 8).repeat(4, axis=2).repeat(4, axis=3) for half in (train, test)
    )
    return Halves(*({"x": x, "y": h["y"]} for x, h in zip(grown, (train, test), strict=True)))

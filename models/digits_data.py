"""Write scikit-learn's digits as train.npz and test.npz: ``python models/digits_data.py FOLDER``.

1,797 images of 8 x 8 pixels: x is float32, 64 values in [0, 1]; y is int64, 0 to 9. Every fifth
image of a fixed shuffle is for testing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

_SEED = 2026
# Pixels are counts of dark points in a 4 x 4 square.
_BRIGHTEST = 16
_TEST_EVERY = 5


def write(folder: Path) -> None:
    """Write both files; 1,437 samples for training and 360 for testing."""
    digits = load_digits()
    x = (digits.data / _BRIGHTEST).astype(np.float32)
    y = digits.target.astype(np.int64)
    shuffled = np.random.default_rng(_SEED).permutation(len(y))
    tested = np.arange(len(y)) % _TEST_EVERY == 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, chosen in (("train", shuffled[~tested]), ("test", shuffled[tested])):
        np.savez(folder / f"{name}.npz", x=x[chosen], y=y[chosen])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)

"""Images that nobody took, for shapes whose real data no package carries.

Each class has a pattern of 8 x 8 blocks of random brightness; a row is its pattern with noise.
"""

from __future__ import annotations

import numpy as np

from models.data.halves import Halves, shuffled

_SEED = 2026
_BLOCKS = 8
_NOISE = 0.25


def images(colours: int, size: int, classes: int, rows: int = 1280) -> Halves:
    """Values in [-1, 1], [colours, size, size] a row; every fifth row is for testing.

    Deep networks without normalisation hardly learn from images whose mean is not about zero.
    """
    random = np.random.default_rng(_SEED)
    blocks = random.uniform(size=(classes, colours, _BLOCKS, _BLOCKS))
    scale = size // _BLOCKS
    patterns = blocks.repeat(scale, axis=2).repeat(scale, axis=3)
    y = random.integers(classes, size=rows)
    noise = random.normal(scale=_NOISE, size=(rows, colours, size, size))
    x = (2 * np.clip(patterns[y] + noise, 0, 1) - 1).astype(np.float32)
    return shuffled(x, y.astype(np.int64), every=5)


def cifar_shaped() -> Halves:
    """[3, 32, 32] in 10 classes."""
    return images(3, 32, 10)


def kaizen_shaped() -> Halves:
    """[3, 64, 64] in 16 classes."""
    return images(3, 64, 16, rows=640)

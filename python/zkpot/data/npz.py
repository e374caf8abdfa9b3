"""NumPy archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from zkpot.data.dataset import Array
from zkpot.errors import InputError


def read_npz(path: Path) -> dict[str, Array]:
    """All arrays of a .npz file. Pickled objects are refused: reading them runs code."""
    try:
        # Given a path, NumPy leaves the file open where it turns out to be damaged.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile, EOFError, AttributeError, TypeError) as error:
        raise InputError(
            f"{path}: not a readable .npz file of plain arrays ({error}); "
            "write it with numpy.savez(path, x=..., y=...)"
        ) from error

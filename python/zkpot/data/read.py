"""One way in for every kind of dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from zkpot.data.dataset import Dataset, byte_images_to_unit
from zkpot.data.idx import read_idx_folder
from zkpot.data.npz import read_npz
from zkpot.data.tensors import read_safetensors
from zkpot.errors import InputError

Split = Literal["train", "test"]


def read_dataset(path: str | Path, split: Split = "train") -> Dataset:
    """Reads a .npz file, a .safetensors file or a folder of IDX files.

    Args:
        path: File or folder. Files hold one array a field, by default `x` and `y`.
        split: Which half of an IDX folder that has both.

    Raises:
        InputError: Nothing there, or not readable.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    try:
        if path.is_dir():
            arrays = read_idx_folder(path, split)
        elif path.suffix == ".npz":
            arrays = read_npz(path)
        elif path.suffix == ".safetensors":
            arrays = read_safetensors(path)
        else:
            raise InputError(
                f"{path}: unknown kind of dataset; "
                "give a .npz file, a .safetensors file or a folder of IDX files"
            )
    except OSError as error:
        raise InputError(f"{path}: not readable ({error.strerror or error})") from error
    fields = {name: byte_images_to_unit(name, array) for name, array in arrays.items()}
    return Dataset(str(path), fields)

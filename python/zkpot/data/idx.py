"""IDX files, the format of MNIST and its relatives, compressed or not."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from zkpot.data.dataset import Array
from zkpot.errors import InputError

# Type byte of the header; values are stored big-endian.
_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}

# What the files of a split are called, before `-images-idx3-ubyte` or `.images.idx3-ubyte`.
_PREFIXES = {"train": ("train",), "test": ("t10k", "test")}


def read_idx_folder(folder: Path, split: str) -> dict[str, Array]:
    """Images as `x` and labels as `y` of one split.

    Looks for `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` (`t10k-` or `test-` for
    the test split), with `.gz` or without. A folder that holds one pair only is read whatever
    the split.
    """
    images = _find(folder, "images", split)
    labels = _find(folder, "labels", split)
    return {"x": read_idx(images), "y": read_idx(labels)}


def read_idx(path: Path) -> Array:
    """One IDX file."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: not readable ({error})") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES:
        raise InputError(f"{path}: not an IDX file")
    rank = content[3]
    start = 4 + 4 * rank
    if rank == 0 or len(content) < start:
        raise InputError(f"{path}: the IDX header is cut off")
    shape = struct.unpack(f">{rank}I", content[4:start])
    dtype = np.dtype(_TYPES[content[2]])
    expected = math.prod(shape) * dtype.itemsize
    if len(content) - start != expected:
        raise InputError(
            f"{path}: holds {len(content) - start} bytes of values, "
            f"but its header says {expected} (shape {shape}); fetch the file again"
        )
    array = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _find(folder: Path, kind: str, split: str) -> Path:
    files = sorted(f for f in folder.iterdir() if kind in f.name and "idx" in f.name)
    matching = [f for f in files if f.name.startswith(_PREFIXES[split])]
    if matching:
        return matching[0]
    if len(files) == 1:
        return files[0]
    raise InputError(
        f"{folder}: no IDX file of the {split} {kind} "
        f"(looked for {_PREFIXES[split][0]}-{kind}-idx*-ubyte, with .gz or without)"
    )

"""A dataset: named arrays whose first axis counts rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zkpot.errors import InputError

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Dataset:
    """Named arrays of equal length.

    `source` is the file or folder, for messages. Arrays keep their stored type, except that
    byte images have become numbers between 0 and 1 (see `byte_images_to_unit`).
    """

    source: str
    fields: Mapping[str, Array]

    def __post_init__(self) -> None:
        lengths = {name: _length(self.source, name, array) for name, array in self.fields.items()}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"'{name}' {rows}" for name, rows in lengths.items())
            raise InputError(f"{self.source}: the arrays differ in their number of rows ({counts})")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return next((len(array) for array in self.fields.values()), 0)

    def field(self, name: str) -> Array:
        """The array called `name`.

        Raises:
            InputError: There is none; the message lists those that there are.
        """
        if name not in self.fields:
            known = ", ".join(f"'{known}'" for known in self.fields) or "none"
            raise InputError(f"{self.source}: no array '{name}' (arrays: {known})")
        return self.fields[name]


def byte_images_to_unit(name: str, array: Array) -> Array:
    """Bytes of an input field as float32 between 0 and 1; anything else unchanged.

    Field `y` is left alone: labels are often stored as bytes, and they are class numbers.
    """
    if array.dtype == np.uint8 and name != "y":
        return array.astype(np.float32) / np.float32(255)
    return array


def _length(source: str, name: str, array: Array) -> int:
    if array.ndim == 0:
        raise InputError(f"{source}: array '{name}' is a single number and has no rows")
    return len(array)

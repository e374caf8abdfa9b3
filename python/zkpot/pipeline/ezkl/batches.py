"""What each step reads: rows of a dataset, in their order, as a circuit's integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpot.artifacts.ezkl.terms import Tensor
from zkpot.backends.ezkl.values import quantise, salt
from zkpot.data import Dataset
from zkpot.data.rows import shape_rows
from zkpot.errors import InputError


class Batches:
    """Batches of a dataset; step i reads the i-th, and after the last row comes the first again.

    Args:
        tensors: What a step reads; the first axis counts rows.
        dataset: Where it comes from.
        scale: Fraction bits.

    Raises:
        InputError: The dataset lacks an array, or one has another shape, or too few rows.
        ValueOutOfRange: A value does not fit the circuit.
    """

    def __init__(self, tensors: Sequence[Tensor], dataset: Dataset, scale: int) -> None:
        self._batch = tensors[0].shape[0]
        self._rows = dataset.rows
        if self._rows < self._batch:
            raise InputError(
                f"{dataset.source}: {self._rows} rows are too few: a step reads {self._batch}"
            )
        self._fields = [_field(tensor, dataset, scale) for tensor in tensors]

    def vector(self, step: int) -> list[int]:
        """What step `step` reads, with fresh salt."""
        rows = np.arange(step * self._batch, (step + 1) * self._batch) % self._rows
        values = [int(value) for field in self._fields for value in field[rows].ravel()]
        return values + salt()


def _field(tensor: Tensor, dataset: Dataset, scale: int) -> np.ndarray[tuple[int, ...], np.dtype]:
    array = dataset.field(tensor.name)
    place = f"{dataset.source}: array '{tensor.name}'"
    if array.dtype.kind not in "fiub":
        raise InputError(f"{place} holds {array.dtype} values; numbers are needed")
    shaped = shape_rows(array, tensor.shape[1:])
    if shaped is None:
        raise InputError(
            f"{place} has rows of shape {array.shape[1:]}, but the step reads rows of shape "
            f"{tensor.shape[1:]}"
        )
    return np.array(quantise(place, shaped, scale), np.int64).reshape(shaped.shape)

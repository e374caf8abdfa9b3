"""A dataset brought into the form that a program reads, or refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpot.artifacts.program import Field
from zkpot.data.dataset import Array, Dataset
from zkpot.errors import InputError


def rows_for(fields: Sequence[Field], batch: int, dataset: Dataset) -> list[Array]:
    """The program's fields, in its order, each of shape `[rows, *row_shape]`.

    Values are still real numbers; class numbers are integers. Rows may be stored with another
    shape if that only flattens them or differs by axes of length 1: an image `[28, 28]` serves
    as 784 inputs or as one channel `[1, 28, 28]`.

    Raises:
        InputError: A field is missing, has another shape, holds NaN or infinity, or class
            numbers out of range; or there are fewer rows than a step reads.
    """
    arrays = [_field(field, dataset) for field in fields]
    if dataset.rows < batch:
        raise InputError(
            f"{dataset.source}: {dataset.rows} rows are too few: a step of this program "
            f"reads {batch}"
        )
    return arrays


def shape_rows(array: Array, row_shape: tuple[int, ...]) -> Array | None:
    """The array with rows of `row_shape`, or None where that is more than another form."""
    if not _same_rows(array.shape[1:], row_shape):
        return None
    return array.reshape(len(array), *row_shape)


def _field(field: Field, dataset: Dataset) -> Array:
    array = dataset.field(field.name)
    place = f"{dataset.source}: array '{field.name}'"
    if array.dtype.kind not in "fiub":
        raise InputError(f"{place} holds {array.dtype} values; numbers are needed")
    shaped = shape_rows(array, field.row_shape)
    if shaped is None:
        raise InputError(
            f"{place} has rows of shape {array.shape[1:]}, "
            f"but the program reads rows of shape {field.row_shape}"
        )
    array = shaped
    _check_finite(place, array)
    if field.classes is not None:
        return _class_numbers(place, array, field.classes)
    return array


def _same_rows(stored: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    if int(np.prod(stored)) != int(np.prod(wanted)):
        return False
    long = [tuple(length for length in shape if length != 1) for shape in (stored, wanted)]
    return long[0] == long[1] or min(map(len, long)) <= 1


def _check_finite(place: str, array: Array) -> None:
    if array.dtype.kind != "f":
        return
    bad = ~np.isfinite(array.reshape(len(array), -1)).all(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        count = int(bad.sum())
        also = f" and {count - 1} more" if count > 1 else ""
        raise InputError(f"{place} has NaN or infinity in row {row}{also}; remove or repair it")


def _class_numbers(place: str, array: Array, classes: int) -> Array:
    with np.errstate(invalid="ignore"):  # what does not fit differs from its cast below
        numbers = array.astype(np.int64)
    flat = numbers.reshape(len(array), -1)
    bad = (flat < 0) | (flat >= classes) | (flat != array.reshape(len(array), -1))
    if bad.any():
        row = int(np.argmax(bad.any(axis=1)))
        value = array.reshape(len(array), -1)[row][bad[row]][0]
        raise InputError(
            f"{place} has the label {value} in row {row}; labels are integers from 0 to "
            f"{classes - 1}"
        )
    return numbers

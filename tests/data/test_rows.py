"""Rows reach the program in its shape, or are refused with the row that is at fault."""

import numpy as np
import pytest

from zkpot.artifacts.program import Field
from zkpot.data import Dataset
from zkpot.data.rows import rows_for
from zkpot.errors import InputError

X = Field("x", (4,), lo=-100, hi=100, classes=None)
Y = Field("y", (), lo=0, hi=15, classes=10)


def dataset(**fields: object) -> Dataset:
    return Dataset("train.npz", {name: np.asarray(value) for name, value in fields.items()})


def rows(x: object = None, y: object = None, batch: int = 2) -> list[np.ndarray]:
    x = np.zeros((3, 4)) if x is None else x
    y = np.zeros(3, int) if y is None else y
    return rows_for([X, Y], batch, dataset(x=x, y=y))


def test_fields_come_in_the_programs_order() -> None:
    x, y = rows_for([X, Y], 2, dataset(y=[1, 2], x=np.ones((2, 4)), other=[0, 0]))
    assert x.shape == (2, 4)
    assert y.tolist() == [1, 2]
    assert y.dtype == np.int64


@pytest.mark.parametrize("shape", [(3, 2, 2), (3, 4), (3, 1, 4), (3, 1, 2, 2)])
def test_images_are_flattened(shape: tuple[int, ...]) -> None:
    x, _ = rows(x=np.arange(12.0).reshape(shape))
    np.testing.assert_array_equal(x, np.arange(12.0).reshape(3, 4))


def test_a_channel_axis_is_added() -> None:
    field = Field("x", (1, 2, 2), lo=0, hi=1, classes=None)
    (x,) = rows_for([field], 1, dataset(x=np.zeros((3, 2, 2))))
    assert x.shape == (3, 1, 2, 2)


@pytest.mark.parametrize("shape", [(3, 5), (3,), (3, 2, 3)])
def test_wrong_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"train\.npz: array 'x' has rows of shape .* reads rows"):
        rows(x=np.zeros(shape))


def test_transposed_images_are_not_taken_for_others() -> None:
    field = Field("x", (2, 3), lo=0, hi=1, classes=None)
    with pytest.raises(InputError, match="shape"):
        rows_for([field], 1, dataset(x=np.zeros((4, 3, 2))))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_name_their_row(bad: float) -> None:
    x = np.zeros((5, 4))
    x[2, 1] = x[4, 0] = bad
    with pytest.raises(InputError, match="'x' has NaN or infinity in row 2 and 1 more"):
        rows(x=x, y=np.zeros(5, int))


@pytest.mark.parametrize(("label", "shown"), [(10, "10"), (-1, "-1"), (2.5, "2.5"), (1e30, "1e")])
def test_labels_out_of_range_name_their_row(label: float, shown: str) -> None:
    with pytest.raises(InputError, match=rf"label {shown}.* in row 1; labels .* 0 to 9"):
        rows(y=np.array([0, label, 3]))


def test_labels_may_be_stored_as_whole_floats() -> None:
    assert rows(y=np.array([0.0, 9.0, 3.0]))[1].tolist() == [0, 9, 3]


def test_too_few_rows() -> None:
    with pytest.raises(InputError, match="3 rows are too few: a step of this program reads 4"):
        rows(batch=4)


def test_text_is_no_data() -> None:
    with pytest.raises(InputError, match="numbers are needed"):
        rows(x=np.full((3, 4), "a"))

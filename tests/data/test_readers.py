"""Every kind of dataset is read alike, and everything unreadable is refused by name."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from zkpot.data import read_dataset
from zkpot.errors import InputError


def idx(array: np.ndarray) -> bytes:
    codes = {"uint8": 0x08, "int8": 0x09, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D}
    header = bytes([0, 0, codes[array.dtype.name], array.ndim])
    big_endian = array.astype(array.dtype.newbyteorder(">"))
    return header + struct.pack(f">{array.ndim}I", *array.shape) + big_endian.tobytes()


def images(rows: int) -> np.ndarray:
    return np.arange(rows * 6, dtype=np.uint8).reshape(rows, 2, 3)


def labels(rows: int) -> np.ndarray:
    return (np.arange(rows) % 10).astype(np.uint8)


def test_npz_keeps_floats_and_labels(tmp_path: Path) -> None:
    x = np.linspace(-2, 2, 12).reshape(4, 3)
    np.savez(tmp_path / "d.npz", x=x, y=labels(4))
    dataset = read_dataset(tmp_path / "d.npz")
    np.testing.assert_array_equal(dataset.field("x"), x)
    np.testing.assert_array_equal(dataset.field("y"), labels(4))
    assert dataset.rows == 4


def test_safetensors(tmp_path: Path) -> None:
    x = np.ones((5, 2), np.float32)
    save_file({"x": x, "y": np.arange(5)}, tmp_path / "d.safetensors")
    dataset = read_dataset(str(tmp_path / "d.safetensors"))
    np.testing.assert_array_equal(dataset.field("x"), x)
    assert dataset.field("y").dtype == np.int64


def test_byte_images_become_numbers_between_0_and_1_and_labels_do_not(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.array([[0, 51, 255]], np.uint8), y=np.array([7], np.uint8))
    dataset = read_dataset(tmp_path / "d.npz")
    np.testing.assert_allclose(dataset.field("x"), [[0, 0.2, 1]], rtol=1e-6)
    assert dataset.field("x").dtype == np.float32
    assert dataset.field("y")[0] == 7


@pytest.mark.parametrize("compressed", [False, True])
def test_idx_folder_has_two_splits(tmp_path: Path, compressed: bool) -> None:
    for prefix, rows in (("train", 5), ("t10k", 2)):
        for kind, array in (("images-idx3", images(rows)), ("labels-idx1", labels(rows))):
            content, name = idx(array), f"{prefix}-{kind}-ubyte"
            if compressed:
                content, name = gzip.compress(content), name + ".gz"
            (tmp_path / name).write_bytes(content)
    assert read_dataset(tmp_path).rows == 5
    test = read_dataset(tmp_path, "test")
    assert test.rows == 2
    np.testing.assert_allclose(test.field("x"), images(2) / 255, rtol=1e-6)


def test_idx_folder_with_one_pair_serves_both_splits(tmp_path: Path) -> None:
    (tmp_path / "my-images.idx3-ubyte").write_bytes(idx(images(3)))
    (tmp_path / "my-labels.idx1-ubyte").write_bytes(idx(labels(3)))
    assert read_dataset(tmp_path).rows == read_dataset(tmp_path, "test").rows == 3


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32"])
def test_idx_values_are_big_endian(tmp_path: Path, dtype: str) -> None:
    array = np.array([[1, 256], [-3, 70]]).astype(dtype)
    (tmp_path / "images.idx2").write_bytes(idx(array))
    (tmp_path / "labels.idx1").write_bytes(idx(labels(2)))
    np.testing.assert_array_equal(read_dataset(tmp_path).field("x"), array)


def test_missing_array_names_those_that_are_there(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", inputs=np.ones((1, 2)))
    with pytest.raises(InputError, match=r"d\.npz: no array 'x' \(arrays: 'inputs'\)"):
        read_dataset(tmp_path / "d.npz").field("x")


def test_unequal_numbers_of_rows(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.ones((3, 2)), y=np.zeros(4))
    with pytest.raises(InputError, match=r"differ in their number of rows \('x' 3, 'y' 4\)"):
        read_dataset(tmp_path / "d.npz")


def test_a_number_has_no_rows(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.float64(3))
    with pytest.raises(InputError, match="array 'x' is a single number"):
        read_dataset(tmp_path / "d.npz")


def test_pickled_objects_are_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.array([{}], object))
    with pytest.raises(InputError, match=r"not a readable \.npz"):
        read_dataset(tmp_path / "d.npz")


@pytest.mark.parametrize("name", ["d.npz", "d.safetensors", "d.csv"])
def test_files_that_are_something_else(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x,y\n1,2\n" * 100)
    with pytest.raises(InputError, match=rf"{name}: (not a readable|unknown kind)"):
        read_dataset(tmp_path / name)


def test_truncated_files(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.ones((50, 50)))
    whole = (tmp_path / "d.npz").read_bytes()
    (tmp_path / "d.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"not a readable \.npz"):
        read_dataset(tmp_path / "d.npz")
    save_file({"x": np.ones((50, 50))}, tmp_path / "d.safetensors")
    whole = (tmp_path / "d.safetensors").read_bytes()
    (tmp_path / "d.safetensors").write_bytes(whole[:-7])
    with pytest.raises(InputError, match=r"not a readable \.safetensors"):
        read_dataset(tmp_path / "d.safetensors")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\x00\x00\x42\x01\x00\x00\x00\x01\x00", "not an IDX file"),
        (b"\x00\x00\x08\x03\x00\x00", "header is cut off"),
        (b"\x00\x00\x08\x00", "header is cut off"),
        (idx(images(4))[:-1], "its header says 24"),
        (idx(images(4)) + b"\x00", "its header says 24"),
        (b"\x00\x00\x08\x03" + b"\xff" * 12, "its header says"),
    ],
)
def test_damaged_idx_files(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels(4)))
    with pytest.raises(InputError, match=message):
        read_dataset(tmp_path)


def test_damaged_gzip(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images(4)))[:-9])
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels(4)))
    with pytest.raises(InputError, match=r"ubyte\.gz: not readable"):
        read_dataset(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_dataset(tmp_path / "absent.npz")
    with pytest.raises(InputError, match="no IDX file of the train images"):
        read_dataset(tmp_path)

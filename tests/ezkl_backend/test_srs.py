"""Which SRS is taken, and that a test SRS is never taken for another one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from zkpot.backends.ezkl.srs import TEST_MARK, Srs
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.ezkl.proving import prove_steps
from zkpot.pipeline.ezkl.reference_string import reference_string
from zkpot.pipeline.ezkl.verification import verify_steps
from zkpot.progress import Progress

Example = Any


@pytest.fixture(scope="module")
def test_file(committed: Example, cache: Path) -> Path:
    return cache / "zkpot" / "ezkl" / "test-k12.srs"


def as_if_from_a_ceremony(test_file: Path, folder: Path) -> Path:
    """The same points without the mark, which a test SRS carries of its own accord."""
    path = folder / "kzg.srs"
    path.write_bytes(test_file.read_bytes().removesuffix(TEST_MARK))
    return path


def test_a_test_srs_says_so_under_any_name(test_file: Path, tmp_path: Path) -> None:
    renamed = shutil.copy(test_file, tmp_path / "ceremony.srs")
    assert Srs.read(renamed).test
    assert Srs.read(renamed).logrows == 12
    with pytest.raises(InputError, match=r"ceremony\.srs: a test SRS: .*forge proofs"):
        reference_string(renamed, False, 12, Progress())
    assert reference_string(renamed, True, 12, Progress()).test


def test_without_an_srs_nothing_is_proven_or_verified(committed: Example, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the SRS of a ceremony \(k = 12"):
        prove_steps(committed.circuit, committed.data, 1, tmp_path / "run")
    with pytest.raises(InputError, match=r"give --srs FILE, or --test-srs"):
        verify_steps(committed.run)


def test_the_users_file_is_taken(committed: Example, test_file: Path, tmp_path: Path) -> None:
    srs = as_if_from_a_ceremony(test_file, tmp_path)
    assert not Srs.read(srs).test
    circuit = type(committed.circuit)(tmp_path / "circuit")
    committed.circuit.circuit().write(circuit.path)
    circuit.write_initial(committed.circuit.initial())
    proven = prove_steps(circuit, committed.data, 1, tmp_path / "run", srs=srs)
    assert not proven.test_srs
    receipt = verify_steps(tmp_path / "run", srs=srs)
    assert not receipt.test_srs
    assert "srs" not in receipt.unchecked


def test_another_srs_is_refused(committed: Example, test_file: Path, tmp_path: Path) -> None:
    """Its points belong to another secret."""
    content = bytearray(as_if_from_a_ceremony(test_file, tmp_path).read_bytes())
    content[-1] ^= 1
    other = tmp_path / "other.srs"
    other.write_bytes(content)
    with pytest.raises(InvalidProof, match=r"made with the SRS .*, and yours is"):
        verify_steps(committed.run, srs=other)


def test_a_test_srs_is_for_this_machine(
    committed: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"no test SRS with k = 12.*local use only"):
        committed.verify()


def test_a_larger_file_serves_and_a_smaller_one_does_not(test_file: Path) -> None:
    assert Srs.read(test_file).check_size(11) is None
    with pytest.raises(InputError, match=r"k = 12, and the circuit needs k = 13"):
        reference_string(test_file, True, 13, Progress())


@pytest.mark.parametrize(
    "content", [b"", b"\x0c\0\0\0", b"\xff\xff\xff\xff" * 10, b"\x06\0\0\0" + b"\0" * 9000]
)
def test_what_is_no_srs_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.srs"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.srs: "):
        Srs.read(path)


def test_an_altered_mark_is_refused(test_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.srs"
    path.write_bytes(test_file.read_bytes()[:-1] + b"!")
    with pytest.raises(InputError, match="and an SRS with k = 12"):
        Srs.read(path)

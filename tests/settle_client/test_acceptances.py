"""Files in which a consumer accepts a ciphertext."""

from __future__ import annotations

from pathlib import Path

import pytest

from zkpot.errors import InputError
from zkpot.settle.seal import Acceptance


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 50_000, b"null", b"{}"])
def test_no_acceptance_at_all(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acceptance.json"
    path.write_bytes(text)
    with pytest.raises(InputError, match="not an acceptance"):
        Acceptance.read(path)


def test_an_acceptance_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Acceptance(1, "0x" + "11" * 20, "0x" + "22" * 32, "33" * 32, "44" * 32, b"\5" * 65)
    made.write(tmp_path / "a.json")
    assert Acceptance.read(tmp_path / "a.json") == made
    text = (tmp_path / "a.json").read_text()
    for old, new in (("33" * 32, "33" * 31), ('"1"', '"one"'), ("05" * 65, "05" * 64)):
        (tmp_path / "a.json").write_text(text.replace(old, new))
        with pytest.raises(InputError, match="not an acceptance"):
            Acceptance.read(tmp_path / "a.json")

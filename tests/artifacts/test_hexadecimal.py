"""Digests are read in one way, wherever they are given."""

from __future__ import annotations

import pytest

from zkpot.artifacts.hexadecimal import digest, hexadecimal
from zkpot.errors import InputError

DIGEST = "0a" * 32


@pytest.mark.parametrize("text", [DIGEST, "0x" + DIGEST, "0X" + DIGEST.upper(), f" {DIGEST}\n"])
def test_a_digest_is_written_in_one_way(text: str) -> None:
    assert digest("nonce", text) == DIGEST


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0x12", "nonce: 64 hexadecimal digits are needed, not 2: '0x12'"),
        ("", "64 hexadecimal digits are needed, not 0"),
        (DIGEST + "00", "not 66"),
        ("no hex", "nonce: 'no hex' is not hexadecimal"),
        # `bytes.fromhex` passes over the space: 64 characters, and 31 bytes.
        (DIGEST[:30] + "  " + DIGEST[32:], "is not hexadecimal"),
        (DIGEST[:-1], "is not hexadecimal"),
        ("0x0x" + DIGEST, "is not hexadecimal"),
        ("\N{FULLWIDTH DIGIT ONE}" * 64, "is not hexadecimal"),
    ],
)
def test_other_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        digest("nonce", text)


def test_bytes_of_any_number() -> None:
    assert hexadecimal("context", "") == ""
    assert hexadecimal("context", "0xAB01") == "ab01"
    with pytest.raises(InputError, match="context: 'abc' is not hexadecimal"):
        hexadecimal("context", "abc")
    with pytest.raises(InputError) as refused:
        hexadecimal("context", "z" * 1_000_000)
    assert len(str(refused.value)) < 200

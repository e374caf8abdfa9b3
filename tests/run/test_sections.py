"""Containers survive a round trip, and every damaged one is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.sections import MalformedContainer, parts, places
from zkpot.errors import InvalidProof

MAGIC = b"testfile"


def pack(magic: bytes, version: int, sections: dict[str, bytes]) -> bytes:
    return b"".join(parts(magic, version, list(sections), sections.__getitem__))


def unpack(content: bytes, magic: bytes, version: int) -> dict[str, bytes]:
    def read(start: int, length: int) -> bytes:
        return content[start : start + length]

    found = places(read, len(content), magic, version)
    return {name: read(*place) for name, place in found.items()}


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=100), max_size=5))
def test_round_trip(sections: dict[str, bytes]) -> None:
    assert unpack(pack(MAGIC, 3, sections), MAGIC, 3) == sections


@given(st.binary(max_size=200))
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedContainer):
        unpack(content, MAGIC, 3)


@given(st.data())
def test_every_truncation_and_extension_is_refused(data: st.DataObject) -> None:
    whole = pack(MAGIC, 3, {"a": b"12345", "bc": b""})
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(MalformedContainer):
        unpack(whole[:cut], MAGIC, 3)
    with pytest.raises(MalformedContainer, match="follows"):
        unpack(whole + b"\0", MAGIC, 3)


def test_a_file_that_became_shorter_is_cut_off() -> None:
    whole = pack(MAGIC, 3, {"a": b"12345"})
    with pytest.raises(MalformedContainer, match="cut off"):
        places(lambda start, length: whole[:12][start : start + length], len(whole), MAGIC, 3)


def test_lengths_beyond_the_file_are_refused_before_any_copy() -> None:
    whole = bytearray(pack(MAGIC, 3, {"a": b"12345"}))
    whole[-13:-5] = b"\xff" * 8
    with pytest.raises(MalformedContainer, match="cut off"):
        unpack(bytes(whole), MAGIC, 3)


def test_other_versions_are_named() -> None:
    with pytest.raises(MalformedContainer, match="version 4, and this zkpot reads version 3"):
        unpack(pack(MAGIC, 4, {}), MAGIC, 3)


def test_a_section_twice() -> None:
    once = pack(MAGIC, 3, {"a": b"1"})
    body = once[16:]
    twice = once[:12] + (2).to_bytes(4, "little") + body + body
    with pytest.raises(MalformedContainer, match="twice"):
        unpack(twice, MAGIC, 3)


def test_bundle_round_trip() -> None:
    bundle = Bundle(program=b"program", links=[b"one", b"two"], order=b'{"nonce": "00"}')
    assert Bundle.from_bytes(bundle.to_bytes()) == bundle


@pytest.mark.parametrize(
    "sections",
    [
        {"program": b""},
        {"order": b""},
        {"order": b"", "program": b"", "link/000001": b""},
        {"order": b"", "program": b"", "extra": b""},
    ],
)
def test_bundles_with_other_sections_are_no_bundles(sections: dict[str, bytes]) -> None:
    with pytest.raises(InvalidProof, match="not a zkpot bundle: no section"):
        Bundle.from_bytes(pack(b"zkpotrun", 1, sections))


@given(st.binary(max_size=64))
def test_bytes_that_are_no_bundle(content: bytes) -> None:
    with pytest.raises(InvalidProof, match="not a zkpot bundle"):
        Bundle.from_bytes(content)

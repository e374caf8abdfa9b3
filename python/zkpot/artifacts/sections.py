"""The container of files that hold several things: magic, version, named sections.

    magic       8 bytes
    version     4 bytes, little-endian
    count       4 bytes: number of sections
    then for each section:
        name length   2 bytes, name in UTF-8
        length        8 bytes, content

Every length is checked against what is left of the file before anything is copied, and
nothing may follow the last section.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_HEADER = struct.Struct("<II")
_NAME = struct.Struct("<H")
_LENGTH = struct.Struct("<Q")

MAX_SECTIONS = 1 << 20


class MalformedContainer(ValueError):
    """The bytes are not a container of the expected kind and version."""


def pack(magic: bytes, version: int, sections: Mapping[str, bytes]) -> bytes:
    """The container's bytes; sections keep their order."""
    parts = [magic, _HEADER.pack(version, len(sections))]
    for name, content in sections.items():
        encoded = name.encode()
        parts += [_NAME.pack(len(encoded)), encoded, _LENGTH.pack(len(content)), content]
    return b"".join(parts)


def unpack(content: bytes, magic: bytes, version: int) -> dict[str, bytes]:
    """The sections of a container.

    Raises:
        MalformedContainer: Another kind of file, another version, or damaged.
    """
    if content[: len(magic)] != magic:
        raise MalformedContainer("it does not begin as such a file does")
    reader = _Reader(content, len(magic))
    found, count = _HEADER.unpack(reader.take(_HEADER.size))
    if found != version:
        raise MalformedContainer(f"it has version {found}, and this zkpot reads version {version}")
    if count > MAX_SECTIONS:
        raise MalformedContainer("it claims too many sections")
    sections: dict[str, bytes] = {}
    for _ in range(count):
        (name_length,) = _NAME.unpack(reader.take(_NAME.size))
        try:
            name = reader.take(name_length).decode()
        except UnicodeDecodeError:
            raise MalformedContainer("a section's name is not text") from None
        (length,) = _LENGTH.unpack(reader.take(_LENGTH.size))
        if name in sections:
            raise MalformedContainer(f"section '{name}' is there twice")
        sections[name] = reader.take(length)
    if reader.rest:
        raise MalformedContainer("something follows its end")
    return sections


class _Reader:
    """Takes bytes from the front."""

    def __init__(self, content: bytes, start: int) -> None:
        self._content = content
        self._at = start

    @property
    def rest(self) -> int:
        return len(self._content) - self._at

    def take(self, length: int) -> bytes:
        if length > self.rest:
            raise MalformedContainer("it is cut off")
        start, self._at = self._at, self._at + length
        return self._content[start : self._at]

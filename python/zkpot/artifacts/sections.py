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
from collections.abc import Callable, Iterator, Sequence

_HEADER = struct.Struct("<II")
_NAME = struct.Struct("<H")
_LENGTH = struct.Struct("<Q")

MAX_SECTIONS = 1 << 20


class MalformedContainer(ValueError):
    """The bytes are not a container of the expected kind and version."""


def parts(
    magic: bytes, version: int, names: Sequence[str], content: Callable[[str], bytes]
) -> Iterator[bytes]:
    """The container piece by piece, with sections of these names; asks for each when it is due."""
    yield magic + _HEADER.pack(version, len(names))
    for name in names:
        encoded, section = name.encode(), content(name)
        yield _NAME.pack(len(encoded)) + encoded + _LENGTH.pack(len(section))
        yield section


def places(
    read: Callable[[int, int], bytes], size: int, magic: bytes, version: int
) -> dict[str, tuple[int, int]]:
    """Where the sections of a container begin, and how long they are.

    Args:
        read: Gives the bytes at a place, by start and length.
        size: Of the container.
        magic: With which it begins.
        version: That it has.

    Raises:
        MalformedContainer: Another kind of file, another version, or damaged.
    """
    reader = _Reader(read, size)
    if size < len(magic) or reader.take(len(magic)) != magic:
        raise MalformedContainer("it does not begin as such a file does")
    found, count = _HEADER.unpack(reader.take(_HEADER.size))
    if found != version:
        raise MalformedContainer(f"it has version {found}, and this zkpot reads version {version}")
    if count > MAX_SECTIONS:
        raise MalformedContainer("it claims too many sections")
    sections: dict[str, tuple[int, int]] = {}
    for _ in range(count):
        (name_length,) = _NAME.unpack(reader.take(_NAME.size))
        try:
            name = reader.take(name_length).decode()
        except UnicodeDecodeError:
            raise MalformedContainer("a section's name is not text") from None
        (length,) = _LENGTH.unpack(reader.take(_LENGTH.size))
        if name in sections:
            raise MalformedContainer(f"section '{name}' is there twice")
        sections[name] = reader.skip(length)
    if reader.rest:
        raise MalformedContainer("something follows its end")
    return sections


class _Reader:
    """Goes through the container from the front."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read = read
        self._size = size
        self._at = 0

    @property
    def rest(self) -> int:
        return self._size - self._at

    def take(self, length: int) -> bytes:
        """The next bytes."""
        taken = self._read(*self.skip(length))
        # A file may have become shorter since its size was looked at.
        if len(taken) < length:
            raise MalformedContainer("it is cut off")
        return taken

    def skip(self, length: int) -> tuple[int, int]:
        """The place of the next bytes."""
        if length > self.rest:
            raise MalformedContainer("it is cut off")
        start, self._at = self._at, self._at + length
        return start, length

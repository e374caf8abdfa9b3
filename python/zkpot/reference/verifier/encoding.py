"""Canonical encodings of programs, links and heads.

docs/spec/formats.md, 'Postcard'. A type is described by a `Codec`, which decodes and encodes; a
file is accepted only if what it decodes to encodes to the same bytes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zkpot.reference.verifier.field import MODULUS, Element
from zkpot.reference.verifier.refusal import Refusal, require


class Reader:
    """Bytes that are taken from the front."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken = self.content[self.position : self.position + count]
        require(len(taken) == count, "encoding: truncated")
        self.position += count
        return taken

    def varint(self) -> int:
        """An unsigned integer, seven bits a byte, least significant first."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            require(shift < 70, "encoding: an integer is too long")


@dataclass(frozen=True)
class Codec:
    """How one type is read and written."""

    read: Callable[[Reader], Any]
    write: Callable[[Any], bytes]


def _varint_bytes(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def unsigned(bits: int) -> Codec:
    """An unsigned integer of at most `bits` bits."""

    def read(reader: Reader) -> int:
        value = reader.varint()
        require(value < 1 << bits, "encoding: an integer is out of range")
        return value

    return Codec(read, _varint_bytes)


def signed(bits: int) -> Codec:
    """A signed integer: zigzag, then as an unsigned one."""
    plain = unsigned(bits)

    def read(reader: Reader) -> int:
        value = plain.read(reader)
        return int(value >> 1 ^ -(value & 1))

    return Codec(read, lambda value: _varint_bytes(value << 1 if value >= 0 else (-value << 1) - 1))


def fixed(count: int) -> Codec:
    """An array of bytes, without a length."""
    return Codec(lambda reader: reader.take(count), bytes)


def _read_flag(reader: Reader) -> bool:
    byte = reader.take(1)[0]
    require(byte < 2, "encoding: neither true nor false")
    return byte == 1


def _read_element(reader: Reader) -> Element:
    parts = [int.from_bytes(reader.take(8), "little") for _ in range(3)]
    require(all(part < MODULUS for part in parts), "encoding: a coordinate is not reduced")
    return Element(*parts)


U8 = Codec(lambda reader: reader.take(1)[0], lambda value: bytes([value]))
U32, U64, I32, I64 = unsigned(32), unsigned(64), signed(32), signed(64)
FLAG = Codec(_read_flag, lambda value: bytes([value]))
ELEMENT = Codec(
    _read_element, lambda value: b"".join(c.to_bytes(8, "little") for c in value.coordinates)
)


def _read_text(reader: Reader) -> str:
    try:
        return reader.take(reader.varint()).decode()
    except UnicodeDecodeError:
        raise Refusal("encoding: a text is not UTF-8") from None


def _write_blob(value: bytes) -> bytes:
    return _varint_bytes(len(value)) + value


TEXT = Codec(_read_text, lambda value: _write_blob(value.encode()))
BLOB = Codec(lambda reader: reader.take(reader.varint()), _write_blob)


def sequence(item: Codec) -> Codec:
    """A list: its length, then its entries."""

    def read(reader: Reader) -> list[Any]:
        count = reader.varint()
        require(count <= len(reader.content), "encoding: a list is longer than the file")
        return [item.read(reader) for _ in range(count)]

    def write(values: list[Any]) -> bytes:
        return _varint_bytes(len(values)) + b"".join(item.write(value) for value in values)

    return Codec(read, write)


def optional(item: Codec) -> Codec:
    """A value that may be missing: 0, or 1 and the value."""
    return Codec(
        lambda reader: item.read(reader) if _read_flag(reader) else None,
        lambda value: b"\0" if value is None else b"\1" + item.write(value),
    )


def record(kind: type, *fields: Codec) -> Codec:
    """A dataclass: its fields one after another."""

    def write(value: Any) -> bytes:
        parts = zip(dataclasses.fields(value), fields, strict=True)
        return b"".join(codec.write(getattr(value, field.name)) for field, codec in parts)

    return Codec(lambda reader: kind(*(codec.read(reader) for codec in fields)), write)


def choice(*variants: tuple[type, Codec]) -> Codec:
    """One of several dataclasses: its number, then its fields."""

    def read(reader: Reader) -> Any:
        number = reader.varint()
        require(number < len(variants), "encoding: no such variant")
        return variants[number][1].read(reader)

    def write(value: Any) -> bytes:
        number = next(i for i, (kind, _) in enumerate(variants) if type(value) is kind)
        return _varint_bytes(number) + variants[number][1].write(value)

    return Codec(read, write)


def enumeration(count: int) -> Codec:
    """One of several names without fields, by number."""

    def read(reader: Reader) -> int:
        number = reader.varint()
        require(number < count, "encoding: no such variant")
        return number

    return Codec(read, _varint_bytes)


def decode(codec: Codec, magic: bytes, content: bytes) -> Any:
    """Decodes a whole file, which must be canonical.

    Raises:
        Refusal: It is not.
    """
    require(content[: len(magic)] == magic, "encoding: unknown magic or version")
    reader = Reader(content[len(magic) :])
    value = codec.read(reader)
    require(reader.position == len(reader.content), "encoding: bytes are left")
    require(encode(codec, magic, value) == content, "encoding: not canonical")
    return value


def encode(codec: Codec, magic: bytes, value: Any) -> bytes:
    """The canonical bytes of a file."""
    return magic + codec.write(value)

"""The public part of a run, in memory and as one file (.zkpot)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from zkpot.artifacts.durable import write_parts
from zkpot.artifacts.sections import MalformedContainer, parts, places
from zkpot.errors import InputError, InvalidProof

MAGIC = b"zkpotrun"
VERSION = 1

# A verifier reads what strangers send: of a file a section at a time, of a pipe all at once. The
# largest program has 256 MiB, the largest link 64.
MAX_SECTION_BYTES = 256 << 20
MAX_PIPE_BYTES = 4 << 30


class LinksOnDisk(Sequence[bytes]):
    """Links that are read when they are asked for: those of a long run do not fit into memory.

    Args:
        count: How many there are.
        read: Gives one of them.
    """

    def __init__(self, count: int, read: Callable[[int], bytes]) -> None:
        self._indices = range(count)
        self._read = read

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self._read(number) for number in self._indices[index]]
        return self._read(self._indices[index])


@dataclass(frozen=True)
class Bundle:
    """Everything that a verifier needs: the program and the links, in order.

    `order` is what the run set out to do (nonce, shards, first commitments), as JSON. The
    verifier does not trust it: all of it is in the statements too.
    """

    program: bytes
    links: Sequence[bytes]
    order: bytes

    def to_bytes(self) -> bytes:
        """The bundle file."""
        return b"".join(self._parts())

    @classmethod
    def from_bytes(cls, content: bytes, source: str = "bundle") -> Bundle:
        """Reads the bytes of a bundle file.

        Raises:
            InvalidProof: They are not one.
        """

        def read(start: int, length: int) -> bytes:
            return content[start : start + length]

        bundle = cls._from(read, len(content), source)
        return Bundle(bundle.program, list(bundle.links), bundle.order)

    @classmethod
    def read(cls, path: Path) -> Bundle:
        """Opens a bundle file; links are read from it when they are asked for.

        Raises:
            InvalidProof: It is not one.
            InputError: It cannot be read.
        """

        def read(start: int, length: int) -> bytes:
            try:
                with path.open("rb") as file:
                    file.seek(start)
                    return file.read(length)
            except OSError as error:
                raise _unreadable(path, error) from error

        if not path.is_file():
            return cls.from_bytes(_from_pipe(path), str(path))
        try:
            size = path.stat().st_size
        except OSError as error:
            raise _unreadable(path, error) from error
        return cls._from(read, size, str(path))

    def write(self, path: Path) -> int:
        """Writes the bundle; returns its size in bytes."""
        write_parts(path, self._parts())
        return path.stat().st_size

    def _parts(self) -> Iterator[bytes]:
        links = {link_section(index): index for index in range(len(self.links))}
        others = {"order": self.order, "program": self.program}

        def content(name: str) -> bytes:
            return others[name] if name in others else self.links[links[name]]

        return parts(MAGIC, VERSION, [*others, *links], content)

    @classmethod
    def _from(cls, read: Callable[[int, int], bytes], size: int, source: str) -> Bundle:
        try:
            sections = places(read, size, MAGIC, VERSION)
            for name, (_, length) in sections.items():
                if length > MAX_SECTION_BYTES:
                    raise MalformedContainer(f"its section '{name}' is larger than any")
            order, program = sections.pop("order"), sections.pop("program")
            links = [sections.pop(link_section(index)) for index in range(len(sections))]
        except KeyError as missing:
            raise InvalidProof(f"{source}: not a zkpot bundle: no section {missing}") from None
        except MalformedContainer as reason:
            raise InvalidProof(f"{source}: not a zkpot bundle: {reason}") from None
        on_disk = LinksOnDisk(len(links), lambda index: read(*links[index]))
        return cls(program=read(*program), links=on_disk, order=read(*order))


def _from_pipe(path: Path) -> bytes:
    """All that comes out of what has no size, and can be read once."""
    try:
        with path.open("rb") as pipe:
            content = pipe.read(MAX_PIPE_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(content) > MAX_PIPE_BYTES:
        raise InputError(f"{path}: more than 4 GiB from a pipe; give the file itself")
    return content


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: not readable ({error.strerror or error})")


def link_section(index: int) -> str:
    """Name of link `index`, in a bundle and (with a suffix) in a run directory."""
    return f"link/{index:06}"

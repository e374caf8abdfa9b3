"""The public part of a run, in memory and as one file (.zkpot)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.durable import write_file
from zkpot.artifacts.sections import MalformedContainer, pack, unpack
from zkpot.errors import InputError, InvalidProof

MAGIC = b"zkpotrun"
VERSION = 1

# A verifier reads what strangers send; this is far above any real run.
MAX_BYTES = 4 << 30


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
        sections = {"order": self.order, "program": self.program}
        sections |= {link_section(index): link for index, link in enumerate(self.links)}
        return pack(MAGIC, VERSION, sections)

    @classmethod
    def from_bytes(cls, content: bytes, source: str = "bundle") -> Bundle:
        """Reads a bundle file.

        Raises:
            InvalidProof: The bytes are not one.
        """
        try:
            sections = unpack(content, MAGIC, VERSION)
            order = sections.pop("order")
            program = sections.pop("program")
            links = [sections.pop(link_section(index)) for index in range(len(sections))]
        except KeyError as missing:
            raise InvalidProof(f"{source}: not a zkpot bundle: no section {missing}") from None
        except MalformedContainer as reason:
            raise InvalidProof(f"{source}: not a zkpot bundle: {reason}") from None
        return cls(program=program, links=links, order=order)

    @classmethod
    def read(cls, path: Path) -> Bundle:
        """Reads a bundle from a file."""
        try:
            if path.stat().st_size > MAX_BYTES:
                raise InvalidProof(f"{path}: not a zkpot bundle: larger than any proof")
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: not readable ({error.strerror or error})") from error
        return cls.from_bytes(content, str(path))

    def write(self, path: Path) -> int:
        """Writes the bundle; returns its size in bytes."""
        content = self.to_bytes()
        write_file(path, content)
        return len(content)


def link_section(index: int) -> str:
    """Name of link `index`, in a bundle and (with a suffix) in a run directory."""
    return f"link/{index:06}"

"""How an order names the public scalars of its steps: `contracts/src/settle/Scalars.sol`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from zkpot.artifacts.durable import write_file
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.reading import read_bounded
from zkpot.errors import InputError
from zkpot.settle.extra import needed
from zkpot.settle.order import Schedule

with needed():
    from eth_utils.crypto import keccak

_LARGEST = 1 << 28
Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
#: Scalars of a link, `[scalar][step]`, flattened.
LinkScalars = tuple[Integer, ...]


@dataclass(frozen=True)
class Scalars:
    """The scalars of all links of an order, from its first chunk on.

    Attributes:
        chunks: Links of each chunk, and the scalars of each of them.
        link_steps: Steps of a link.
    """

    chunks: tuple[tuple[LinkScalars, ...], ...]
    link_steps: int

    @classmethod
    def of(cls, values: Sequence[Sequence[int]], link_steps: int, links: int) -> Scalars:
        """From `[scalar][step]` of a whole order, whose chunks have that many links.

        Raises:
            InputError: Steps are no whole chunks.
        """
        steps = len(values[0]) if values else 0
        if steps % (link_steps * links):
            raise InputError(f"{steps} steps of scalars are no chunks of {link_steps * links}")
        cut = [
            tuple(value for row in values for value in row[at : at + link_steps])
            for at in range(0, steps, link_steps)
        ]
        chunks = [tuple(cut[at : at + links]) for at in range(0, len(cut), links)]
        return cls(tuple(chunks), link_steps)

    @property
    def constant(self) -> tuple[int, ...] | None:
        """One value for each scalar, if it is the same at all steps."""
        links = [link for chunk in self.chunks for link in chunk]
        first = links[0] if links else ()
        values = first[:: self.link_steps]
        spread = tuple(value for value in values for _ in range(self.link_steps))
        return values if all(link == spread for link in links) else None

    @property
    def schedule(self) -> Schedule:
        """How they are named: by what is shortest to show."""
        return Schedule.LISTED if self.constant is None else Schedule.CONSTANT

    @property
    def name(self) -> str:
        """What the order says, hexadecimal."""
        values = self.constant
        return "0x" + (self._levels()[-1][0] if values is None else constant(values)).hex()

    def path(self, chunk: int) -> list[bytes]:
        """What `settle` needs to see that a chunk has its scalars; nothing where they are constant.

        Raises:
            InputError: There is no such chunk.
        """
        if self.schedule is Schedule.CONSTANT:
            return []
        if not 0 <= chunk < len(self.chunks):
            raise InputError(f"chunk {chunk}: the order has {len(self.chunks)}")
        found, at = [], chunk
        for level in self._levels()[:-1]:
            beside = at ^ 1
            # The last one of an odd number has nobody beside it, and goes up alone.
            if beside < len(level):
                found.append(level[beside])
            at //= 2
        return found

    def write(self, path: Path) -> None:
        """Writes the file that the worker needs to settle, wholly or not at all."""
        value = {"link_steps": self.link_steps, "chunks": self.chunks}
        write_file(path, (json.dumps(value) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> Scalars:
        """From a file.

        Raises:
            InputError: It is none.
        """
        try:
            return parse(read_bounded(path, _LARGEST), cls)
        except ValueError as error:
            raise InputError(f"{path}: not the scalars of an order ({error})") from None

    def _levels(self) -> list[list[bytes]]:
        """The tree, from its leaves to its root."""
        level = [leaf(number, links) for number, links in enumerate(self.chunks)]
        levels = [level]
        while len(level) > 1:
            pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
            # Pairs are sorted, so that a path needs no sides.
            level = [keccak(b"".join(sorted(p))) if len(p) == 2 else p[0] for p in pairs]
            levels.append(level)
        return levels


def constant(values: Sequence[int]) -> bytes:
    """The name of scalars that are the same at all steps."""
    return keccak(_words(values))


def leaf(chunk: int, links: Sequence[Sequence[int]]) -> bytes:
    """A chunk in the tree. Hashed twice, so that no node of the tree is a leaf."""
    hashes = b"".join(keccak(_words(scalars)) for scalars in links)
    return keccak(keccak(chunk.to_bytes(32, "big") + hashes))


def _words(values: Sequence[int]) -> bytes:
    return b"".join(value.to_bytes(32, "big", signed=True) for value in values)

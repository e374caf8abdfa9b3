"""Ciphertexts that lie open on a chain: the contract `Envelopes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.contracts.interface import interface
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.nodes.history import history
from zkpot.settle.transactions.actions import Action

#: Bytes of an element.
ELEMENT = 32
#: Gas that an element takes, with room, and that a part takes besides.
_GAS, _REST = 8_000, 150_000
#: Gas of a transaction at most (EIP-7825), and of what is estimated the part that may be used.
_MOST_GAS, _ROOM = 1 << 24, 120


@dataclass(frozen=True)
class Envelopes:
    """Hashes ciphertexts on the chain, so that everybody sees that they were published.

    Attributes:
        chain: Where it is.
        address: Of its contract.
    """

    chain: Chain
    address: str

    def is_published(self, ciphertext: str, block: int | str = "latest") -> bool:
        """Whether the ciphertext with this hash is on the chain whole, or was after a block."""
        return bool(self._ask("published", int(ciphertext, 16), block=block))

    def progress(self, publisher: str, ciphertext: str) -> tuple[int, int]:
        """How many elements somebody has published, and of how many; zeros before the first."""
        done, total = self._ask("progress", publisher, int(ciphertext, 16))
        return int(done), int(total)

    def read(self, ciphertext: str) -> bytes:
        """A ciphertext that was published, as the chain's log has it. Its hash is not compared.

        Raises:
            InputError: It was not published whole, or the node does not know how.
        """
        # Looking for what is not there would go back to the chain's first block.
        if not self.is_published(ciphertext):
            raise InputError(f"ciphertext {ciphertext} is not published: ask the worker for it")
        publisher, missing, parts = "", 0, []
        about = bytes.fromhex(ciphertext)
        events = history(
            *(self.chain, self.address, "Envelopes", ("Published", "Whole"), about),
            # Nothing says when the worker began.
            since=0,
        )
        for _, event in events:
            values = event.values
            if event.name == "Whole" and not publisher:
                publisher, missing = values["publisher"], values["total"]
            elif event.name == "Published" and values["publisher"] == publisher:
                elements = values["elements"]
                # Parts of one publisher follow one another: the contract takes no others.
                if values["from"] + len(elements) != missing:
                    break
                parts.append(b"".join(value.to_bytes(ELEMENT, "big") for value in elements))
                missing = values["from"]
            if publisher and missing == 0:
                return b"".join(reversed(parts))
        raise InputError(
            f"ciphertext {ciphertext} is published, and this node does not find where; ask another "
            "one"
        )

    def publish(
        self, publisher: str, ciphertext: str, content: bytes, again: bool = False
    ) -> Action:
        """Publishes what is missing, in parts that fit a block; the last one is the action.

        Args:
            publisher: Who sends it, whose parts belong together.
            ciphertext: Its hash, which `content` must have.
            content: Elements of 32 bytes, one at least.
            again: Whether to begin anew, as where something else was published under this hash.

        Raises:
            AlreadyDone: It is published.
        """
        total = len(content) // ELEMENT
        self._refuse_published(ciphertext)
        done, of = (0, total) if again else self.progress(publisher, ciphertext)
        start = done if of == total else 0
        size = self._elements()
        parts: list[Action] = []
        for at in range(start, total, size):
            end = min(at + size, total)
            parts.append(self._part(publisher, ciphertext, content, at, end, again))
        return Action(parts[-1].intent, parts[-1].guard, tuple(parts[:-1]))

    def _part(
        self, publisher: str, ciphertext: str, content: bytes, start: int, end: int, again: bool
    ) -> Action:
        total = len(content) // ELEMENT
        elements = [
            int.from_bytes(content[at : at + ELEMENT], "big")
            for at in range(start * ELEMENT, end * ELEMENT, ELEMENT)
        ]

        def guard() -> None:
            self._refuse_published(ciphertext)
            done, of = self.progress(publisher, ciphertext)
            if of == total and done >= end and not (again and start == 0):
                raise AlreadyDone(f"elements {start} to {end} of {ciphertext} are published")

        return Action.of(
            *(self.address, "Envelopes", "publish"),
            f"ciphertext {ciphertext}, elements {start} to {end} of {total}"
            + (", anew" if again else ""),
            *(int(ciphertext, 16), total, start, elements),
            guard=guard,
        )

    def _elements(self) -> int:
        """Of a part: an even number, since two are hashed at once."""
        gas = min(self.chain.node.block().gas_limit, _MOST_GAS) * 100 // _ROOM
        return max(2, (gas - _REST) // _GAS // 2 * 2)

    def _refuse_published(self, ciphertext: str) -> None:
        if self.is_published(ciphertext):
            raise AlreadyDone(f"ciphertext {ciphertext} is published already")

    def _ask(self, function: str, *arguments: object, block: int | str = "latest") -> Any:
        envelopes = interface("Envelopes")
        data = envelopes.encode(function, *arguments)
        return envelopes.decode(function, self.chain.node.call(self.address, data, block=block))

"""The front that an order names: what it verifies, and whether it can be relied on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zkpot.errors import CallReverted, InputError
from zkpot.settle.contracts.interface import interface, snake
from zkpot.settle.extra import needed
from zkpot.settle.known_setup import refuse_known
from zkpot.settle.nodes.chain import Chain

with needed():
    from eth_utils.crypto import keccak


@dataclass(frozen=True)
class Shape:
    """What a front's circuit is made for: the contracts' struct `Shape`."""

    program: str
    security: int
    rows: int
    steps: int
    scalars: int
    outputs: int
    links: int
    most_steps: int
    proof_bytes: int
    envelopes: bool

    @property
    def chunk_steps(self) -> int:
        """Steps that a proof shows."""
        return self.steps * self.links


@dataclass(frozen=True)
class Front:
    """A front on a chain.

    Attributes:
        chain: Where it is.
        address: Of its contract.
    """

    chain: Chain
    address: str

    def code_hash(self) -> str:
        """What orders pin: keccak256 of its code, hexadecimal.

        Raises:
            InputError: There is no contract.
        """
        code = self.chain.node.code(self.address)
        if not code:
            raise InputError(f"{self.address}: there is no front on chain {self.chain.id}")
        return "0x" + keccak(code).hex()

    def shape(self) -> Shape:
        """What its circuit is made for.

        Raises:
            InputError: It is no front.
        """
        found = self._ask("shape")
        values = {snake(name): value for name, value in found.items()}
        return Shape(**(values | {"program": "0x" + found["program"].hex()}))

    def refuse_test_srs(self) -> None:
        """Refuses a front whose proofs anybody can forge, on a chain that is no local one.

        Raises:
            InputError: It is such a front.
        """
        where = self.address
        # Claims stand before a front, which stands before a verifier. Nothing stands further back.
        for function, name in (("front", "Claims"), ("verifier", "TrainingVerifier")):
            refuse_known(self.chain, self.address, self.chain.node.code(where))
            # A contract that has no such function has nothing behind it that could be looked at.
            with suppress(InputError):
                where = str(Front(self.chain, where)._ask(function, name))
        refuse_known(self.chain, self.address, self.chain.node.code(where))

    def _ask(self, function: str, name: str = "TrainingVerifier") -> Any:
        front = interface(name)
        try:
            answer = self.chain.node.call(self.address, front.encode(function))
        except CallReverted:
            raise InputError(f"{self.address}: no front: it has no '{function}'") from None
        return front.decode(function, answer)

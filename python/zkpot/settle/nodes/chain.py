"""A chain: that it is the expected one, and when something on it is final."""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.errors import ChainUnavailable, InputError
from zkpot.settle.nodes.node import Node

#: Chains of one machine: ganache's and geth's, anvil's and hardhat's, eth-tester's.
LOCAL = frozenset({1337, 31337, 131277322940537})
#: Blocks after which a transaction of a public chain counts as final, its own among them.
CONFIRMATIONS = 12


@dataclass(frozen=True)
class Chain:
    """A chain, by its number, and a node that is asked about it.

    What is signed holds this number and never one that a node has said since: a node that lies
    about it gets what no other chain takes.

    Attributes:
        node: Who is asked.
        id: The chain's number (EIP-155).
        confirmations: Blocks until a transaction is final, its own among them.
    """

    node: Node
    id: int
    confirmations: int

    @classmethod
    def of(cls, node: Node, expected: int | None = None, confirmations: int | None = None) -> Chain:
        """The chain of a node.

        Args:
            node: Who is asked.
            expected: Its number; what the node says, unless it is given.
            confirmations: 1 or more; by default 1 on a local chain and 12 on others.

        Raises:
            InputError: The node is of another chain.
        """
        found = node.chain_id() if expected is None else expected
        if confirmations is not None and confirmations < 1:
            raise InputError(f"{confirmations} confirmations: a transaction needs 1 or more")
        chain = cls(node, found, confirmations or (1 if found in LOCAL else CONFIRMATIONS))
        chain.check()
        return chain

    @property
    def is_local(self) -> bool:
        """Whether it is one for tests, whose money is worth nothing."""
        return self.id in LOCAL

    def check(self) -> None:
        """Asks whether the node is still of this chain.

        Raises:
            InputError: It is of another one.
        """
        found = self.node.chain_id()
        if found != self.id:
            raise InputError(
                f"{self.node.name}: its chain is {found}, and {self.id} is expected; nothing was "
                "signed"
            )

    def name(self) -> str:
        """What tells this chain from all others with its number.

        Local chains are begun again and again with one number, so that their first block tells.
        On a public chain a node could lie about the block to make an account's journal vanish.
        """
        if not self.is_local:
            return str(self.id)
        first = self.node.block(0)
        if len(first.hash) != 32:
            raise ChainUnavailable(f"{self.node.name}: the first block has no hash")
        return f"{self.id}-{first.hash.hex()[:16]}"

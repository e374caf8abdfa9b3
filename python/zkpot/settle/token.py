"""The token that orders are paid in, or stake is given in (ERC-20)."""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.errors import AlreadyDone
from zkpot.settle.contracts.interface import interface
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.transactions.actions import Action


@dataclass(frozen=True)
class Token:
    """One token. Amounts are in its units.

    Attributes:
        chain: Where it is.
        address: Of its contract.
    """

    chain: Chain
    address: str

    def balance(self, account: str) -> int:
        """What an account has."""
        return self._ask("balanceOf", account)

    def allowance(self, owner: str, spender: str) -> int:
        """What a contract may take from an account."""
        return self._ask("allowance", owner, spender)

    def approve(self, owner: str, spender: str, amount: int, reason: str) -> Action:
        """Lets a contract take so much and no more. `reason` tells one approval from others."""

        def guard() -> None:
            if self.allowance(owner, spender) >= amount:
                raise AlreadyDone(f"{spender} may take {amount} units of {self.address} already")

        return Action.of(
            *(self.address, "Token", "approve", f"{amount} for {reason}", spender, amount),
            guard=guard,
        )

    def mint(self, account: str, amount: int, subject: str) -> Action:
        """Makes units of the token of local chains, which anybody may."""
        return Action.of(self.address, "Token", "mint", subject, account, amount)

    def _ask(self, function: str, *arguments: object) -> int:
        token = interface("Token")
        answer = self.chain.node.call(self.address, token.encode(function, *arguments))
        return int(token.decode(function, answer))

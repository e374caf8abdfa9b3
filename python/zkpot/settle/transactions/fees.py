"""What a transaction offers for gas: EIP-1559, or one price where a chain has no base fee."""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.errors import InputError
from zkpot.settle.nodes.node import Node

#: Nodes replace a transaction for a tenth more; some of them for an eighth.
_MORE, _OF = 9, 8
GWEI = 10**9
#: Wei for a unit of gas that are paid at most, unless it is said.
MOST = 1_000 * GWEI


@dataclass(frozen=True)
class Fees:
    """Wei for a unit of gas.

    Attributes:
        most: All of it at most; where there is no base fee, exactly.
        tip: For the block's maker, of the former; None where there is no base fee.
    """

    most: int
    tip: int | None

    def replacing(self, market: Fees) -> Fees:
        """An offer for the same nonce that nodes take in place of this one."""
        most = max(_raised(self.most), market.most)
        if self.tip is None:
            return Fees(most, None)
        tip = max(_raised(self.tip), market.tip or 0)
        return Fees(max(most, tip), tip)

    def fields(self) -> dict[str, int]:
        """As a transaction has them."""
        if self.tip is None:
            return {"gasPrice": self.most}
        return {"type": 2, "maxFeePerGas": self.most, "maxPriorityFeePerGas": self.tip}


@dataclass(frozen=True)
class FeePolicy:
    """How fees are chosen.

    Attributes:
        most: Wei for a unit of gas that are never exceeded. A node that lies about the market
            must not spend what the account has.
        legacy: Whether to send transactions with one price on a chain with a base fee, too.
    """

    most: int = MOST
    legacy: bool = False

    def quote(self, node: Node) -> Fees:
        """What the next transaction offers: room for the base fee to double.

        Raises:
            InputError: The market is above the bound.
        """
        base = node.block().base_fee
        if base is None or self.legacy:
            found = Fees(node.gas_price(), None)
            least = found.most
        else:
            tip = node.tip()
            found, least = Fees(2 * base + tip, tip), base + tip
        if found.most <= self.most:
            return found
        if least > self.most:
            raise InputError(
                f"gas costs {least / GWEI:.3f} gwei now, more than the {self.most / GWEI:.3f} that "
                "may be paid; wait, or give a higher --max-fee"
            )
        return Fees(self.most, found.tip)

    def allows(self, fees: Fees) -> bool:
        """Whether an offer is within the bound."""
        return fees.most <= self.most


def _raised(value: int) -> int:
    return value * _MORE // _OF + 1

"""Why a node does not take a transaction. Each client has words of its own."""

from __future__ import annotations

from enum import Enum, auto


class Rejection(Enum):
    """What a rejection means for who sent the transaction."""

    #: The node has it.
    KNOWN = auto()
    #: Its nonce was used: by itself, perhaps.
    USED = auto()
    #: Another one with its nonce waits there, and offers as much; or it offers too little for any.
    UNDERPRICED = auto()
    #: The account has too little.
    FUNDS = auto()
    #: Something else.
    OTHER = auto()


# geth, Erigon, Nethermind, Besu, reth and anvil, py-evm.
_WORDS = {
    Rejection.KNOWN: (
        *("already known", "known transaction", "already imported", "already in"),
        *("already exists", "alreadyknown"),
    ),
    Rejection.USED: ("nonce too low", "nonce is too low", "oldnonce", "invalid transaction nonce"),
    Rejection.UNDERPRICED: (
        *("underpriced", "feetoolow", "fee too low", "gas price too low", "price below"),
        *("less than block base fee", "lower than block's base fee"),
    ),
    Rejection.FUNDS: (
        *("insufficient funds", "insufficientfunds", "enough balance", "cannot afford", "overshot"),
    ),
}


def rejection(text: str) -> Rejection:
    """What a node's words mean."""
    lower = text.lower()
    for kind, phrases in _WORDS.items():
        if any(phrase in lower for phrase in phrases):
            return kind
    return Rejection.OTHER

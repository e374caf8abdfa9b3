"""What slither finds in the settlement contracts, and why it stays so.

`make test-slither` fails at what is not answered here, and at answers to what is not found.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """To one finding, or to all of a detector.

    Attributes:
        detector: Its name.
        where: Contract and function or variable; empty for all.
        why: What it does not know.
    """

    detector: str
    where: str
    why: str


ANSWERS = (
    Answer(
        "arbitrary-send-erc20",
        "Purse._take",
        "The owner is the consumer who signed the order, or the worker who sends the call.",
    ),
    Answer(
        "uninitialized-state",
        "OrderBook._entries",
        "Written through references that functions return.",
    ),
    Answer("unused-return", "Envelopes.hashOfKey", "A hash is the first element of a permutation."),
    Answer("unused-return", "OrderBook._signed", "The third value describes an error further."),
    Answer(
        "unused-return",
        "OrderBook._release",
        "How much is released is nothing that an order depends on.",
    ),
    Answer(
        "shadowing-local",
        "OrderBook.constructor",
        "It is the same token, which the parent takes over.",
    ),
    Answer(
        "shadowing-local",
        "ITrainingVerifier",
        "Functions of the front are called after what they return.",
    ),
    Answer(
        "timestamp",
        "",
        "Orders live for days, and what a block's proposer can move is seconds.",
    ),
    Answer(
        "assembly",
        "",
        "Short, marked as memory-safe, and compared: hashes of orders with forge's, the permutation"
        " with Python's, scalars with those of a loop in tests.",
    ),
    Answer(
        "solc-version",
        "",
        "The front's files compile with what generated verifiers ask for; here 0.8.34 compiles"
        " them.",
    ),
    Answer("too-many-digits", "Poseidon2", "The order of BN254's scalar field."),
)

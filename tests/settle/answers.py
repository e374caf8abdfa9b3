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
    # Who calls whom, and in which order.
    Answer(
        "arbitrary-send-erc20",
        "Purse._take",
        "The owner is the consumer who signed the order, or the worker who sends the call.",
    ),
    Answer(
        "reentrancy-no-eth",
        "Claims.prove",
        "Staking calls nobody when it releases and slashes, and every entry of both is guarded.",
    ),
    Answer(
        "reentrancy-benign",
        "Claims.post",
        "Staking calls nobody when it reserves; the token, which may call back, comes last.",
    ),
    Answer(
        "missing-zero-check",
        "EzklVerifier.constructor",
        "An address without code is refused with its hash of code.",
    ),
    # What is returned.
    Answer("unused-return", "Envelopes.hashOfKey", "A hash is the first element of a permutation."),
    Answer("unused-return", "OrderBook._signed", "The third value describes an error further."),
    Answer(
        "unused-return",
        "OrderBook._release",
        "How much is released is nothing that an order depends on.",
    ),
    *(
        Answer("unused-return", where, "All that is reserved under the key is released.")
        for where in ("Claims._accept", "Claims._withdraw", "Seats.vacate")
    ),
    Answer(
        "unused-return",
        "Claims.constructor",
        "Waits are compared at their longest; the least terms shorten nothing.",
    ),
    Answer(
        "unused-return",
        "Parameters._add",
        "A version's number is the length of their list, not what was in force before.",
    ),
    Answer(
        "incorrect-return",
        "Claims.verify",
        "The front's answer is meant to be the call's: nothing is left to do.",
    ),
    # What decides.
    Answer(
        "weak-prng",
        "Seats._drawn",
        "Who makes the block may choose, as Seats says: so who is drawn decides nothing alone.",
    ),
    Answer(
        "incorrect-equality",
        "Claims.verify",
        "A state is compared, and no amount that somebody could add to.",
    ),
    *(
        Answer(
            "timestamp",
            where,
            "Waits are hours or days, and what a block's proposer can move is seconds.",
        )
        for where in ("Claims", "OrderBook", "Registry", "Rewards", "Staking")
    ),
    # How it is written.
    Answer(
        "uninitialized-state",
        "OrderBook._entries",
        "Written through references that functions return.",
    ),
    Answer(
        "unimplemented-functions",
        "Council",
        "GovernorCountingSimple and GovernorVotes have them: votes are counted in forge's tests.",
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
    Answer("naming-convention", "Votes.CLOCK_MODE", "ERC-6372 calls it so."),
    Answer("assembly", "Orders.hash", "Marked as memory-safe, and compared with forge's hashes."),
    Answer("assembly", "Poseidon2", "Compared with the permutation in Python."),
    Answer(
        "assembly",
        "Scalars._nextOther",
        "Tests change each scalar of a chunk in turn, and it is found at its place.",
    ),
    Answer("assembly", "PublicInputs", "Compared with what Python and the circuits compute."),
    Answer(
        "assembly",
        "PinnedVerifier",
        "Solidity would copy whatever is returned, for which the caller's gas would pay.",
    ),
    Answer("assembly", "Claims._forward", "The front's bytes go on as they are, errors included."),
    Answer("too-many-digits", "Poseidon2", "The order of BN254's scalar field."),
    *(
        Answer(
            detector,
            "",
            "The front's files and OpenZeppelin's compile with other compilers, too; here 0.8.34"
            " compiles all of them.",
        )
        for detector in ("solc-version", "pragma")
    ),
)

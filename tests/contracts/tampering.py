"""Changes of what a proof says, by the field of the front's structs that they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.artifacts.wrapped_statement import ORDER

#: The structs' fields in their order.
TRAINING = (
    *("first", "shard", "nonce", "earlierSteps", "contextHash", "before", "firstStep", "previous"),
    "links",
)
LINK = ("trained", "scalars", "outputs", "ciphertext", "key")

Change = Callable[[Any], Any]


def changed(proof: EvmProof, **changes: Change) -> list[Any]:
    """The struct `Training` with some fields changed."""
    training: list[Any] = list(proof.training())
    for name, change in changes.items():
        at = TRAINING.index(name)
        training[at] = change(training[at])
    return training


def changed_link(proof: EvmProof, number: int, **changes: Change) -> list[Any]:
    """The struct with some fields of one link changed."""

    def replace(links: list[Any]) -> list[Any]:
        link: list[Any] = list(links[number])
        for name, change in changes.items():
            at = LINK.index(name)
            link[at] = change(link[at])
        return [*links[:number], link, *links[number + 1 :]]

    return changed(proof, links=replace)


def next_bytes(digest: bytes) -> bytes:
    """Another digest, still an element of the field."""
    return digest[:-1] + bytes([digest[-1] ^ 1])


def raised(digest: bytes) -> bytes:
    """The same element of the field by another number."""
    return (int.from_bytes(digest, "big") + ORDER).to_bytes(32, "big")


def zero(digest: bytes) -> bytes:
    return bytes(len(digest))


def next_number(value: int) -> int:
    return value + 1


def next_first(values: list[int]) -> list[int]:
    """Another first value."""
    return [values[0] ^ 1, *values[1:]]


def without_last(values: Any) -> Any:
    return values[:-1]


def with_one_more(values: Any) -> Any:
    return [*values, values[-1]]

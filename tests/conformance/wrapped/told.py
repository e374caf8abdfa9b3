"""Cases about what is expected of wrapped proofs: met, missed, unusable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.wrapped.suite import PROOFS, TAKEN, WrappedCase, receipts

OTHER = "1b" * 32


def cases() -> Iterator[WrappedCase]:
    """All of them."""
    for index, (base, receipt) in enumerate(zip(PROOFS, receipts(), strict=True)):
        every = _every(receipt)
        yield WrappedCase(f"{index}: valid", base)
        for key, value in every.items():
            yield WrappedCase(f"{index}: {key} is met", base, expectations=TAKEN | {key: value})
        yield WrappedCase(f"{index}: all is met", base, expectations=TAKEN | every)
        yield WrappedCase(f"{index}: nothing is told", base, expectations=None)
        yield WrappedCase(
            f"{index}: forgeable, and not allowed", base, expectations={"allow_test_srs": False}
        )
        yield from _missed(f"{index}: another", base, receipt)
    yield from _unusable()


def _every(receipt: dict[str, Any]) -> dict[str, Any]:
    """Expectations that a proof meets."""
    told = {key: receipt[key] for key in ("program", "first", "shard", "nonce", "context")}
    numbers = {"earlier_steps": receipt["earlier_steps"], "security": receipt["security"]}
    steps = {"start": receipt["start"], "steps": receipt["end"]["steps"]}
    return told | numbers | steps | {"scalars": [[[819, 10], [819, 6]]]}


def _missed(name: str, base: str, receipt: dict[str, Any]) -> Iterator[WrappedCase]:
    others: dict[str, Any] = dict.fromkeys(("program", "first", "shard", "nonce"), OTHER)
    others |= {"context": "00", "earlier_steps": 1, "security": 101, "steps": 17}
    for key, value in others.items():
        yield WrappedCase(f"{name} {key}", base, expectations=TAKEN | {key: value})
    for key in receipt["start"]:
        start = receipt["start"] | {key: 8 if key == "steps" else OTHER}
        yield WrappedCase(f"{name} start, its {key}", base, expectations=TAKEN | {"start": start})
    scalars = {
        "value": [[[820, 16]]],
        "number of steps": [[[819, 15]]],
        "later value": [[[819, 15], [1, 1]]],
        "number": [],
        "scalar besides": [[[819, 16]], [[1, 16]]],
    }
    for key, spans in scalars.items():
        told = TAKEN | {"scalars": spans}
        yield WrappedCase(f"{name} {key} of scalars", base, expectations=told)
    long = TAKEN | {"context": "ab" * 5000}
    yield WrappedCase(f"{name} context, a long one", base, expectations=long)


def _unusable() -> Iterator[WrappedCase]:
    start = receipts()[0]["start"]
    unusable: dict[str, dict[str, Any]] = {
        "a key that is none": {"weights": "00"},
        "a key of runs": {"data_root": OTHER},
        "a long key that is none": {"w" * 3000: "00"},
        "no hexadecimal": {"program": "zz" * 32},
        "a short digest": {"first": "ab" * 31},
        "a long digest": {"nonce": "ab" * 33},
        "an odd number of digits": {"context": "abc"},
        "a number as text": {"steps": "16"},
        "a negative number": {"steps": -1},
        "a number of 65 bits": {"earlier_steps": 2**64},
        "a fraction": {"steps": 2.5},
        "a number for a choice": {"allow_test_srs": 1},
        "a start that is a digest": {"start": OTHER},
        "a start without its steps": {"start": {"statement": OTHER, "states": OTHER}},
        "a start with another key": {"start": start | {"round": 1}},
        "a start with a short digest": {"start": start | {"states": "ab"}},
        "named scalars": {"scalars": {"lr": [[819, 16]]}},
        "flat scalars": {"scalars": [[819, 16]]},
    }
    for name, told in unusable.items():
        yield WrappedCase(f"expectations: {name}", expectations=told)

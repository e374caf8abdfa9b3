"""The independent verifier accepts what the prover makes, and says the same as the Rust one."""

from __future__ import annotations

import dataclasses
import json
from itertools import islice

import pytest

import zkpot
from zkpot.artifacts.keccak import keccak256
from zkpot.reference import blake3 as reference
from zkpot.reference.verifier import hashes, verify_run
from zkpot.reference.verifier.field import MODULUS, Element, multiply, vector


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("hiding", None),
        ("clear", None),
        ("seed", None),
        ("evaluation", "hiding"),
        ("windows", None),
        ("dropout", None),
    ],
)
def test_receipts_agree(runs, name: str, after: str | None) -> None:
    folder, bundle = runs.folder, runs.bundle(name)
    previous = None if after is None else zkpot.verify(folder / after)
    expected = dict(
        zkpot.verify(folder / name, after=previous, allow_clear=name == "clear").details
    )
    receipt = verify_run(
        bundle.program,
        bundle.order,
        bundle.links,
        previous=None if previous is None else bytes.fromhex(previous.continuation),
        allow_clear=name == "clear",
    )
    # What was not expected of the Rust verifier is no part of what a run proves.
    expected.pop("unchecked")
    assert json.loads(json.dumps(dataclasses.asdict(receipt))) == expected


def test_hashes() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == empty
    empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    assert hashes.blake3(b"").hex() == empty
    output = bytes(islice(reference.derive("zkpot/v1/initial", b"seed"), 1000))
    assert hashes.derive_key("zkpot/v1/initial", b"seed", 1000) == output


def test_vectors_and_single_elements_agree() -> None:
    edges = [0, 1, 2**32 - 1, 2**32, 2**63, MODULUS - 2**32, MODULUS - 1]
    left = [Element(a, b, MODULUS - 1) for a in edges for b in edges]
    right = [Element(b, MODULUS - 1, a) for a in edges for b in edges]
    products = [(a * b).coordinates for a, b in zip(left, right, strict=True)]
    assert multiply(vector(left), vector(right)).tolist() == [list(p) for p in products]
    assert all((a * a.inverse()).coordinates == (1, 0, 0) for a in left)

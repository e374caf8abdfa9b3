"""The cases of wrapped proofs that all verifiers share, on a chain."""

from __future__ import annotations

import json
import random

import pytest

from examples.solana.client import verify
from examples.solana.tests.chain import PROGRAM, Chain
from tests.conformance.suite import ROOT
from tests.conformance.wrapped.suite import (
    CIRCUIT,
    PROOFS,
    TAKEN,
    WrappedCase,
    read_wrapped_cases,
)
from zkpot._native import answer_wrapped

# The circuit is compiled in, and expectations are for the program that asked.
CASES = [
    case
    for case in read_wrapped_cases()
    if case.circuit == CIRCUIT and not case.circuit_edits and case.told == json.dumps(TAKEN)
]


@pytest.fixture(name="chain", scope="module")
def start() -> Chain:
    """One chain for all cases."""
    return Chain()


def test_there_are_many() -> None:
    """Proofs of all kinds, and codes of all rules that a proof can break."""
    assert len(CASES) > 150
    codes = {case.result["code"] for case in CASES}
    assert codes >= {0, 10, 11, 15, 16, 24, 25, 32, 33, 34}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(chain: Chain, case: WrappedCase) -> None:
    """The code is the one that all verifiers answer."""
    _compare(chain, case.proof, case.result["code"])


@pytest.mark.parametrize("seed", range(200))
def test_drawn_changes(chain: Chain, seed: int) -> None:
    """Whatever is changed, the code is the one that the crate answers."""
    draw = random.Random(seed)
    proof = bytearray((ROOT / draw.choice(PROOFS)).read_bytes())
    for _ in range(draw.choice([1, 1, 2, 5])):
        at = draw.randrange(len(proof))
        end = at + draw.choice([0, 1, 1, 1, 32])
        proof[at:end] = draw.randbytes(draw.choice([0, 1, 1, 1, 2, 32]))
    code, *_ = answer_wrapped((ROOT / CIRCUIT).read_bytes(), bytes(proof), json.dumps(TAKEN))
    _compare(chain, bytes(proof), code)


def _compare(chain: Chain, proof: bytes, code: int) -> None:
    asked = verify(PROGRAM, chain.put(proof).pubkey())
    if code == 0:
        chain.take(asked)
    else:
        assert chain.refuse(asked) == code

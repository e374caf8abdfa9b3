"""Every field is bound: a proof is refused with any other value of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.conftest import Put
from tests.contracts.front import Front
from tests.contracts.tampering import (
    LINK,
    TRAINING,
    changed,
    changed_link,
    next_bytes,
    next_first,
    next_number,
)
from tests.contracts.vectors import ENVELOPES, MIDDLE, PROOF, THREE, Case

START = THREE.proof
LATER = MIDDLE.proof


@pytest.fixture(scope="module")
def start(placed: Put) -> Front:
    return placed(THREE)


@pytest.fixture(scope="module")
def later(placed: Put) -> Front:
    """Where a proof does not start the run, so that its start may be any."""
    return placed(MIDDLE)


TRAININGS: dict[str, Any] = {
    # A run's first commitment is where it starts, so that both are changed.
    "first": changed(START, first=next_bytes, before=next_bytes),
    "shard": changed(START, shard=next_bytes),
    "nonce": changed(START, nonce=next_bytes),
    "earlierSteps": changed(START, earlierSteps=next_number),
    "contextHash": changed(START, contextHash=next_bytes),
    "links": changed(START, links=lambda links: [links[1], links[0], links[2]]),
}
LATER_TRAININGS: dict[str, Any] = {
    "before": changed(LATER, before=next_bytes),
    "firstStep": changed(LATER, firstStep=next_number),
    "previous": changed(LATER, previous=next_bytes),
}


def test_every_field_is_changed_below(start: Front) -> None:
    """Fails where a field is new and has no change."""
    (entry,) = (e for e in start.contract.abi if e.get("name") == "verify")
    training = entry["inputs"][0]["components"]
    assert tuple(value["name"] for value in training) == TRAINING
    assert {*TRAININGS, *LATER_TRAININGS} == set(TRAINING)
    assert tuple(value["name"] for value in training[-1]["components"]) == LINK


@pytest.mark.parametrize("field", TRAININGS)
def test_another_field(start: Front, field: str) -> None:
    refused(start, TRAININGS[field])


@pytest.mark.parametrize("field", LATER_TRAININGS)
def test_another_start(later: Front, field: str) -> None:
    answer = later.verify(LATER, training=LATER_TRAININGS[field])
    assert answer[0] == "InvalidProof"


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("field", ["trained", "scalars", "outputs"])
def test_another_link(start: Front, number: int, field: str) -> None:
    change = next_bytes if field == "trained" else next_first
    refused(start, changed_link(START, number, **{field: change}))


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("field", ["ciphertext", "key"])
def test_another_envelope(placed: Put, number: int, field: str) -> None:
    proof = ENVELOPES.proof
    training = changed_link(proof, number, **{field: next_number})
    refused(placed(ENVELOPES), training, ENVELOPES)


def refused(front: Front, training: list[Any], case: Case = THREE) -> None:
    """With the digest of what was claimed, which is not the proven one."""
    claimed = front.contract.encode_abi("standingAfter", [training])
    statement = front.ask(claimed, "standingAfter")[0]
    assert statement != case.standing[0]
    assert front.verify(case.proof, training=training) == ("InvalidProof", statement)


def test_another_hash_or_proof(start: Front) -> None:
    invalid = ("InvalidProof", THREE.standing[0])
    assert start.verify(START, hash_=THREE.public_inputs[0] ^ 1) == invalid
    assert start.verify(START, hash_=0) == invalid
    for place in (0, 40, len(PROOF) - 1):
        content = PROOF[:place] + bytes([PROOF[place] ^ 1]) + PROOF[place + 1 :]
        assert start.verify(START, content=content) == invalid


def test_a_proof_of_another_program(placed: Put, start: Front) -> None:
    """The same verifier behind a front for another shape is asked something else."""
    front = placed(MIDDLE)
    assert front.verify(START)[0] == "Links"
    assert front.verify(LATER) == MIDDLE.standing


def test_bytes_behind_the_arguments_change_nothing(start: Front) -> None:
    data = start.verification(START)
    assert start.ask(data + "ff" * 99, "verify") == THREE.standing

"""What slither says and what answers say must be the same: neither may have more."""

from __future__ import annotations

from typing import Any

from tests.settle.analysis import compare, place
from tests.settle.answers import ANSWERS, Answer

CLAIMS = {"type": "contract", "name": "Claims"}


def finding(check: str, function: str) -> dict[str, Any]:
    """One in a function of Claims, as slither writes it."""
    element = {"type": "function", "name": function, "type_specific_fields": {"parent": CLAIMS}}
    return {"check": check, "description": f"{check} there\n", "elements": [element]}


def test_a_place_is_contract_and_function() -> None:
    assert place(finding("timestamp", "draw")) == "Claims.draw"


def test_each_finding_has_an_answer_and_each_answer_a_finding() -> None:
    answers = (Answer("timestamp", "Claims", "why"), Answer("weak-prng", "Claims.draw", "why"))
    found = [finding("timestamp", "ask"), finding("weak-prng", "draw")]
    assert compare(found, answers) == []


def test_a_finding_without_an_answer() -> None:
    answers = (Answer("weak-prng", "Claims.draw", "why"),)
    found = [
        finding("weak-prng", "draw"),
        finding("weak-prng", "post"),
        finding("tx-origin", "draw"),
    ]
    assert compare(found, answers) == [
        "weak-prng at Claims.post: weak-prng there",
        "tx-origin at Claims.draw: tx-origin there",
    ]


def test_an_answer_to_nothing() -> None:
    answers = (Answer("timestamp", "Seats", "why"), Answer("timestamp", "Claims", "why"))
    assert compare([finding("timestamp", "ask")], answers) == [
        "nothing is found of timestamp at Seats"
    ]


def test_answers_are_of_one_place_each() -> None:
    kinds = [(answer.detector, answer.where) for answer in ANSWERS]
    assert len(set(kinds)) == len(kinds)

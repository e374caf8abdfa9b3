"""Integers, field elements, proofs and terms as files hold them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from zkpot.artifacts.ezkl.terms import SALT, Tensor, Terms
from zkpot.artifacts.json_text import parse
from zkpot.backends.ezkl.proof import Proof
from zkpot.backends.ezkl.settings import LARGEST
from zkpot.backends.ezkl.values import COORDINATES, ORDER, decode, encode, quantise, salt
from zkpot.errors import ValueOutOfRange

TERMS = Terms("committed", 7, 12, (0, 0), (Tensor("param.w", (4, 2)),), (Tensor("x", (3, 4)),))


def test_field_elements_and_back() -> None:
    values = [0, 1, -1, LARGEST, -LARGEST]
    assert decode(encode(values)) == values
    assert encode([1])[0] == "01" + "00" * 31


@pytest.mark.parametrize("element", ["00" * 31, "zz" * 32, (ORDER).to_bytes(32, "little").hex()])
def test_what_is_no_field_element_is_refused(element: str) -> None:
    with pytest.raises(ValueError, match=r"field|hex"):
        decode([element])


def test_values_are_rounded_and_their_range_is_checked() -> None:
    assert quantise("'w'", np.array([0.5, -0.25, 0.004], np.float32), 7) == [64, -32, 1]
    for value in (2.0**23, -(2.0**23), np.nan, np.inf):
        with pytest.raises(ValueOutOfRange, match=r"'w' has .* at place 1"):
            quantise("'w'", np.array([0.0, value]), 7)


def test_salt_is_fresh_and_fills_the_range() -> None:
    first, second = salt(), salt()
    assert len(first) == SALT
    assert not set(first) & set(second)
    assert all(0 <= value <= LARGEST for value in first)
    # Two evaluations and a commitment of a column, with 128 bits to spare.
    assert SALT * LARGEST.bit_length() > 3 * 254 + 2 * 128


def test_terms_survive_their_file() -> None:
    assert Terms.from_json(TERMS.to_json()) == TERMS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link", "public"),
        ("scale", 0),
        ("scale", 99),
        ("logrows", 60),
        ("ezkl", "22.0.0"),
        ("version", 2),
        ("states", []),
        ("data", []),
        ("lookup_range", [0]),
        ("states", [{"name": "w", "shape": [0]}]),
    ],
)
def test_other_terms_are_refused(name: str, value: object) -> None:
    changed = json.loads(TERMS.to_json()) | {name: value}
    with pytest.raises(ValueError, match=r"."):
        Terms.from_json(json.dumps(changed))


def test_commitments_are_the_first_points_of_a_proof() -> None:
    points = [bytes([i]) * 64 for i in range(4)]
    statement = Proof(b"".join(points).hex() + "ff" * 64, ()).statement("committed")
    found = (statement.before, statement.batch, statement.salt, statement.after)
    assert found == tuple(point.hex() for point in points)


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        (Proof("00" * 255, ()), "too short"),
        (Proof("00" * 512, ("00" * 32,)), "1 public inputs in place of none"),
        (Proof(COORDINATES.to_bytes(32, "big").hex() + "00" * 480, ()), "not a point"),
    ],
)
def test_what_is_no_committed_proof_is_refused(proof: Proof, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proof.statement("committed")


@pytest.mark.parametrize(
    ("instances", "message"),
    [
        (("00" * 32,) * 3, "3 public inputs in place of 4"),
        (("00" * 32,) * 5, "5 public inputs in place of 4"),
        (("00" * 32,) * 3 + (ORDER.to_bytes(32, "little").hex(),), "not an element"),
    ],
)
def test_what_is_no_hashed_proof_is_refused(instances: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Proof("00" * 512, instances).statement("hashed")


@pytest.mark.parametrize(
    "text",
    [
        '{"proof": "0", "instances": []}',
        '{"proof": "zz", "instances": []}',
        '{"proof": "00", "instances": ["00"]}',
        '{"proof": "00"}',
        '{"proof": ["00"], "instances": []}',
        "[" * 10_000,
    ],
)
def test_what_is_no_proof_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text, Proof)

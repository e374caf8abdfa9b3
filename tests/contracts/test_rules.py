"""What the front refuses by itself, with which error; and that each check is needed.

The verifier takes everything here. `planted` has fronts that lack one check each: what a front
refuses with the check, it takes without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from contracts.compile import Contract, compile_sources, sources
from tests.contracts.chain import Chain
from tests.contracts.front import ACCEPTING, Front, made, put
from tests.contracts.tampering import (
    changed,
    changed_link,
    next_bytes,
    raised,
    with_one_more,
    without_last,
    zero,
)
from tests.contracts.vectors import ENVELOPES, MIDDLE, ONE, PROOF, THREE, Case, shape_of
from zkpot.artifacts.wrapped_statement import ORDER

STATEMENTS, FRONT = "src/Statements.sol", "src/TrainingVerifier.sol"
LAST_STEP = 2**64 - 1


def number(digest: str) -> int:
    return int(digest, 16)


def raised_number(digest: str) -> int:
    return number(digest) + ORDER


@dataclass(frozen=True)
class Rule:
    """A call that a check refuses, and the check.

    Attributes:
        error: Name and values.
        path: The file that the check is in.
        check: Its text, to be planted without.
        case: What is proven, with `other` arguments.
    """

    error: tuple[Any, ...]
    path: str
    check: str
    case: Case
    other: Mapping[str, Any]


@dataclass(frozen=True)
class Sealed:
    """The hashes of an envelope, as numbers."""

    ciphertext: int
    key: int


_HASHES = ENVELOPES.frozen["links"][1]["envelope"]
SEALED = Sealed(number(_HASHES["ciphertext"]), number(_HASHES["key"]))


def envelope(case: Case, link: int, ciphertext: int, key: int) -> Rule:
    return Rule(
        ("Envelope", link, ciphertext, key),
        STATEMENTS,
        "revert ITrainingVerifier.Envelope(number, link.ciphertext, link.key);",
        case,
        {
            "training": changed_link(
                case.proof, link, ciphertext=lambda _: ciphertext, key=lambda _: key
            )
        },
    )


def commitment(field: str, change: Any) -> Rule:
    text = {"first": MIDDLE.frozen["first"], "shard": MIDDLE.frozen["shard"]}.get(
        field, MIDDLE.frozen["before"]
    )
    value = 0 if change is zero else raised_number(text)
    check = f'_requireCommitment("{field}", training.{field});'
    other = {"training": changed(MIDDLE.proof, **{field: change})}
    return Rule(("NotInField", field, value), STATEMENTS, check, MIDDLE, other)


def trained(change: Any) -> Rule:
    value = 0 if change is zero else raised_number(THREE.frozen["links"][1]["after"])
    check = "revert ITrainingVerifier.TrainedNotInField(number, trained);"
    other = {"training": changed_link(THREE.proof, 1, trained=change)}
    return Rule(("TrainedNotInField", 1, value), STATEMENTS, check, THREE, other)


def of(case: Case, error: tuple[Any, ...], path: str, check: str, **other: Any) -> Rule:
    return Rule(error, path, check, case, other)


PREVIOUS = "revert ITrainingVerifier.PreviousStatement(firstStep, training.previous);"
RULES = {
    "first is zero": commitment("first", zero),
    "first is no element": commitment("first", raised),
    "shard is zero": commitment("shard", zero),
    "shard is no element": commitment("shard", raised),
    "before is zero": commitment("before", zero),
    "before is no element": commitment("before", raised),
    "trained is zero": trained(zero),
    "trained is no element": trained(raised),
    "hash is no element": of(
        THREE,
        ("NotInField", "hash", THREE.public_inputs[0] + ORDER),
        FRONT,
        'revert NotInField("hash", hash);',
        hash_=THREE.public_inputs[0] + ORDER,
    ),
    "not from the first commitment": of(
        ONE,
        (
            "NotFromFirst",
            next_bytes(bytes.fromhex(ONE.frozen["first"])),
            bytes.fromhex(ONE.frozen["first"]),
        ),
        STATEMENTS,
        "revert ITrainingVerifier.NotFromFirst(training.before, training.first);",
        training=changed(ONE.proof, before=next_bytes),
    ),
    "a statement before the first": of(
        ONE,
        ("PreviousStatement", 0, next_bytes(bytes(32))),
        STATEMENTS,
        PREVIOUS,
        training=changed(ONE.proof, previous=next_bytes),
    ),
    "no statement before a later one": of(
        MIDDLE,
        ("PreviousStatement", MIDDLE.frozen["first_step"], bytes(32)),
        STATEMENTS,
        PREVIOUS,
        training=changed(MIDDLE.proof, previous=zero),
    ),
    "too many steps": of(
        MIDDLE,
        ("TooManySteps", LAST_STEP + 4, 2**63 - 1),
        STATEMENTS,
        "revert ITrainingVerifier.TooManySteps(steps, shape.mostSteps);",
        training=changed(MIDDLE.proof, firstStep=lambda _: LAST_STEP),
    ),
    "a link less": of(
        THREE,
        ("Links", 2, 3),
        STATEMENTS,
        "revert ITrainingVerifier.Links(links, shape.links);",
        training=changed(THREE.proof, links=without_last),
    ),
    "a link more": of(
        THREE,
        ("Links", 4, 3),
        STATEMENTS,
        "revert ITrainingVerifier.Links(links, shape.links);",
        training=changed(THREE.proof, links=with_one_more),
    ),
    "a scalar less": of(
        THREE,
        ("Scalars", 2, 11, 12),
        STATEMENTS,
        "revert ITrainingVerifier.Scalars(number, link.scalars.length, scalars);",
        training=changed_link(THREE.proof, 2, scalars=without_last),
    ),
    "a total less": of(
        THREE,
        ("Outputs", 0, 1, 2),
        STATEMENTS,
        "revert ITrainingVerifier.Outputs(number, link.outputs.length, shape.outputs);",
        training=changed_link(THREE.proof, 0, outputs=without_last),
    ),
    "a large ciphertext": envelope(ENVELOPES, 1, SEALED.ciphertext + ORDER, SEALED.key),
    "a large key": envelope(ENVELOPES, 0, 5, 5 + ORDER),
    "no ciphertext": envelope(ENVELOPES, 1, 0, 5),
    "no key": envelope(ENVELOPES, 1, 5, 0),
    "a ciphertext where the circuit makes none": envelope(ONE, 0, 5, 0),
    "a key where the circuit makes none": envelope(ONE, 0, 0, 5),
    "a proof with a byte behind it": of(
        ONE,
        ("ProofBytes", len(PROOF) + 1, len(PROOF)),
        FRONT,
        "revert ProofBytes(proof.length, _proofBytes);",
        content=PROOF + b"\0",
    ),
    "a proof cut short": of(
        ONE,
        ("ProofBytes", 0, len(PROOF)),
        FRONT,
        "revert ProofBytes(proof.length, _proofBytes);",
        content=b"",
    ),
}
CHECKS = sorted({(rule.path, rule.check) for rule in RULES.values()})


@pytest.fixture(scope="module")
def fronts(chain: Chain, compiled: Mapping[str, Contract]) -> dict[str, Front]:
    """By the name of the case."""
    cases = (ONE, MIDDLE, THREE, ENVELOPES)
    return {case.frozen["name"]: put(chain, compiled, case, accepting=True) for case in cases}


@pytest.fixture(scope="module")
def planted() -> Mapping[str, Contract]:
    """Fronts that lack one check each, `NUMBER/src/...`."""
    texts = sources()
    mutants: dict[str, str] = {}
    for at, (path, check) in enumerate(CHECKS):
        assert texts[path].count(check) == 1, check
        without = dict(texts) | {path: texts[path].replace(check, "{}")}
        mutants |= {f"{at}/{where}": text for where, text in without.items() if where[:3] == "src"}
    return compile_sources(mutants)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_refuses(fronts: dict[str, Front], name: str) -> None:
    rule = RULES[name]
    front = fronts[rule.case.frozen["name"]]
    assert front.verify(rule.case.proof) == rule.case.standing
    assert front.verify(rule.case.proof, **rule.other) == rule.error


@pytest.mark.parametrize("name", RULES)
def test_without_the_check_it_is_taken(
    in_process: Chain, compiled: Mapping[str, Contract], planted: Mapping[str, Contract], name: str
) -> None:
    rule = RULES[name]
    at = CHECKS.index((rule.path, rule.check))
    mutant = f"{at}/{FRONT}:TrainingVerifier"
    contracts = {**compiled, mutant: planted[mutant]}
    front = put(in_process, contracts, rule.case, accepting=True, front=mutant)
    statement, _, _ = front.verify(rule.case.proof, **rule.other)
    assert isinstance(statement, bytes)


MARK = 0x0123_4567_89AB_CDEF
MARKED = {
    "scalar": changed_link(THREE.proof, 1, scalars=lambda values: [*values[1:], MARK]),
    "total": changed_link(THREE.proof, 2, outputs=lambda values: [*values[1:], MARK]),
    "earlier steps": changed(THREE.proof, earlierSteps=lambda _: MARK),
}


@pytest.mark.parametrize("place", MARKED)
def test_integers_of_more_than_64_bits(fronts: dict[str, Front], place: str) -> None:
    """Two encodings of one value: the decoder refuses the other one, without a word."""
    front = fronts[THREE.frozen["name"]]
    data = front.verification(THREE.proof, training=MARKED[place])
    assert len(front.ask(data, "verify")) == len(THREE.standing)
    assert data.count(f"{MARK:064x}") == 1
    wide = data.replace(f"{MARK:064x}", f"{MARK + 2**64:064x}")
    assert front.ask(wide, "verify") == ()


SHAPE = {
    "security": (1, [0, 99, 256]),
    "rows": (2, [0, 2**24 + 1]),
    "steps": (3, [0]),
    "links": (6, [0]),
    "mostSteps": (7, [0, 17]),
    "proofBytes": (8, [0]),
}


@pytest.mark.parametrize("field", SHAPE)
def test_no_circuit_has_this_shape(
    chain: Chain, compiled: Mapping[str, Contract], field: str
) -> None:
    double = chain.deploy(compiled[ACCEPTING])
    place, values = SHAPE[field]
    shape = list(shape_of(THREE.proof))
    for value in values:
        shape[place] = value
        given = (double.address, chain.code_hash(double.address), 1, tuple(shape))
        assert made(chain, compiled, *given) == ("BadShape", field, value)


def test_no_cap(chain: Chain, compiled: Mapping[str, Contract]) -> None:
    double = chain.deploy(compiled[ACCEPTING])
    code, shape = chain.code_hash(double.address), shape_of(THREE.proof)
    for cap in (0, 2**64):
        refused = made(chain, compiled, double.address, code, cap, shape)
        assert refused == ("BadShape", "gasCap", cap)

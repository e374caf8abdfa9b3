"""Statements, elements and public inputs: the chain, Python twice and the frozen ones agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.compile import Contract
from tests.contracts.chain import Chain
from tests.contracts.front import Front, put
from tests.contracts.vectors import CASES, NAMES, THREE, Case
from zkpot.artifacts.evm_proof import EvmProof, ProvenLink, Start, Terms
from zkpot.artifacts.wrapped_statement import ORDER, WrappedStatement
from zkpot.reference.verifier.statement import (
    OWNER,
    TRAINING,
    WRAPPED,
    Arbitrary,
    Envelope,
    Order,
    Shard,
    Statement,
)

LEVELS = {100: 0, 128: 1}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_frozen_statements(case: Case) -> None:
    proof = case.proof
    for statement, link in zip(proof.statements(), case.frozen["links"], strict=True):
        assert statement.pack().hex() == link["packed"]
        assert len(statement.pack()) == 484
        assert statement.digest().hex() == link["digest"]
        assert statement.data_root().hex() == case.frozen["data_root"]
        assert statement.schedule_seed().hex() == case.frozen["schedule_seed"]
    assert proof.elements() == case.elements
    assert list(proof.public_inputs()) == case.public_inputs


def reference(statement: WrappedStatement, context: bytes) -> Statement:
    """As the reference verifier has it, whatever the link's channel and kind."""
    shard = Shard(0, statement.rows, OWNER, statement.shard, bytes(32))
    order = Order(
        program=statement.program,
        first=statement.first,
        shards=[(statement.rows, statement.shard)],
        nonce=statement.nonce,
        origin=Arbitrary(),
        earlier_steps=statement.earlier_steps,
        security=LEVELS[statement.security],
        context=context,
    )
    return Statement(
        *(6, 3, TRAINING, WRAPPED, OWNER, LEVELS[statement.security], statement.program),
        *(statement.before, statement.after, order.data_root(), statement.first_step),
        *(statement.steps, statement.nonce, Arbitrary(), statement.earlier_steps),
        *(statement.first, [list(statement.scalars)], list(statement.outputs), [shard]),
        *(context, statement.previous),
        statement.envelope and Envelope(*statement.envelope),
    )


digests = st.binary(min_size=32, max_size=32)
commitments = st.integers(1, ORDER - 1).map(lambda value: f"{value:064x}")
integers = st.integers(-(2**63), 2**63 - 1)


@st.composite
def proofs(draw: st.DrawFn) -> EvmProof:
    """With the shape of THREE."""
    frozen = THREE.proof
    first = draw(commitments)
    start = Start(first, 0, "00" * 32)
    if draw(st.booleans()):
        previous = draw(digests.filter(any)).hex()
        start = Start(draw(commitments), draw(st.integers(1, 2**63 - 19)), previous)
    terms = Terms(
        *(frozen.terms.program, frozen.terms.security, frozen.terms.rows, frozen.terms.steps),
        *(first, draw(commitments), draw(digests).hex(), draw(st.integers(0, 2**63 - 1))),
        draw(st.binary(max_size=300)).hex(),
    )
    scalars = st.lists(integers, min_size=12, max_size=12).map(tuple)
    outputs = st.lists(integers, min_size=2, max_size=2).map(tuple)
    links = st.builds(ProvenLink, commitments, scalars, outputs)
    three = draw(st.tuples(links, links, links))
    return EvmProof("00" * 32, terms, start, three, draw(commitments), frozen.proof)


@settings(max_examples=30, deadline=None)
@given(proof=proofs())
def test_the_reference_agrees(proof: EvmProof) -> None:
    context = bytes.fromhex(proof.terms.context)
    assert EvmProof.from_json(proof.to_json()) == proof
    for statement in proof.statements():
        other = reference(statement, context)
        assert statement.pack() == other.pack()
        assert statement.schedule_seed() == other.schedule_seed()


@pytest.fixture(scope="module")
def three(in_process: Chain, compiled: Mapping[str, Contract]) -> Front:
    return put(in_process, compiled, THREE, accepting=True)


def test_the_chain_agrees(three: Front) -> None:
    @settings(max_examples=40, deadline=None)
    @given(proof=proofs())
    def agrees(proof: EvmProof) -> None:
        training = proof.training()

        def asked(name: str, *arguments: Any) -> list[Any]:
            return list(three.ask(three.contract.encode_abi(name, arguments), name))

        assert asked("elements", training) == proof.elements()
        inputs = list(proof.public_inputs())
        assert asked("publicInputs", training, inputs[0]) == inputs
        last = proof.statements()[-1]
        steps = last.first_step + last.steps
        assert asked("standingAfter", training) == [last.digest(), last.after, steps]
        assert list(three.verify(proof)) == [last.digest(), last.after, steps]

    agrees()

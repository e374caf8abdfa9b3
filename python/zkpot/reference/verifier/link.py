"""One link: shape, messages, openings.

docs/spec/protocol.md. Openings go through the commitment scheme (`scheme.py`); everything else is
verified here.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

from zkpot.reference.verifier import scheme
from zkpot.reference.verifier.arithmetization import (
    COPY,
    FIRST_STATES,
    LAST_STATES,
    SHARD,
    WITNESS,
    Arithmetization,
    masks_of,
)
from zkpot.reference.verifier.bounds import output_interval
from zkpot.reference.verifier.channel import Channel, Tally
from zkpot.reference.verifier.claims import Claims, PublicInputs
from zkpot.reference.verifier.field import Element, embed
from zkpot.reference.verifier.hiding import verify_masks, verify_multiplications
from zkpot.reference.verifier.interval import Interval
from zkpot.reference.verifier.lookup import verify_lookups
from zkpot.reference.verifier.opening import Evaluation, verify_claims
from zkpot.reference.verifier.product import verify_products
from zkpot.reference.verifier.program import Program
from zkpot.reference.verifier.refusal import require
from zkpot.reference.verifier.security import interactive_error
from zkpot.reference.verifier.statement import (
    CLEAR,
    HIDING,
    IMPORT,
    OWNER,
    PUBLIC_SEED,
    RUN,
    SEAL,
    TRAINING,
    Link,
    Statement,
)
from zkpot.reference.verifier.transcript import Transcript

MAX_ROWS = 1 << 22
MAX_SHARD_ROWS = 1 << 24
MAX_SHARDS = 1 << 12


@dataclass(frozen=True)
class Pending:
    """A claim on a commitment that a later link opens (protocol.md, 'Opening', step 7)."""

    commitment: bytes
    point: list[Element]
    value: Element
    closing: Element


@dataclass(frozen=True)
class Outcome:
    """What a link leaves: claims on states and on each shard's copy, and its errors."""

    states: Pending | None
    shards: list[Pending | None]
    error: float


def check_shape(statement: Statement, program: Program, intervals: list[Interval]) -> None:
    """Requires that a statement fits the program (protocol.md, 'The shape of a link')."""
    training = statement.kind == TRAINING
    fits = training == (statement.steps > 0) and statement.steps <= program.max_steps
    require(fits, "shape: steps")
    require(statement.steps * program.batch <= MAX_ROWS, "shape: rows of the link's batches")
    known = {IMPORT: (None, OWNER), TRAINING: (RUN, OWNER), SEAL: (RUN,)}
    require(statement.states in known[statement.kind], "shape: states")
    sources = {IMPORT: (OWNER,), TRAINING: (RUN, OWNER), SEAL: (RUN,)}[statement.kind]
    require(all(shard.source in sources for shard in statement.shards), "shape: shards")
    scalars = program.scalars if training else []
    require(len(statement.scalars) == len(scalars), "shape: scalars")
    for row, scalar in zip(statement.scalars, scalars, strict=True):
        require(len(row) == statement.steps, "shape: one scalar a step")
        require(all(scalar.lo <= value <= scalar.hi for value in row), "shape: range of a scalar")
    outputs = program.outputs if training else []
    require(len(statement.outputs) == len(outputs), "shape: outputs")
    for index, total in enumerate(statement.outputs):
        allowed = output_interval(program, intervals, index, statement.steps)
        require(allowed.lo <= total <= allowed.hi, "shape: range of an output")
    indices = [shard.index for shard in statement.shards]
    require(indices == sorted(set(indices)), "shape: shards in ascending order")
    rows = all(0 < shard.rows <= MAX_SHARD_ROWS for shard in statement.shards)
    require(rows and len(indices) <= MAX_SHARDS, "shape: rows or number of shards")


def verify_link(
    link: Link,
    program: Program,
    intervals: list[Interval],
    rows: Sequence[tuple[int, int]],
    counted: int,
    states: Pending | None,
    shards: Sequence[Pending | None],
) -> Outcome:
    """Verifies a link up to the claims that it leaves.

    Args:
        link: Decoded; its statement fits the run so far.
        program: Checked.
        intervals: Of its tensors.
        rows: That the schedule draws, `(shard, row)`.
        counted: How many of them count in outputs.
        states: The claim that is pending on the states that come in.
        shards: The claims that are pending on the shards, in the statement's order.

    Raises:
        Refusal: Something does not hold.
    """
    statement = link.statement
    check_shape(statement, program, intervals)
    masks = masks_of(statement, len(link.scalars))
    system = Arithmetization(program, intervals, statement, masks)
    require((link.witness is not None) == system.witness, "shape: witness")
    transcript = Transcript()
    transcript.absorb_bytes("zkpot/v1/link/statement", statement.pack())
    if masks is not None:
        transcript.absorb("zkpot/v1/link/masks", [embed(masks)])
    if link.witness is not None:
        transcript.absorb_bytes("zkpot/v1/link/commitment", link.witness)
    inputs = _public_inputs(statement, rows, counted)
    hiding = statement.channel == HIDING
    channel = Channel(transcript, link.scalars, link.revealed, hiding)
    evaluations = _verify_relations(channel, system, inputs)
    tally = deepcopy(channel.tally)
    second = None
    if hiding:
        verify_multiplications(channel)
        second = verify_masks(channel, system)
    channel.close()
    pending = {(FIRST_STATES, 0): states} if statement.states is not None else {}
    pending |= {(SHARD, position): claim for position, claim in enumerate(shards)}
    return _verify_openings(link, system, transcript, evaluations, second, pending, tally)


def _public_inputs(
    statement: Statement, rows: Sequence[tuple[int, int]], counted: int
) -> PublicInputs:
    position = {shard.index: place for place, shard in enumerate(statement.shards)}
    require(all(shard in position for shard, _ in rows), "shape: a scheduled shard is missing")
    drawn = statement.origin.number == PUBLIC_SEED and statement.states == OWNER
    return PublicInputs(
        rows=[(position[shard], row) for shard, row in rows],
        scalars=statement.scalars,
        outputs=statement.outputs,
        counted=counted,
        seed=statement.origin.digest if drawn else None,
        schedule_seed=statement.schedule_seed(),
        first_step=statement.first_step,
    )


def _verify_relations(
    channel: Channel, system: Arithmetization, inputs: PublicInputs
) -> list[Evaluation]:
    """Everything between commitments and openings but the hiding channel's own relations."""
    claims = Claims(system, inputs)
    verify_lookups(channel, system, claims)
    point = [
        [channel.challenge("zkpot/v1/relation/point") for _ in range(count)]
        for count in system.relation_variables()
    ]
    for relation in system.relations:
        claims.add_relation(relation, point)
    claims.add_initial(point)
    claims.add_outputs()
    verify_products(channel, claims)
    return verify_claims(channel, system, claims)


def _verify_openings(
    link: Link,
    system: Arithmetization,
    transcript: Transcript,
    evaluations: list[Evaluation],
    second: Evaluation | None,
    pending: dict[tuple[int, int], Pending | None],
    tally: Tally,
) -> Outcome:
    """protocol.md, 'Opening', steps 4 to 7."""
    statement = link.statement
    name: Literal["clear", "hiding"] = "clear" if statement.channel == CLEAR else "hiding"
    openings = scheme.Openings(transcript, statement.bits, name)
    roots = {(WITNESS, 0): link.witness or b""}
    roots |= {(FIRST_STATES, 0): statement.before, (LAST_STATES, 0): statement.after}
    for position, shard in enumerate(statement.shards):
        roots |= {(SHARD, position): shard.before, (COPY, position): shard.after}
    opened = [role for role in system.polynomials if role[0] in (WITNESS, FIRST_STATES, SHARD)]
    require(len(link.openings) == len(opened), "openings: one for each opened polynomial")
    proofs = dict(zip(opened, link.openings, strict=True))
    left: dict[tuple[int, int], tuple[bytes, Evaluation]] = {}
    absorbed = False
    for index, role in enumerate(system.polynomials):
        evaluation, lasting = evaluations[index], role[0] != WITNESS
        if lasting and not absorbed:
            for claim in pending.values():
                _absorb(transcript, claim)
            absorbed = True
        if role not in proofs:
            left[role] = roots[role], evaluation
            continue
        shown, claim = [evaluation], pending.get(role)
        if claim is not None:
            fits = claim.commitment == roots[role]
            fits = fits and len(claim.point) == system.layout.variables[index]
            require(fits, "openings: a pending claim is on another commitment")
            shown.append(Evaluation(claim.point, claim.value))
        if second is not None and not lasting:
            shown.append(second)
        openings.verify(roots[role], lasting, shown, proofs[role])
    closing = transcript.challenge("zkpot/v1/link/closing")
    claims = {
        role: Pending(root, evaluation.point, evaluation.value, closing)
        for role, (root, evaluation) in left.items()
    }
    error = openings.error + interactive_error(system, tally, openings.log_candidates)
    copies = [claims.get((COPY, position)) for position in range(len(statement.shards))]
    return Outcome(claims.get((LAST_STATES, 0)), copies, error)


def _absorb(transcript: Transcript, claim: Pending | None) -> None:
    if claim is not None:
        label = "zkpot/v1/opening/pending"
        transcript.absorb_bytes(label, claim.commitment)
        transcript.absorb(label, [claim.closing])
        transcript.absorb(label, claim.point)
        transcript.absorb(label, [claim.value])

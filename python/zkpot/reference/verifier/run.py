"""A run: links in order, from the owner's commitments to a seal.

docs/spec/statement.md, 'Chain', 'Origin', 'Receipt'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from zkpot.reference import schedule
from zkpot.reference.verifier import bounds
from zkpot.reference.verifier import encoding as e
from zkpot.reference.verifier.link import MAX_ROWS, Outcome, Pending, verify_link
from zkpot.reference.verifier.program import IN_ORDER, Output, decode_program, digest
from zkpot.reference.verifier.refusal import require
from zkpot.reference.verifier.security import hash_error, whole_bits
from zkpot.reference.verifier.statement import (
    ABSENT,
    CLEAR,
    EARLIER_RUN,
    HIDING,
    IMPORT,
    LEVELS,
    OWNER,
    PUBLIC_SEED,
    SEAL,
    TRAINING,
    WRAPPED,
    Order,
    Statement,
    decode_link,
    decode_order,
)

HEAD_MAGIC = b"ZKHEAD\x00\x02"
FORMAT = 6
LEAST_BITS = 100


@dataclass(frozen=True)
class KeptShard:
    """The claim on a kept shard."""

    index: int
    claim: Pending


@dataclass(frozen=True)
class Head:
    """What a closed run leaves for whatever continues it (formats.md, 'Head')."""

    statement: bytes
    states: Pending
    steps: int
    data_root: bytes
    shards: list[KeptShard]

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        return e.encode(_HEAD, HEAD_MAGIC, self)

    @staticmethod
    def from_bytes(content: bytes) -> Head:
        """Decodes a head."""
        head: Head = e.decode(_HEAD, HEAD_MAGIC, content)
        indices = [shard.index for shard in head.shards]
        require(indices == sorted(set(indices)), "head: shards in ascending order")
        return head


_DIGEST = e.fixed(32)
_PENDING = e.record(Pending, _DIGEST, e.sequence(e.ELEMENT), e.ELEMENT, e.ELEMENT)
_SHARDS = e.sequence(e.record(KeptShard, e.U32, _PENDING))
_HEAD = e.record(Head, _DIGEST, _PENDING, e.U64, _DIGEST, _SHARDS)


@dataclass(frozen=True)
class Receipt:
    """What a closed run proves; the fields are those of the Rust verifier's receipt."""

    steps: int
    window: int
    earlier_steps: int
    links: int
    program: str
    first_commitment: str
    last_commitment: str
    head: str
    continuation: str
    statement: str
    data_root: str
    data_lineage: str
    nonce: str
    origin: str
    context: str
    scalars: dict[str, list[list[int]]]
    outputs: dict[str, int]
    output_terms: dict[str, dict[str, Any]]
    rows: int
    security_bits: int
    zero_knowledge: bool
    envelopes: bool
    complete: bool = True


@dataclass(frozen=True)
class Current:
    """A commitment, the claim that is pending on it, and the number of the link that made it."""

    commitment: bytes
    pending: Pending | None
    link: int


@dataclass
class Run:
    """The links so far."""

    order: Order
    previous: Head | None
    allow_clear: bool
    content: bytes
    states: Current | None = None
    shards: dict[int, Current] = field(default_factory=dict)
    opened: set[bytes] = field(default_factory=set)
    made: set[bytes] = field(default_factory=set)
    links: int = 0
    steps: int = 0
    counted: int = 0
    sealed: bytes | None = None
    last: bytes = ABSENT
    channel: int | None = None

    def __post_init__(self) -> None:
        order = self.order
        self.program = decode_program(self.content)
        self.intervals = bounds.check(self.program)
        require(digest(self.content) == order.program, "order: program")
        fits = 1 <= len(order.shards) <= 1 << 16 and len(order.context) <= 1 << 16
        require(fits, "order: number of shards, or context")
        rows = all(0 < count <= 1 << 24 for count, _ in order.shards)
        require(rows, "order: rows of a shard")
        if order.origin.number == EARLIER_RUN:
            head = self.previous
            require(head is not None, "origin: the earlier run's head is not given")
            assert head is not None
            require(order.origin.digest == head.statement, "origin: another run")
            require(order.first == head.states.commitment, "origin: first commitment")
            require(order.earlier_steps == head.steps, "origin: earlier steps")
        else:
            untrained = order.origin.number == PUBLIC_SEED
            require(not untrained or order.earlier_steps == 0, "origin: earlier steps of a seed")
            require(self.previous is None, "origin: the run continues none")
        self.root = order.data_root()
        self.scalars: list[list[int]] = [[] for _ in self.program.scalars]
        self.outputs = [0] * len(self.program.outputs)
        self.error = hash_error(LEVELS[order.security])

    def push(self, content: bytes) -> None:
        """Verifies the next link.

        Raises:
            Refusal: It is refused.
        """
        link = decode_link(content)
        statement = link.statement
        # Its hash, its commitments and its order of batches are not written down here.
        require(
            statement.channel != WRAPPED, "channel: wrapped links are for the prover's verifier"
        )
        require(statement.envelope is None, "envelope: only a wrapped link has one")
        require(statement.channel != CLEAR or self.allow_clear, "channel: the link hides nothing")
        self._check_terms(statement)
        self._check_commitments(statement)
        batch = self.program.batch
        require(statement.steps * batch <= MAX_ROWS, "shape: rows of the link's batches")
        rows: list[tuple[int, int]] = []
        if statement.kind == TRAINING:
            rows = self._rows(statement.steps)
            scheduled = sorted({shard for shard, _ in rows})
            listed = [shard.index for shard in statement.shards]
            require(scheduled == listed, "chain: shards")
        counted = statement.steps * batch
        if self.program.reading == IN_ORDER:
            all_rows = sum(count for count, _ in self.order.shards)
            counted = min(max(all_rows - self.steps * batch, 0), counted)
        claims = [self._pending_shard(s.index, s.before) for s in statement.shards]
        states = self._pending_states() if statement.states is not None else None
        outcome = verify_link(link, self.program, self.intervals, rows, counted, states, claims)
        self.counted += counted
        self.error += outcome.error
        require(whole_bits(self.error) >= LEAST_BITS, "security: too few bits are left")
        self._advance(statement, outcome)

    def finish(self) -> Receipt:
        """The receipt of a closed run.

        Raises:
            Refusal: It is not closed.
        """
        require(self.states is not None and self.sealed is not None, "open: no seal at the end")
        assert self.states is not None
        assert self.sealed is not None
        claim = self.states.pending
        for shard in self.shards.values():
            fits = shard.pending is None or shard.link == self.links - 1
            require(fits, "open: a shard's claim is pending")
        if self.program.reading == IN_ORDER:
            require(self.counted == sum(r for r, _ in self.order.shards), "open: rows are left")
        for total in self.outputs:
            require(-(1 << 63) <= total < 1 << 63, "receipt: a total is too large")
        assert claim is not None
        kept = [
            KeptShard(index, shard.pending)
            for index, shard in sorted(self.shards.items())
            if shard.pending is not None
        ]
        # An evaluation's steps train nothing.
        trained = self.steps * self.program.window
        own = 0 if self.program.reading == IN_ORDER else trained
        behind = min(self.order.earlier_steps + own, (1 << 64) - 1)
        head = Head(self.last, claim, behind, self._lineage(), kept)
        names = [scalar.name for scalar in self.program.scalars]
        runs = [[[v, len(list(same))] for v, same in groupby(row)] for row in self.scalars]
        return Receipt(
            steps=trained,
            window=self.program.window,
            earlier_steps=self.order.earlier_steps,
            links=self.links,
            program=self.order.program.hex(),
            first_commitment=self.order.first.hex(),
            last_commitment=self.sealed.hex(),
            head=self.states.commitment.hex(),
            continuation=head.to_bytes().hex(),
            statement=self.last.hex(),
            data_root=self.root.hex(),
            data_lineage=head.data_root.hex(),
            nonce=self.order.nonce.hex(),
            origin=str(self.order.origin),
            context=self.order.context.hex(),
            scalars=dict(zip(names, runs, strict=True)),
            outputs={o.name: t for o, t in zip(self.program.outputs, self.outputs, strict=True)},
            output_terms={o.name: self._terms(o) for o in self.program.outputs},
            rows=self.counted,
            security_bits=whole_bits(self.error),
            zero_knowledge=self.channel == HIDING,
            # Those of wrapped links alone.
            envelopes=False,
        )

    def _terms(self, output: Output) -> dict[str, Any]:
        """What a public total means, by the program's labels."""
        tensor = self.program.tensors[output.tensor]
        return {
            "summands": self.counted * math.prod(tensor.shape[1:]),
            "error": output.error,
            "unit": asdict(tensor.scale),
        }

    def _rows(self, steps: int) -> list[tuple[int, int]]:
        """The rows that steps read (arithmetic.md, 'Schedule')."""
        counts, batch = [count for count, _ in self.order.shards], self.program.batch
        if self.program.reading == IN_ORDER:
            stored = [(s, row) for s, count in enumerate(counts) for row in range(count)]
            first = self.steps * batch
            return [stored[i % len(stored)] for i in range(first, first + steps * batch)]
        seed = self.order.schedule_seed()
        return schedule.rows(seed, counts, self.steps, steps, batch)

    def _pending_states(self) -> Pending | None:
        if self.states is not None:
            return self.states.pending
        return self.previous.states if self.previous is not None else None

    def _pending_shard(self, index: int, before: bytes) -> Pending | None:
        if index in self.shards:
            return self.shards[index].pending
        for shard in self.previous.shards if self.previous is not None else []:
            if shard.index == index and shard.claim.commitment == before:
                return shard.claim
        return None

    def _check_terms(self, statement: Statement) -> None:
        order = self.order
        terms = {
            "format": statement.format == FORMAT,
            "arithmetic": statement.arithmetic == self.program.arithmetic,
            "program": statement.program == order.program,
            "data root": statement.data_root == self.root,
            "nonce": statement.nonce == order.nonce,
            "origin": statement.origin == order.origin,
            "earlier steps": statement.earlier_steps == order.earlier_steps,
            "security": statement.security == order.security,
            "channel": self.channel in (None, statement.channel),
            "first commitment": statement.first == order.first,
            "context": statement.context == order.context,
            "previous statement": statement.previous == self.last,
            "first step": statement.first_step == self.steps,
        }
        for name, holds in terms.items():
            require(holds, f"chain: {name}")

    def _check_commitments(self, statement: Statement) -> None:
        before, after = [], []
        if statement.states is not None:
            owned = statement.states == OWNER
            require((self.states is None) == owned, "chain: source of the states")
            current = self.order.first if self.states is None else self.states.commitment
            require(statement.before == current, "chain: states before")
            require(statement.after != ABSENT, "chain: states after")
            before.append(statement.before)
            after.append(statement.after)
        else:
            require(statement.before == statement.after == ABSENT, "chain: states")
        for shard in statement.shards:
            require(shard.index < len(self.order.shards), "chain: shard")
            rows, original = self.order.shards[shard.index]
            owned = shard.source == OWNER
            require((shard.index not in self.shards) == owned, "chain: source of a shard")
            current = original if owned else self.shards[shard.index].commitment
            require(shard.before == current and shard.rows == rows, "chain: shard")
            require(shard.after != ABSENT or statement.kind != IMPORT, "chain: shard")
            before.append(shard.before)
            after += [shard.after] if shard.after != ABSENT else []
        fits = ABSENT not in before and len(set(before)) == len(before)
        require(fits, "chain: commitments")
        require(self.opened.isdisjoint(before), "spent: a commitment was opened before")
        known = self.made | self.opened | set(before)
        fresh = len(set(after)) == len(after) and known.isdisjoint(after)
        require(fresh, "spent: a copy is not fresh")

    def _advance(self, statement: Statement, outcome: Outcome) -> None:
        self.channel = statement.channel
        if statement.states is not None:
            self.opened.add(statement.before)
            self.made.add(statement.after)
            self.states = Current(statement.after, outcome.states, self.links)
        for shard, pending in zip(statement.shards, outcome.shards, strict=True):
            self.opened.add(shard.before)
            self.made.add(shard.after)
            self.shards[shard.index] = Current(shard.after, pending, self.links)
        for known, values in zip(self.scalars, statement.scalars, strict=False):
            known.extend(values)
        for index, total in enumerate(statement.outputs):
            self.outputs[index] += total
        self.sealed = statement.before if statement.kind == SEAL else None
        self.steps += statement.steps
        self.last = statement.digest()
        self.links += 1

    def _lineage(self) -> bytes:
        """The root of the shards as their owner committed them."""
        if self.previous is None:
            return self.root
        kept = {shard.index: shard.claim.commitment for shard in self.previous.shards}
        return (
            self.previous.data_root
            if kept == dict(enumerate(root for _, root in self.order.shards))
            else self.root
        )


def verify_run(
    program: bytes,
    order: bytes,
    links: Sequence[bytes],
    *,
    previous: bytes | None = None,
    allow_clear: bool = False,
) -> Receipt:
    """Verifies a closed run.

    Args:
        program: A .zkprog file.
        order: `order.json`.
        links: The links, in order.
        previous: The `continuation` of the receipt of the run that this one continues.
        allow_clear: Accept links that hide nothing.

    Raises:
        Refusal: It is refused, or not closed.
    """
    head = None if previous is None else Head.from_bytes(previous)
    run = Run(decode_order(order), head, allow_clear, program)
    for link in links:
        run.push(link)
    return run.finish()

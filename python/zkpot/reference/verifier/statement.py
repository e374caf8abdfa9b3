"""Statements, orders and links.

docs/spec/statement.md; docs/spec/formats.md, 'Link', 'Bundle'.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from zkpot.artifacts.keccak import keccak256
from zkpot.reference.verifier import encoding as e
from zkpot.reference.verifier.field import Element
from zkpot.reference.verifier.refusal import Refusal, require

LINK_MAGIC = b"ZKLINK\x00\x06"
MAX_LINK_BYTES = 64 << 20
IMPORT, TRAINING, SEAL = 0, 1, 2
# Who committed to what a link opens.
RUN, OWNER = 0, 1
CLEAR, HIDING, WRAPPED = 0, 1, 2
ARBITRARY, EARLIER_RUN, PUBLIC_SEED = 0, 1, 2
# By their number in a link's encoding.
LEVELS = (100, 128)
ABSENT = bytes(32)


@dataclass(frozen=True)
class Arbitrary:
    """First weights of the owner's choice."""

    number = ARBITRARY
    digest = ABSENT

    def __str__(self) -> str:
        return "arbitrary"


@dataclass(frozen=True)
class EarlierRun:
    """First weights that an earlier run left, by the digest of its last statement."""

    digest: bytes
    number = EARLIER_RUN

    def __str__(self) -> str:
        return f"run {self.digest.hex()}"


@dataclass(frozen=True)
class PublicSeed:
    """First weights drawn from a public seed."""

    digest: bytes
    number = PUBLIC_SEED

    def __str__(self) -> str:
        return f"seed {self.digest.hex()}"


Origin = Arbitrary | EarlierRun | PublicSeed


@dataclass(frozen=True)
class Shard:
    """A shard that a link opens; `after` is zero where there is no copy."""

    index: int
    rows: int
    source: int
    before: bytes
    after: bytes


@dataclass(frozen=True)
class Envelope:
    """Hashes of a ciphertext and of its key."""

    ciphertext: bytes
    key: bytes


@dataclass(frozen=True)
class Statement:
    """What a link states.

    `security` is the number of the level; `states` says who committed to those that come in.
    """

    format: int
    arithmetic: int
    kind: int
    channel: int
    states: int | None
    security: int
    program: bytes
    before: bytes
    after: bytes
    data_root: bytes
    first_step: int
    steps: int
    nonce: bytes
    origin: Origin
    earlier_steps: int
    first: bytes
    scalars: list[list[int]]
    outputs: list[int]
    shards: list[Shard]
    context: bytes
    previous: bytes
    envelope: Envelope | None

    @property
    def bits(self) -> int:
        """Bits of the security level."""
        return LEVELS[self.security]

    def pack(self) -> bytes:
        """The packed fields, 484 bytes (statement.md, 'Fields and packing')."""

        def big(value: int, count: int) -> bytes:
            return value.to_bytes(count, "big", signed=False)

        def all_of(values: list[int]) -> bytes:
            return b"".join(value.to_bytes(8, "big", signed=True) for value in values)

        shards = b"".join(
            big(s.index, 4) + big(s.rows, 4) + big(s.source, 1) + s.before + s.after
            for s in self.shards
        )
        states = 0 if self.states is None else 1 + self.states
        envelope = self.envelope
        return b"".join(
            [
                *(big(self.format, 4), big(self.arithmetic, 4)),
                *(big(self.kind, 1), big(self.channel, 1), big(states, 1)),
                *(big(self.bits, 4), self.program, self.before, self.after, self.data_root),
                *(big(self.first_step, 8), big(self.steps, 4), self.nonce),
                *(big(self.origin.number, 1), self.origin.digest, big(self.earlier_steps, 8)),
                self.first,
                keccak256(b"".join(all_of(row) for row in self.scalars)),
                *(keccak256(all_of(self.outputs)), keccak256(shards), keccak256(self.context)),
                self.previous,
                *((ABSENT, ABSENT) if envelope is None else (envelope.ciphertext, envelope.key)),
            ]
        )

    def digest(self) -> bytes:
        """keccak256 of the packed fields."""
        return keccak256(self.pack())

    def schedule_seed(self) -> bytes:
        """The seed of the batch schedule, which the order's terms give."""
        roots = self.first + self.data_root
        return _schedule_seed(self.nonce + self.program + roots, self.context)


@dataclass(frozen=True)
class Link:
    """A statement and its proof."""

    statement: Statement
    witness: bytes | None
    scalars: list[Element]
    revealed: list[Element]
    openings: list[bytes]


_DIGEST = e.fixed(32)
_STATEMENT = e.record(
    Statement,
    *(e.U32, e.U32, e.enumeration(3), e.enumeration(3)),
    *(e.optional(e.enumeration(2)), e.enumeration(len(LEVELS))),
    *(_DIGEST, _DIGEST, _DIGEST, _DIGEST, e.U64, e.U32, _DIGEST),
    e.choice(
        (Arbitrary, e.record(Arbitrary)),
        (EarlierRun, e.record(EarlierRun, _DIGEST)),
        (PublicSeed, e.record(PublicSeed, _DIGEST)),
    ),
    *(e.U64, _DIGEST, e.sequence(e.sequence(e.I64)), e.sequence(e.I64)),
    e.sequence(e.record(Shard, e.U32, e.U32, e.enumeration(2), _DIGEST, _DIGEST)),
    *(e.BLOB, _DIGEST, e.optional(e.record(Envelope, _DIGEST, _DIGEST))),
)
LINK = e.record(
    Link,
    _STATEMENT,
    e.optional(_DIGEST),
    e.sequence(e.ELEMENT),
    e.sequence(e.ELEMENT),
    e.sequence(e.BLOB),
)


def decode_link(content: bytes) -> Link:
    """Decodes a link.

    Raises:
        Refusal: It is too large or not canonical.
    """
    require(len(content) <= MAX_LINK_BYTES, "link: larger than 64 MiB")
    link: Link = e.decode(LINK, LINK_MAGIC, content)
    return link


def encode_link(link: Link) -> bytes:
    """The canonical bytes of a link."""
    return e.encode(LINK, LINK_MAGIC, link)


@dataclass(frozen=True)
class Order:
    """What all links of a run share (statement.md, 'Order'). Shards are `(rows, commitment)`."""

    program: bytes
    first: bytes
    shards: list[tuple[int, bytes]]
    nonce: bytes
    origin: Origin
    earlier_steps: int
    security: int
    context: bytes

    def data_root(self) -> bytes:
        """The Merkle root over the original shards (statement.md, 'Data root')."""
        level = [keccak256(b"\0" + rows.to_bytes(4, "big") + root) for rows, root in self.shards]
        while len(level) > 1:
            pairs = [keccak256(b"\1" + a + b) for a, b in zip(level[::2], level[1::2])]  # noqa: B905
            level = pairs + level[len(level) & ~1 :]
        return level[0] if level else ABSENT

    def schedule_seed(self) -> bytes:
        """The seed of the batch schedule (statement.md, 'Seed of the schedule')."""
        roots = self.first + self.data_root()
        return _schedule_seed(self.nonce + self.program + roots, self.context)


def _schedule_seed(fixed: bytes, context: bytes) -> bytes:
    return keccak256(b"zkpot/v1/schedule/seed" + fixed + keccak256(context))


def _digest_of(text: object) -> bytes:
    digest = _bytes_of(text)
    require(len(digest) == 32, "order: a digest has 32 bytes")
    return digest


def _bytes_of(text: object) -> bytes:
    try:
        return bytes.fromhex(str(text))
    except ValueError:
        raise Refusal("order: not hexadecimal") from None


def _origin_of(text: str) -> Origin:
    if text == "arbitrary":
        return Arbitrary()
    kind, _, digest = text.partition(" ")
    require(kind in ("run", "seed"), "order: origin")
    return EarlierRun(_digest_of(digest)) if kind == "run" else PublicSeed(_digest_of(digest))


def decode_order(content: bytes) -> Order:
    """Reads `order.json` (formats.md, 'Bundle')."""
    required = {"program", "first", "shards", "shard_rows", "nonce", "context", "origin"}
    optional = {"security", "earlier_steps"}
    try:
        order = json.loads(content)
    except ValueError:
        raise Refusal("order: not JSON") from None
    require(isinstance(order, dict), "order: not an object")
    require(required <= order.keys() <= required | optional, "order: keys")
    rows, roots = order["shard_rows"], order["shards"]
    fits = isinstance(rows, list) and isinstance(roots, list) and len(rows) == len(roots)
    require(fits and all(type(count) is int for count in rows), "order: shards")
    require(order.get("security", 100) in LEVELS, "order: security")
    earlier = order.get("earlier_steps", 0)
    require(type(earlier) is int and 0 <= earlier < 1 << 64, "order: earlier steps")
    return Order(
        program=_digest_of(order["program"]),
        first=_digest_of(order["first"]),
        shards=[(count, _digest_of(root)) for count, root in zip(rows, roots, strict=True)],
        nonce=_digest_of(order["nonce"]),
        origin=_origin_of(str(order["origin"])),
        earlier_steps=earlier,
        security=LEVELS.index(order.get("security", 100)),
        context=_bytes_of(order["context"]),
    )

"""Cases about damaged proofs and circuit files: each field, and each kind of number in them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.suite import Edit, content
from tests.conformance.wrapped.fields import WORD, circuit_fields, proof_fields, read_places
from tests.conformance.wrapped.suite import CIRCUIT, PROOFS, WrappedCase

# Orders of BN254's scalar field and of the field that its points are over.
SCALARS = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
BASE = 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47
NUMBERS = {"zero": 0, "the order": SCALARS, "all bits": 2**256 - 1}


def cases() -> Iterator[WrappedCase]:
    """All of them."""
    yield from _fields()
    yield from _elements()
    yield from _counts()
    yield from _lengths()
    yield from _points()
    yield from _scalars()
    yield from _circuits()


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")


def _varint(number: int) -> bytes:
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def _proof(name: str, *edits: Edit, base: str = PROOFS[0]) -> WrappedCase:
    return WrappedCase(f"proof: {name}", base, edits)


def _replaced(field: str, insert: bytes, base: str = PROOFS[0]) -> Edit:
    start, length = proof_fields(base)[field]
    return Edit(start, length, insert)


def _fields() -> Iterator[WrappedCase]:
    """A bit of each field."""
    for base in PROOFS:
        for field, (start, length) in proof_fields(base).items():
            at = start + length - 1
            flipped = Edit(at, 1, bytes([content(base)[at] ^ 1]))
            yield _proof(f"a bit of {field} in {base[-8]}", flipped, base=base)
    places = proof_fields(PROOFS[1])
    for field in ("trained", "ciphertext", "key", "hash"):
        start, length = places[field]
        other = content(PROOFS[1])[start : start + length]
        yield _proof(f"{field} of the second proof", _replaced(field, other))
    start, length = places["proof"]
    others = content(PROOFS[1])[start : start + length]
    yield _proof("all bytes of the second proof", _replaced("proof", others))


def _elements() -> Iterator[WrappedCase]:
    """Commitments, hashes and nonce that are zero, or not reduced."""
    fields = ("circuit", "first", "shard", "nonce", "start.states", "trained")
    for field in (*fields, "ciphertext", "key", "hash"):
        for name, number in NUMBERS.items():
            yield _proof(f"{field} is {name}", _replaced(field, _word(number)))
    both = [_replaced(field, _word(0)) for field in ("first", "start.states")]
    yield _proof("first and start.states are zero", *both)
    start, _ = proof_fields(PROOFS[0])["hash"]
    hash_ = int.from_bytes(content(PROOFS[0])[start : start + WORD], "big")
    yield _proof("hash with the order added", _replaced("hash", _word(hash_ + SCALARS)))


def _counts() -> Iterator[WrappedCase]:
    """Numbers of steps, links, scalars, totals; envelopes."""
    for steps in (1, 17, 1 << 32, (1 << 64) - 1):
        told = _varint(steps)
        yield _proof(f"start.steps is {steps}", _replaced("start.steps", told))
        later = _replaced("start.steps", told, PROOFS[1])
        yield _proof(f"start.steps is {steps} in the second", later, base=PROOFS[1])
        yield _proof(f"earlier_steps is {steps}", _replaced("earlier_steps", told))
    yield _proof("start.steps of 65 bits", _replaced("start.steps", b"\xff" * 9 + b"\x7f"))
    none = _replaced("start.steps", b"\0", PROOFS[1])
    yield _proof("a start of no steps with a statement", none, base=PROOFS[1])
    fields, whole = proof_fields(PROOFS[0]), content(PROOFS[0])
    first, end = fields["trained"][0], fields["hash"][0]
    yield _proof("no links", Edit(first - 1, end - first + 1, b"\0"))
    again = whole[first:end]
    yield _proof("a link more", Edit(first - 1, 1, b"\2"), Edit(end, 0, again))
    yield _proof("2^60 links", Edit(first - 1, 1, _varint(1 << 60)))
    start, length = fields["scalars"]
    yield _proof("a scalar less", Edit(start, length + 2, b"\x0f"))
    yield _proof("a scalar more", Edit(start, length, b"\x11\0"))
    total = Edit(fields["last scalar"][0], 0, b"\1")
    less = Edit(start, length, b"\x0f")
    yield _proof("a scalar as a total", less, total, _replaced("outputs", b""))
    yield _proof("a total", _replaced("outputs", b"\1\0"))
    yield _proof("another scalar", _replaced("last scalar", _varint(2 * 820)))
    yield _proof("the least scalar", _replaced("last scalar", _varint((1 << 64) - 1)))
    envelope = fields["envelope"][0]
    yield _proof("no envelope", Edit(envelope, 1 + 2 * WORD, b"\0"))
    yield _proof("an envelope of another kind", Edit(envelope, 1, b"\2"))
    yield _proof("no context", Edit(fields["context length"][0], 2 + 160, b"\0"))
    long = _varint(20_000) + bytes(20_000)
    yield _proof("a long context", Edit(fields["context length"][0], 2 + 160, long))


def _lengths() -> Iterator[WrappedCase]:
    """Cut off, continued, and written another way."""
    whole = content(PROOFS[0])
    for field, (start, length) in proof_fields(PROOFS[0]).items():
        at = start + length // 2
        yield _proof(f"cut within {field}", Edit(at, len(whole) - at, b""))
    for name, count in {"last byte": 1, "end": 0}.items():
        at = len(whole) - count
        yield _proof(f"a byte before its {name}", Edit(at, 0, b"\0"))
    yield _proof("the last byte is missing", Edit(len(whole) - 1, 1, b""))
    yield _proof("two of them", Edit(len(whole), 0, whole))
    for version in (0, 2, 0xFFFF):
        yield _proof(f"version {version}", _replaced("version", version.to_bytes(2, "big")))
    for kind in (b"ZKCIRC", b"ZKLINK"):
        yield _proof(f"kind {kind.decode()}", _replaced("kind", kind))
    yield _proof("nothing", Edit(0, len(whole), b""))
    yield _proof("a circuit file", Edit(0, len(whole), content(CIRCUIT)))
    yield _proof("zeros", Edit(0, len(whole), bytes(5000)))
    yield _proof("a number in more bytes than it needs", _replaced("links", b"\x81\0"))
    length = proof_fields(PROOFS[0])["proof length"]
    start, size = proof_fields(PROOFS[0])["proof"]
    for name, told, edit in (
        ("a word less", size - WORD, Edit(start + size - WORD, WORD, b"")),
        ("a word more", size + WORD, Edit(start + size, 0, bytes(WORD))),
        ("no bytes", 0, Edit(start, size, b"")),
    ):
        yield _proof(f"proof of {name}", Edit(*length, _varint(told)), edit)


def _points() -> Iterator[WrappedCase]:
    """Points of the proof: off the curve, the identity, not reduced, negated, others."""
    start, _ = proof_fields(PROOFS[0])["proof"]
    points = read_places()["point"]
    for number in (0, len(points) // 2, len(points) - 1):
        at = start + points[number]
        x, y = (
            int.from_bytes(content(PROOFS[0])[place : place + WORD], "big")
            for place in (at, at + WORD)
        )
        kinds = {
            "off the curve": (x, y ^ 1),
            "the identity": (0, 0),
            "the generator": (1, 2),
            "negated": (x, BASE - y),
            "turned round": (y, x),
            "not reduced in x": (x + BASE, y),
            "not reduced in y": (x, y + BASE),
            "all bits": (2**256 - 1, 2**256 - 1),
        }
        for name, (left, right) in kinds.items():
            yield _proof(f"point {number} is {name}", Edit(at, 64, _word(left) + _word(right)))


def _scalars() -> Iterator[WrappedCase]:
    """Scalars of the proof."""
    start, _ = proof_fields(PROOFS[0])["proof"]
    scalars = read_places()["scalar"]
    for number in (0, len(scalars) // 2, len(scalars) - 1):
        at = start + scalars[number]
        value = int.from_bytes(content(PROOFS[0])[at : at + WORD], "big")
        kinds = {"not reduced": value + SCALARS, "another": (value + 1) % SCALARS} | NUMBERS
        for name, other in kinds.items():
            yield _proof(f"scalar {number} is {name}", Edit(at, WORD, _word(other)))


def _circuits() -> Iterator[WrappedCase]:
    """Circuit files."""
    whole, fields = content(CIRCUIT), circuit_fields()

    def case(name: str, *edits: Edit) -> WrappedCase:
        return WrappedCase(f"circuit: {name}", circuit_edits=edits)

    def replaced(field: str, insert: bytes) -> Edit:
        return Edit(*fields[field], insert)

    last = [name for name in fields if name.startswith("point ")][-1]
    pairing = fields["pairing"][0]
    for field in ("kind", "version", "statements", "arithmetic", "circuit", "program", "security"):
        start, length = fields[field]
        at = start + length - 1
        yield case(f"a bit of {field}", Edit(at, 1, bytes([whole[at] ^ 1])))
    yield case("a setup for tests that does not say so", replaced("test_srs", b"\0"))
    yield case("test_srs is no choice", replaced("test_srs", b"\2"))
    for field in ("rows", "steps", "links", "most_steps", "proof_bytes"):
        yield case(f"{field} is zero", replaced(field, b"\0"))
    numbers = {"rows": 1438, "steps": 8, "scalars": 0, "outputs": 1, "links": 2, "most_steps": 16}
    for field, number in (numbers | {"proof_bytes": 3744}).items():
        yield case(f"{field} is {number}", replaced(field, _varint(number)))
    yield case("no envelopes", replaced("envelopes", b"\0"))
    yield case("a shard too large", replaced("rows", _varint((1 << 24) + 1)))
    for name, number in NUMBERS.items():
        yield case(f"constant 0 is {name}", replaced("constant 0", _word(number)))
    for point in ("point 0", last):
        for name, told in {"off the curve": _word(1) + _word(1), "the identity": bytes(64)}.items():
            yield case(f"{point} is {name}", replaced(point, told))
    yield case("another point", replaced(last, _word(1) + _word(2)))
    for at in range(0, 256, 32):
        place = pairing + at + 31
        yield case(f"pairing: word {at // 32}", Edit(place, 1, bytes([whole[place] ^ 1])))
    half = whole[pairing + 128 :]
    yield case("pairing: one point twice", Edit(pairing, 128, half))
    yield case("pairing: the identity", Edit(pairing, 128, bytes(128)))
    yield case("an operation of another kind", replaced("operations", whole[-2:]))
    yield case("an operand that comes later", replaced("message 0", b"\0" + _varint(60_000)))
    for name, at in {"its middle": len(whole) // 2, "its last byte": len(whole) - 1}.items():
        yield case(f"cut before {name}", Edit(at, len(whole) - at, b""))
    yield case("a byte behind its end", Edit(len(whole), 0, b"\0"))
    yield case("nothing", Edit(0, len(whole), b""))
    yield case("a proof", Edit(0, len(whole), content(PROOFS[0])))

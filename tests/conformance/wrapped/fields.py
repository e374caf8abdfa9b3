"""Where the fields of a wrapped proof and of a circuit file are (docs/spec/formats.md)."""

from __future__ import annotations

from functools import cache

from tests.conformance.suite import content
from tests.conformance.wrapped.suite import CIRCUIT

# Kind and version.
HEADER = 8
WORD, POINT = 32, 64


class Places:
    """Goes through a file, and notes where each field starts and how long it is."""

    def __init__(self, path: str) -> None:
        self.bytes = content(path)
        self.at = HEADER
        self.found: dict[str, tuple[int, int]] = {"kind": (0, 6), "version": (6, 2)}

    def take(self, name: str, length: int) -> None:
        """A field of so many bytes."""
        self.found[name] = (self.at, length)
        self.at += length

    def words(self, *names: str) -> None:
        """Fields of 32 bytes."""
        for name in names:
            self.take(name, WORD)

    def number(self, name: str) -> int:
        """A number: seven bits a byte, the lowest first."""
        start, value, shift = self.at, 0, 0
        while True:
            byte = self.bytes[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                self.found[name] = (start, self.at - start)
                return value


@cache
def proof_fields(path: str) -> dict[str, tuple[int, int]]:
    """Start and length of each field of a proof with one link that has an envelope."""
    places = Places(path)
    places.words("circuit", "first", "shard", "nonce")
    places.number("earlier_steps")
    places.take("context", places.number("context length"))
    places.words("start.statement", "start.states")
    places.number("start.steps")
    assert places.number("links") == 1
    places.words("trained")
    scalars = places.number("scalars")
    start = places.at
    for _ in range(scalars):
        places.number("last scalar")
    places.found["first scalar"] = (start, 2)
    assert places.number("outputs") == 0
    places.take("envelope", 1)
    places.words("ciphertext", "key", "hash")
    places.take("proof", places.number("proof length"))
    assert places.at == len(places.bytes)
    return places.found


@cache
def circuit_fields(path: str = CIRCUIT) -> dict[str, tuple[int, int]]:
    """Start and length of fields of a circuit file."""
    places = Places(path)
    places.number("statements")
    places.number("arithmetic")
    places.words("circuit")
    places.take("test_srs", 1)
    places.words("program")
    for name in ("security", "rows", "steps", "scalars", "outputs", "links", "most_steps"):
        places.number(name)
    places.number("proof_bytes")
    places.take("envelopes", 1)
    for name, length in (("constant", WORD), ("point", POINT)):
        count = places.number(f"{name}s")
        for index in range(count):
            places.take(f"{name} {index}", length)
    for index in range(places.number("messages")):
        start = places.at
        if places.number(f"message {index}") == 0:
            places.number("operand")
            places.found[f"message {index}"] = (start, places.at - start)
    places.found["operations"] = (places.at, 2)
    pairing = 8 * WORD
    places.found["pairing"] = (len(places.bytes) - pairing, pairing)
    return places.found


@cache
def read_places() -> dict[str, list[int]]:
    """Where in a proof's own bytes scalars and points start, by the circuit's transcript."""
    found: dict[str, list[int]] = {"scalar": [], "point": []}
    at = 0
    for name, (start, _) in circuit_fields().items():
        if not name.startswith("message "):
            continue
        match content(CIRCUIT)[start]:
            case 1:
                found["scalar"].append(at)
                at += WORD
            case 2:
                found["point"].append(at)
                at += POINT
    return found

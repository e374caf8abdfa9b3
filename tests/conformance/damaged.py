"""Cases about damaged bundles: the container, the run's terms, its program, its links."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.conformance.suite import Case, Edit, content, golden, sections

# Bytes of a container's header, and of the length behind a section's name.
HEADER, LENGTH = 16, 8


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _containers()
    yield from _orders()
    yield from _programs()
    for name in ("clear", "hiding", "evaluation", "wrapped"):
        yield from _links(name)
    yield from _many_steps()
    yield from _others()


def _case(name: str, run: str, *edits: Edit) -> Case:
    known = golden()[run]
    return Case(name, known["base"], edits, expectations=known["expectations"] or None)


def _flipped(run: str, at: int, mask: int = 1) -> Edit:
    return Edit(at, 1, bytes([content(golden()[run]["base"])[at] ^ mask]))


def _section(run: str, name: str) -> tuple[int, int]:
    return sections(golden()[run]["base"])[name]


def resized(run: str, name: str, replaced: bytes) -> list[Edit]:
    """A section with other content, and its length."""
    start, length = _section(run, name)
    told = len(replaced).to_bytes(LENGTH, "little")
    return [Edit(start - LENGTH, LENGTH, told), Edit(start, length, replaced)]


def _resized_end(run: str, name: str, remove: int, insert: bytes) -> list[Edit]:
    """A section with another end, and its length."""
    start, length = _section(run, name)
    told = (length - remove + len(insert)).to_bytes(LENGTH, "little")
    return [Edit(start - LENGTH, LENGTH, told), Edit(start + length - remove, remove, insert)]


def _replaced(run: str, name: str, at: int, insert: bytes) -> list[Edit]:
    """A section with other bytes in place of one, and its length."""
    start, length = _section(run, name)
    told = (length - 1 + len(insert)).to_bytes(LENGTH, "little")
    return [Edit(start - LENGTH, LENGTH, told), Edit(start + at, 1, insert)]


def _containers() -> Iterator[Case]:
    whole = content(golden()["clear"]["base"])
    order, program = _section("clear", "order"), _section("clear", "program")
    last = _section("clear", "link/000002")
    cuts = {
        "the magic": 4,
        "the header": 12,
        "a name": HEADER + 3,
        "a length": order[0] - 3,
        "the terms": order[0] + 5,
        "the program's name": order[0] + order[1] + 4,
        "the program": program[0] + 100,
        "the last link": last[0] + last[1] // 2,
        "the last byte": len(whole) - 1,
        "everything": 0,
    }
    for name, at in cuts.items():
        yield _case(f"container: cut within {name}", "clear", Edit(at, len(whole) - at, b""))
    yield _case("container: a byte behind its end", "clear", Edit(len(whole), 0, b"\0"))
    yield _case("container: two of them", "clear", Edit(len(whole), 0, whole[:200]))
    yield _case("container: another magic", "clear", _flipped("clear", 0))
    for version in (0, 2, 1 << 31):
        edit = Edit(8, 4, version.to_bytes(4, "little"))
        yield _case(f"container: version {version}", "clear", edit)
    for count in (0, 1, 2, 4, 6, (1 << 32) - 1):
        edit = Edit(12, 4, count.to_bytes(4, "little"))
        yield _case(f"container: {count} sections", "clear", edit)
    for length in (0, 4, 6, 0xFFFF):
        edit = Edit(HEADER, 2, length.to_bytes(2, "little"))
        yield _case(f"container: a name of {length} bytes", "clear", edit)
    yield _case("container: another name", "clear", Edit(HEADER + 2, 5, b"Order"))
    yield _case("container: a gap in the links", "clear", Edit(last[0] - LENGTH - 1, 1, b"3"))
    for length in (order[1] - 1, order[1] + 1, 1 << 40, (1 << 64) - 1):
        edit = Edit(order[0] - LENGTH, LENGTH, length.to_bytes(LENGTH, "little"))
        yield _case(f"container: terms of {length} bytes", "clear", edit)


def _orders() -> Iterator[Case]:
    start, length = _section("clear", "order")
    text = content(golden()["clear"]["base"])[start : start + length]
    known: dict[str, Any] = json.loads(text)

    def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
        told = json.loads(text)
        change(told)
        return json.dumps(told).encode()

    other = "ab" * 32
    changes: dict[str, Callable[[dict[str, Any]], object]] = {
        "other spaces": lambda told: None,
        "an unknown key": lambda told: told.update(price=1),
        "a shard less": lambda told: told["shards"].pop(),
        "no shards": lambda told: told.update(shards=[], shard_rows=[]),
        "a shard more": lambda told: (told["shards"].append(other), told["shard_rows"].append(4)),
        "a shard's rows": lambda told: told["shard_rows"].__setitem__(0, 23),
        "rows below zero": lambda told: told["shard_rows"].__setitem__(0, -1),
        "another security": lambda told: told.update(security=128),
        "an unknown security": lambda told: told.update(security=64),
        "earlier steps": lambda told: told.update(earlier_steps=1),
        "a context": lambda told: told.update(context="00"),
        "an origin that is none": lambda told: told.update(origin="nowhere"),
        "a seed as origin": lambda told: told.update(origin=f"seed {other}"),
        "a run as origin": lambda told: told.update(origin=f"run {other}"),
        "a digest in capitals": lambda told: told.update(first=told["first"].upper()),
    }
    for key in ("program", "first", "nonce"):
        changes[f"another {key}"] = lambda told, key=key: told.update({key: other})
    for key in known:
        changes[f"no {key}"] = lambda told, key=key: told.pop(key)
    for name, change in changes.items():
        yield _case(f"terms: {name}", "clear", *resized("clear", "order", changed(change)))
    twice = b'{"nonce": "' + known["nonce"].encode() + b'", ' + text[1:]
    for name, replaced in {
        "a key twice": twice,
        "a list": b"[]",
        "nothing": b"",
        "no text": b"\xff\xfe",
    }.items():
        yield _case(f"terms: {name}", "clear", *resized("clear", "order", replaced))


def _programs() -> Iterator[Case]:
    start, length = _section("clear", "program")
    whole = content(golden()["clear"]["base"])[start : start + length]
    yield _case("program: of another version", "clear", Edit(start + 6, 2, b"\0\x05"))
    yield _case("program: of another kind", "clear", Edit(start, 6, b"ZKLINK"))
    yield _case("program: empty", "clear", *resized("clear", "program", b""))
    yield _case("program: cut", "clear", *resized("clear", "program", whole[:-1]))
    yield _case("program: longer", "clear", *resized("clear", "program", whole + b"\0"))
    # A length in more bytes than it needs: the same program, in other bytes.
    wide = whole[:8] + bytes([whole[8] | 0x80, 0]) + whole[9:]
    yield _case("program: not canonical", "clear", *resized("clear", "program", wide))
    for at in range(8, min(length, 1200), 60):
        yield _case(f"program: byte {at} changed", "clear", _flipped("clear", start + at))
    other = sections(golden()["dropout"]["base"])["program"]
    strange = content(golden()["dropout"]["base"])[other[0] : sum(other)]
    yield _case("program: of another run", "clear", *resized("clear", "program", strange))


def _links(run: str) -> Iterator[Case]:
    names = [name for name in sections(golden()[run]["base"]) if name.startswith("link/")]
    for index, name in enumerate(names):
        start, length = _section(run, name)
        # The statement and the first messages densely, the openings here and there.
        head = range(0, 620, 62)
        rest = range(1000, length, max(1, (length - 1000) // 9))
        for at in sorted({*head, *rest, length - 1}):
            yield _case(f"{run}: byte {at} of link {index} changed", run, _flipped(run, start + at))
        yield _case(f"{run}: link {index} cut", run, *_resized_end(run, name, 1, b""))
        yield _case(f"{run}: link {index} longer", run, *_resized_end(run, name, 0, b"\0"))
        yield _case(f"{run}: link {index} empty", run, *resized(run, name, b""))
        version = Edit(start + 6, 2, b"\0\x07")
        yield _case(f"{run}: link {index} of another version", run, version)
    yield from _fewer_links(run, len(names))


def _fewer_links(run: str, links: int) -> Iterator[Case]:
    """Without the seal, without the first link, without any."""
    base = golden()[run]["base"]
    head = len("link/000000") + 2 + LENGTH
    count = (1 + links).to_bytes(4, "little")
    start, length = _section(run, f"link/{links - 1:06}")
    open_run = [Edit(12, 4, count), Edit(start - head, head + length, b"")]
    yield _case(f"{run}: not sealed", run, *open_run)
    start, length = _section(run, "link/000000")
    second, _ = _section(run, "link/000001")
    renamed = Edit(second - LENGTH - 1, 1, b"0")
    if links == 2:
        first = [Edit(12, 4, count), Edit(start - head, head + length, b""), renamed]
        yield _case(f"{run}: begins with its seal", run, *first)
    none = [Edit(12, 4, (2).to_bytes(4, "little"))]
    none.append(Edit(start - head, len(content(base)) - start + head, b""))
    yield _case(f"{run}: no links", run, *none)


def _many_steps() -> Iterator[Case]:
    """A few bytes that would draw rows for minutes before the program's length refuses them."""
    # Behind the link's head, numbers of one byte each, four digests, and the first step.
    at = 8 + 7 + 4 * 32 + 1
    for steps, packed in [
        (1 << 16, b"\x80\x80\x04"),
        (1 << 22, b"\x80\x80\x80\x02"),
        ((1 << 32) - 1, b"\xff\xff\xff\xff\x0f"),
    ]:
        yield _case(
            f"wrapped: {steps} steps", "wrapped", *_replaced("wrapped", "link/000000", at, packed)
        )


def _others() -> Iterator[Case]:
    whole = len(content(golden()["clear"]["base"]))
    strangers = {
        "text": b"This is not a proof.",
        "zeros": bytes(1000),
        "a container's magic alone": b"zkpotrun",
        "a page": b"<!doctype html>",
        "a link": b"ZKLINK\0\x06" + bytes(100),
    }
    for name, stranger in strangers.items():
        yield _case(f"no bundle: {name}", "clear", Edit(0, whole, stranger))

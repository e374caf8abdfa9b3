"""Cases about what a verifier is told: expectations (met, missed or unusable) and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.suite import Case, golden, sections

# Keys of expectations, and those of a receipt that meet them.
DIGESTS = {
    "program": "program",
    "first": "first_commitment",
    "data_root": "data_root",
    "nonce": "nonce",
}
NUMBERS = {"steps": "steps", "earlier_steps": "earlier_steps", "security": "security_bits"}


def cases() -> Iterator[Case]:
    """All of them."""
    for name, run in golden().items():
        yield from _met(name, run)
        yield from _missed(name, run)
    yield from _unusable()
    yield from _limits()


def _met(name: str, run: dict[str, Any]) -> Iterator[Case]:
    needed, receipt = run["expectations"], run["receipt"]
    yield Case(f"{name}: valid", run["base"], expectations=needed or None)
    every = {key: receipt[of] for key, of in (DIGESTS | NUMBERS).items()}
    every |= {"context": receipt["context"], "scalars": receipt["scalars"]}
    if receipt["origin"].startswith("seed"):
        every["seed"] = receipt["origin"].split()[1]
    for key, value in every.items():
        yield Case(f"{name}: {key} is met", run["base"], expectations=needed | {key: value})
    yield Case(f"{name}: all is met", run["base"], expectations=needed | every)


def _missed(name: str, run: dict[str, Any]) -> Iterator[Case]:
    needed, receipt = run["expectations"], run["receipt"]
    others: dict[str, Any] = dict.fromkeys(DIGESTS, "ab" * 32)
    others |= {key: receipt[of] + 1 for key, of in NUMBERS.items()}
    others |= {"context": "00", "scalars": {"lr.0": [[2, 1]]}, "seed": "5b" * 32}
    for key, value in others.items():
        yield Case(f"{name}: another {key}", run["base"], expectations=needed | {key: value})
    if needed:
        yield Case(f"{name}: not told", run["base"])
    stranger = golden()["clear"]["receipt"]["continuation"]
    told = needed | {"previous": stranger}
    yield Case(f"{name}: another run before", run["base"], expectations=told)


def _unusable() -> Iterator[Case]:
    base = golden()["hiding"]["base"]
    continuation = golden()["hiding"]["receipt"]["continuation"]
    unusable: dict[str, dict[str, Any]] = {
        "a key that is none": {"weights": "00"},
        "no hexadecimal": {"program": "zz" * 32},
        "a short digest": {"first": "ab" * 31},
        "a long digest": {"nonce": "ab" * 33},
        "an odd number of digits": {"context": "abc"},
        "a number as text": {"steps": "2"},
        "a negative number": {"steps": -1},
        "a fraction": {"steps": 2.5},
        "text for a number": {"security": "128"},
        "a number for a choice": {"allow_clear": 1},
        "a list of scalars": {"scalars": [[1, 2]]},
        "an empty continuation": {"previous": ""},
        "a cut continuation": {"previous": continuation[:-2]},
        "a longer continuation": {"previous": continuation + "00"},
        "a continuation of another version": {
            "previous": continuation[:14] + "03" + continuation[16:]
        },
    }
    for name, told in unusable.items():
        yield Case(f"expectations: {name}", base, expectations=told)


def _limits() -> Iterator[Case]:
    run = golden()["clear"]
    lengths = {name: length for name, (_, length) in sections(run["base"]).items()}
    total = max(start + length for start, length in sections(run["base"]).values())
    longest = max(length for name, length in lengths.items() if name.startswith("link/"))
    exact = {
        "bundle_bytes": total,
        "order_bytes": lengths["order"],
        "program_bytes": lengths["program"],
        "link_bytes": longest,
        "links": run["receipt"]["links"],
    }
    for key, value in exact.items():
        for name, limit in {"exactly": value, "one below": value - 1, "zero": 0}.items():
            told = {"expectations": run["expectations"], "limits": {key: limit}}
            yield Case(f"limits: {key}, {name}", run["base"], **told)
    for work in (0, 1_000_000, 10_000_000, 2**64 - 1):
        told = {"expectations": run["expectations"], "limits": {"work": work}}
        yield Case(f"limits: work of {work}", run["base"], **told)
    for elements in (0, 10_000, 2**64 - 1):
        told = {"expectations": run["expectations"], "limits": {"elements": elements}}
        yield Case(f"limits: {elements} elements", run["base"], **told)
    told = {"expectations": run["expectations"], "limits": {"programs": 0}}
    yield Case("limits: no program is remembered", run["base"], **told)

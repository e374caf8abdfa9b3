"""What each phase of a link takes its time and memory for, in units that have a price.

A price's name may end in the channel, `hiding` or `clear`, where what is bought is another thing on
the two, and in the size class of a polynomial, named by its most variables: folds and rates of
codes follow the size (rust/pcs, `schedule.rs`), and the smaller it is, the more an entry costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Quantities by the name of their price.
Quantities = dict[str, float]

#: Phases in the order of the prover, by its own names (rust/prover/src/phases.rs and link.rs).
PHASES = {
    "train": "exact training",
    "constraints": "constraint system",
    "commit outputs": "commitments to what comes out",
    "witness": "witness",
    "commit witness": "commitment to the witness",
    "rebuild commitments": "commitments to what comes in",
    "lookup leaves": "fractions of the lookup argument",
    "lookup": "lookup argument",
    "products": "sumchecks of products",
    "claims": "sumcheck of all claims",
    "masks": "hiding",
    "open witness": "opening of the witness",
    "open inputs": "openings of what comes in",
}

# The largest polynomials of the size classes.
_CLASSES = (18, 21, 28)
# The smallest polynomial.
_LEAST = 14
# Tables of this size are more than the processor's caches and page tables hold at a time, so that
# a phase that walks through them pays for bytes and not only for elements.
_LARGE = 24


def seconds(work: Mapping[str, Any], executions: int) -> dict[str, Quantities]:
    """What a link's phases are paid for in seconds.

    Args:
        work: What `work` of the backend counts.
        executions: How often the link runs the program.
    """
    polynomials: Sequence[Mapping[str, Any]] = work["polynomials"]
    columns: Sequence[Mapping[str, Any]] = work["columns"]
    products: Sequence[Mapping[str, Any]] = work["products"]
    witness, channel = _witness(polynomials), _channel(work)
    opened = [p for p in polynomials if p["opened"] and p not in witness]
    outputs = [p for p in polynomials if not p["opened"]]
    parts = work["claims"]["parts"]
    looked_up = [*(c for c in columns if c["digit"]), *work["elsewhere"]]
    digits = sum(c["entries"] for c in looked_up if c["elements"] == c["entries"])
    padded = sum(c["entries"] for c in looked_up) - digits
    stored = sum(c["entries"] for c in columns if not c["digit"])
    entries = sum(p["entries"] for p in polynomials)
    # Bytes of what a phase writes where pages of the phase before are gone.
    large = sum(1 << p["variables"] for p in witness if p["variables"] >= _LARGE)
    used = sum(p["entries"] for p in witness if p["variables"] >= _LARGE)
    found: dict[str, Quantities] = {
        "constraints": {"constraint part": parts, "link": 1},
        "commit outputs": _sized("commit", outputs, channel),
        "witness": {
            "witness element": sum(c["elements"] for c in columns),
            "zero": sum(1 << p["variables"] for p in witness),
            "fresh byte": 8 * large,
        },
        "commit witness": _sized("commit witness", witness, channel) | {"fresh byte": 40 * large},
        "rebuild commitments": _sized("commit", opened, channel),
        "lookup leaves": {"leaf stored": stored, "leaf region": len(columns)},
        "lookup": {
            "digit": digits,
            "digit padded": padded,
            "table row": stored,
            "lookup layer": sum(p["variables"] for p in witness) if columns else 0,
            "fresh byte": 48 * used,
        },
        "products": {
            **_add(product(p) for p in products),
            "product level": len({product["level"] for product in products}),
        },
        "claims": {
            "claim entry": entries,
            "claim weight": work["claims"]["weighed"],
            "claim vector": work["claims"]["vectors"],
            "claim part": parts,
            "fresh byte": 24 * used,
        },
        "masks": {"mask": work["masks"] or 0, "mask part": parts if work["masks"] else 0},
        "open witness": _sized("open witness", witness, channel) | {"fresh byte": 48 * large},
        "open inputs": _sized("open", opened, channel),
    }
    if work["trace"] is not None:
        nodes = work["trace"]["nodes"]
        step = _add(node(n) for n in nodes)
        found = {"train": {name: executions * number for name, number in step.items()}} | found
    return found


def node(counted: Mapping[str, Any]) -> Quantities:
    """What executing a node in one step is paid for."""
    return {
        "multiplication": counted["matrix"],
        "loop turn": counted["loops"],
        "computed element": counted["elements"],
        "gathered number": counted["scratch"],
        "node": 1,
    }


def product(counted: Mapping[str, Any]) -> Quantities:
    """What the sumcheck of a product is paid for."""
    return {
        "factor element": sum(counted["elements"]),
        "product entry": 1 << counted["variables"],
        "product": 1,
    }


def memory(work: Mapping[str, Any]) -> Quantities:
    """What a link's memory is paid for in bytes.

    It peaks at the openings: a trace, which is gone by then, has hardly more integers than the
    witness has entries, and opening an entry takes the memory of ten integers.
    """
    polynomials: Sequence[Mapping[str, Any]] = work["polynomials"]
    witness, channel = _witness(polynomials), _channel(work)
    opened = [p for p in polynomials if p["opened"] and p not in witness]
    outputs = [p for p in polynomials if not p["opened"]]
    return {
        "process": 1,
        "output": sum(1 << p["variables"] for p in outputs),
        "used entry": sum(p["entries"] for p in witness),
        **_sized("input", opened, channel),
        **_sized("witness", witness, channel),
    }


def proof(work: Mapping[str, Any]) -> Quantities:
    """What a link's proof is paid for in bytes."""
    polynomials: Sequence[Mapping[str, Any]] = work["polynomials"]
    witness, channel = _witness(polynomials), _channel(work)
    opened = [p for p in polynomials if p["opened"] and p not in witness]
    return {
        f"witness opening {channel}": len(witness),
        f"witness variable {channel}": sum(p["variables"] - _LEAST for p in witness),
        f"input opening {channel}": len(opened),
        f"input variable {channel}": sum(p["variables"] - _LEAST for p in opened),
        "masked scalar": work["masks"] or 0,
    }


def _add(parts: Iterable[Quantities]) -> Quantities:
    total: Quantities = {}
    for part in parts:
        for name, number in part.items():
            total[name] = total.get(name, 0) + number
    return total


def _channel(work: Mapping[str, Any]) -> str:
    return "clear" if work["masks"] is None else "hiding"


def _witness(polynomials: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [p for p in polynomials if p["role"] == "witness"]


def _sized(what: str, polynomials: Sequence[Mapping[str, Any]], channel: str) -> Quantities:
    """Entries of polynomials by their size class, and how many there are."""
    what = f"{what} {channel}"
    found: Quantities = {what: len(polynomials)}
    for polynomial in polynomials:
        variables = polynomial["variables"]
        most = next(most for most in _CLASSES if variables <= most)
        name = f"{what}/{most}"
        found[name] = found.get(name, 0) + (1 << variables)
    return found

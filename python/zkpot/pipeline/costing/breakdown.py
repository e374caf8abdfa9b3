"""What the predicted time of a run is for: links, phases, layers, tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zkpot.artifacts.program import Program
from zkpot.pipeline.costing import quantities
from zkpot.pipeline.costing.layers import Place, places
from zkpot.pipeline.costing.link import Link, prices

#: What no tensor is for: what is committed for tables, for padding, and what every link takes.
PROTOCOL = "protocol"
_TABLES, _PADDING = Place(PROTOCOL, "tables", "tables"), Place(PROTOCOL, "padding", "padding")
_LINK = Place(PROTOCOL, "link", "link")

Shares = dict[Place, float]


@dataclass(frozen=True)
class Entry:
    """Seconds of a phase of a link that are for one tensor."""

    link: str
    phase: str
    place: Place
    seconds: float


@dataclass(frozen=True)
class Breakdown:
    """Where the predicted time of links goes.

    Attributes:
        entries: All of it, in the order of links and phases.
        committed: Elements that the training link commits, by place.
    """

    entries: tuple[Entry, ...]
    committed: Mapping[Place, int]

    def total(self, name: Callable[[Entry], str]) -> dict[str, float]:
        """Seconds by a name of entries, in the order in which names occur."""
        found: dict[str, float] = {}
        for entry in self.entries:
            key = name(entry)
            found[key] = found.get(key, 0.0) + entry.seconds
        return found

    def phases(self) -> dict[str, float]:
        """Seconds of each phase, over all links."""
        return self.total(lambda entry: entry.phase)

    def links(self) -> dict[str, float]:
        """Seconds of each link."""
        return self.total(lambda entry: entry.link)

    def layers(self) -> dict[tuple[str, str], tuple[float, int]]:
        """Seconds over all links and elements of the training link, by part and layer."""
        found: dict[tuple[str, str], tuple[float, int]] = {}
        for entry in self.entries:
            key = (entry.place.part, entry.place.layer)
            seconds, committed = found.get(key, (0.0, 0))
            found[key] = (seconds + entry.seconds, committed)
        for place, elements in self.committed.items():
            key = (place.part, place.layer)
            seconds, committed = found.get(key, (0.0, 0))
            found[key] = (seconds, committed + elements)
        return found


def breakdown(program: Program, links: Sequence[Link]) -> Breakdown:
    """Where the predicted time of these links goes."""
    known = places(program.description)
    entries = []
    for link in links:
        shares = _shares(program, known, link)
        for phase, seconds in link.phases().items():
            found = shares.get(phase) or {_LINK: 1.0}
            whole = sum(found.values())
            entries += [
                Entry(link.kind, phase, place, seconds * share / whole)
                for place, share in found.items()
                if seconds * share > 0
            ]
    committed: dict[Place, int] = {}
    for link in links:
        for column in link.work["columns"] if link.kind == "training" else ():
            place = _TABLES if column["tensor"] is None else known[column["tensor"]]
            committed[place] = committed.get(place, 0) + column["elements"]
    return Breakdown(tuple(entries), committed)


def _shares(program: Program, known: Sequence[Place], link: Link) -> dict[str, Shares]:
    """How the time of each phase is shared by tensors."""
    price: Mapping[str, float] = prices()["seconds"]
    work = link.work
    columns: Sequence[Mapping[str, Any]] = work["columns"]

    def of(tensor: int | None) -> Place:
        return _TABLES if tensor is None else known[tensor]

    def add(pairs: Iterable[tuple[Place, float]]) -> Shares:
        found: Shares = {}
        for place, share in pairs:
            found[place] = found.get(place, 0.0) + share
        return found

    def entry(column: Mapping[str, Any]) -> float:
        whole = column["elements"] == column["entries"]
        name = "table row" if not column["digit"] else "digit" if whole else "digit padded"
        return float(column["entries"] * price.get(name, 0.0))

    looked_up = [*columns, *work["elsewhere"]]
    used = [(of(c["tensor"]), float(c["entries"])) for c in columns]
    sizes = {p["role"]: 0 for p in work["polynomials"]}
    for polynomial in work["polynomials"]:
        sizes[polynomial["role"]] += 1 << polynomial["variables"]
    witness = float(sizes.get("witness", 0))
    filled = add([*used, (_PADDING, max(0.0, witness - sum(share for _, share in used)))])
    states = _inputs(program, known, "states")
    data = _inputs(program, known, "data")

    def both(suffix: str) -> Shares:
        return add(
            (place, share * sizes.get(role, 0))
            for role, shares in ((f"states {suffix}", states), (f"shard {suffix}", data))
            for place, share in shares.items()
        )

    shares = {
        "commit outputs": both("out"),
        "witness": add((of(c["tensor"]), float(c["elements"])) for c in columns),
        "commit witness": filled,
        "rebuild commitments": both("in"),
        "lookup leaves": add((of(c["tensor"]), float(not c["digit"])) for c in columns),
        "lookup": add((of(c["tensor"]), entry(c)) for c in looked_up),
        "products": _products(program, known, work["products"]),
        "claims": add([*used, *both("in").items(), *both("out").items()]),
        "open witness": filled,
        "open inputs": both("in"),
    }
    if work["trace"] is not None:
        shares["train"] = add(
            (of(node["tensor"]), _pay(price, quantities.node(node)))
            for node in work["trace"]["nodes"]
        )
    return shares


def _products(
    program: Program, known: Sequence[Place], products: Sequence[Mapping[str, Any]]
) -> Shares:
    """A product is for the sum that it is a term of; one of a relation for its last factor."""
    price: Mapping[str, float] = prices()["seconds"]
    sums: dict[tuple[int, ...], int] = {}
    for node in program.description["nodes"]:
        for term in node["Sum"]["terms"] if "Sum" in node else ():
            if term["right"]:
                pair = (term["left"]["tensor"], term["right"]["tensor"])
                sums.setdefault(tuple(sorted(pair)), node["Sum"]["out"])
    found: Shares = {}
    for product in products:
        tensors = [tensor for tensor in product["tensors"] if tensor is not None]
        index = sums.get(tuple(sorted(tensors)), tensors[-1] if tensors else None)
        place = _LINK if index is None else known[index]
        found[place] = found.get(place, 0.0) + _pay(price, quantities.product(product))
    return found


def _inputs(program: Program, known: Sequence[Place], what: str) -> Shares:
    """The shares of the tensors of a states or shard polynomial."""
    tensors = program.description["tensors"]
    found: Shares = {}
    for entry in program.description[what]:
        size = 1.0
        for length in tensors[entry["tensor"]]["shape"]:
            size *= length
        place = known[entry["tensor"]]
        found[place] = found.get(place, 0.0) + size
    whole = sum(found.values()) or 1.0
    return {place: size / whole for place, size in found.items()}


def _pay(price: Mapping[str, float], paid: Mapping[str, float]) -> float:
    return sum(price.get(name, 0.0) * number for name, number in paid.items())

"""What a program commits, for comparing programs while one is compiled.

A proof commits the digits of every range-proven integer, the outputs of tables, and the
multiplicities of tables' rows; each digit and each lookup costs about the same. The rule that
splits a range into digits is the prover's own. What a run takes, in seconds and bytes, is in
`pipeline/costing`, which counts with the prover's own layout.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from zkpot.program.intervals import intervals

#: Range widths up to the first are never split, above the second always.
UNSPLIT_BITS, LARGEST_BITS = 4, 22
#: Steps of the link for which programs are compared.
TYPICAL_STEPS = 100


@dataclass(frozen=True)
class Quantity:
    """Range-proven integers of one step: `elements` integers of `bits` bits for one node."""

    node: str
    kind: str
    what: str
    elements: int
    bits: int


@dataclass(frozen=True)
class Cost:
    """What steps and links commit.

    Attributes:
        quantities: range-proven integers and table outputs of one step, by node. Table outputs
            have 0 bits.
        tables: rows of function tables.
        data: integers of one batch, committed before training.
        carried: integers carried from link to link and the bits of their ranges, by state.
    """

    quantities: tuple[Quantity, ...]
    tables: int
    data: int
    carried: tuple[tuple[int, int], ...]

    @property
    def states(self) -> int:
        """Integers carried from link to link."""
        return sum(elements for elements, _ in self.carried)

    @property
    def committed(self) -> int:
        """Integers committed for one step: values, remainders and bits, digits not counted."""
        return sum(q.elements for q in self.quantities)

    def elements(self, steps: int = 1) -> int:
        """Committed elements of a link: digits, table outputs, multiplicities of table rows."""
        counts: Counter[int] = Counter()
        for q in self.quantities:
            counts[q.bits] += q.elements * steps
        outputs = counts.pop(0, 0)
        for elements, bits in self.carried:
            counts[bits] += elements
        digits = split_ranges(counts)
        used = {width for widths in digits.values() for width in widths}
        total = sum(count * len(digits[bits]) for bits, count in counts.items())
        return total + outputs + self.tables + sum(1 << width for width in used)


def split_ranges(counts: Counter[int]) -> dict[int, list[int]]:
    """Widths of the digits of each range width, given how often each occurs in a link.

    A range is split in halves where that commits less than one table of its full width does.
    """
    pending = dict(counts)
    halves: dict[int, tuple[int, int] | None] = {}
    while pending:
        bits = max(pending)
        count = pending.pop(bits)
        low = -(-bits // 2)
        whole = count + (1 << min(bits, LARGEST_BITS + 1))
        split = 2 * count + (1 << min(low, LARGEST_BITS + 1))
        if bits <= UNSPLIT_BITS or (bits <= LARGEST_BITS and whole <= split):
            halves[bits] = None
            continue
        halves[bits] = (low, bits - low)
        for part in (low, bits - low):
            pending[part] = pending.get(part, 0) + count
    digits: dict[int, list[int]] = {}
    for bits in sorted(halves):
        parts = halves[bits]
        digits[bits] = [bits] if parts is None else digits[parts[0]] + digits[parts[1]]
    return digits


def cost(program: dict[str, Any]) -> Cost:
    """What the steps of a program commit."""
    tensors = program["tensors"]

    def elements(index: int) -> int:
        return math.prod(tensors[index]["shape"])

    def bits(index: int) -> int:
        return int(tensors[index]["range"]["bits"])

    known = intervals(program)
    quantities = []
    used_tables = set()
    for node in program["nodes"]:
        ((kind, body),) = node.items()
        if kind in ("Sum", "Constant", "Bernoulli"):
            continue
        outs = body["outs"] if kind == "Lookup" else [body["out"]]
        outs = [body["max"], *outs] if kind == "ArgMax" else outs
        name = tensors[outs[-1]]["name"]

        def add(what: str, count: int, width: int, name: str = name, kind: str = kind) -> None:
            quantities.append(Quantity(name, kind, what, count, width))

        if kind == "Lookup":
            used_tables.add(body["table"])
            for out in outs:
                add("table output", elements(out), 0)
            continue
        for out in outs:
            add("value", elements(out), bits(out))
        out = body["out"]
        if kind == "Rescale":
            add("remainder", elements(out), body["shift"])
        elif kind == "Max":
            # The gap to the maximum, and a bit that says where it is attained.
            count = elements(body["input"])
            spread = known[out].hi - known[body["input"]].lo
            add("choice", count, 1)
            add("gap", count, max(spread, 1).bit_length())
        elif kind == "Divide":
            # The remainder and what is missing from it to twice the divisor.
            width = (2 * known[body["denominator"]].hi - 1).bit_length()
            add("remainder", elements(out), width)
            add("room", elements(out), width)
        elif kind == "Root":
            width = (2 * known[out].hi - 1).bit_length()
            add("remainder", elements(out), width)
            add("room", elements(out), width)
        elif kind == "Positive":
            argument = known[body["input"]]
            width = max(argument.hi - 1, -argument.lo, 1).bit_length()
            add("magnitude", elements(out), width)
        elif kind == "ArgMax":
            places = elements(body["input"]) // elements(body["max"])
            spread = known[body["max"]].hi - known[body["input"]].lo
            add("gap", elements(out), ((max(spread, 0) + 1) * places - 1).bit_length())
    return Cost(
        tuple(quantities),
        sum(1 << program["tables"][t]["bits"] for t in used_tables),
        sum(elements(f["tensor"]) for f in program["data"]),
        tuple(
            (elements(s["tensor"]), bits(s["tensor"]))
            for s in program["states"]
            if s["tensor"] != s["next"]
        ),
    )

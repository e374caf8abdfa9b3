"""What a program costs to prove, predicted from its committed elements.

Committed, looked-up elements are the proof's cost. The constants are the one place to fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

#: Seconds of proving for one committed element of up to `LIMB_BITS` bits (two cores).
SECONDS_PER_ELEMENT = 0.2e-6
#: Bytes at the peak for one committed element.
BYTES_PER_ELEMENT = 100
#: A range check of more bits than this takes another looked-up limb.
LIMB_BITS = 16


@dataclass(frozen=True)
class NodeCost:
    """Elements that a node commits in one step; `limbs` counts their range checks."""

    node: str
    kind: str
    values: int
    remainders: int
    limbs: int


@dataclass(frozen=True)
class Cost:
    """Cost of one step. Data and the states at a link's ends are not part of it."""

    nodes: tuple[NodeCost, ...]
    data: int
    states: int

    @property
    def committed(self) -> int:
        """Committed elements a step."""
        return sum(n.values + n.remainders for n in self.nodes)

    @property
    def limbs(self) -> int:
        """Range-checked limbs a step."""
        return sum(n.limbs for n in self.nodes)

    def seconds(self, steps: int = 1) -> float:
        """Predicted proving time."""
        return self.limbs * steps * SECONDS_PER_ELEMENT

    def bytes(self, steps: int = 1) -> int:
        """Predicted memory at the peak."""
        return self.limbs * steps * BYTES_PER_ELEMENT


def _limbs(bits: int) -> int:
    return max(1, math.ceil(bits / LIMB_BITS))


def cost(program: dict[str, Any]) -> Cost:
    """The cost of one step of a program."""
    tensors = program["tensors"]

    def elements(index: int) -> int:
        return math.prod(tensors[index]["shape"])

    def bits(index: int) -> int:
        return int(tensors[index]["range"]["bits"])

    nodes = []
    for node in program["nodes"]:
        ((kind, body),) = node.items()
        if kind == "Sum":
            continue
        outs = body["outs"] if kind == "Lookup" else [body["out"]]
        name = tensors[outs[0]]["name"]
        values = sum(elements(o) for o in outs)
        if kind == "Lookup":
            nodes.append(NodeCost(name, kind, values, 0, values))
        elif kind == "Rescale":
            size = elements(body["out"])
            limbs = size * (_limbs(bits(body["out"])) + _limbs(body["shift"]))
            nodes.append(NodeCost(name, kind, size, size, limbs))
        elif kind == "OneHot":
            nodes.append(NodeCost(name, kind, values, 0, values))
        elif kind == "Max":
            size = elements(body["input"])
            limbs = size * _limbs(bits(body["out"]))
            nodes.append(NodeCost(name, kind, values, size, values + limbs))
        else:
            # The remainder is below twice the divisor: two comparisons.
            size = elements(body["out"])
            nodes.append(NodeCost(name, kind, size, 2 * size, size * 5))
    data = sum(elements(f["tensor"]) for f in program["data"])
    states = sum(elements(s["tensor"]) for s in program["states"])
    return Cost(tuple(nodes), data, states)

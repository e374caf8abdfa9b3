"""Intervals of a program's tensors, from declared ranges."""

from __future__ import annotations

import math
from typing import Any

from zkpot.program.ranges import Interval


def intervals(program: dict[str, Any]) -> list[Interval]:
    """Bounds of each tensor, no tighter than the checker's; states as they are declared."""
    tensors = program["tensors"]
    known = []
    for tensor in tensors:
        declared = tensor["range"] or {"lo": 0, "bits": 0}
        known.append(Interval(declared["lo"], declared["lo"] + (1 << declared["bits"]) - 1))
    for node in program["nodes"]:
        public = node.get("Constant")
        if public is not None:
            known[public["out"]] = Interval(min(public["values"]), max(public["values"]))
        drawn = node.get("Bernoulli")
        if drawn is not None:
            known[drawn["out"]] = Interval(0, 1)
        body = node.get("Sum")
        if body is None:
            continue
        total = Interval(body["constant"], body["constant"])
        rank = len(tensors[body["out"]]["shape"])
        for term in body["terms"]:
            labels: set[int] = set()
            bound = Interval(term["coefficient"], term["coefficient"])
            if term["scalar"] is not None:
                scalar = program["scalars"][term["scalar"]]
                bound = bound * Interval(scalar["lo"], scalar["hi"])
            for operand in (term["left"], term["right"]):
                if operand is None:
                    continue
                labels |= {label for index in operand["axes"] for label, _ in index["labels"]}
                own = known[operand["tensor"]]
                # An index that is more than a label may read zeros outside.
                bound = bound * (own if _is_plain(operand) else own.hull(Interval(0, 0)))
            summed = (body["summed"][label - rank] for label in labels if label >= rank)
            total = total + bound.times(math.prod(summed))
        known[body["out"]] = total
    return known


def _is_plain(operand: dict[str, Any]) -> bool:
    return all(
        [stride for _, stride in index["labels"]] in ([1], [])
        and index["offset"] == 0
        and index["divisor"] == 1
        for index in operand["axes"]
    )

"""What an operator commits: elements of a step for each element of its output, measured.

An operator's case is the one that passes with the most elements in its first output. What the rest
of its step commits, which a node that does nothing shows, is taken off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tests.onnx_nodes.cases import Case
from tests.onnx_nodes.expectations import Outcomes
from tests.onnx_nodes.outcome import PASSES, compiled
from zkpot.program.cost import cost

FILE = Path(__file__).with_name("committed.json")

# By operator: the case, and elements of a step for each element of its output.
Committed = dict[str, tuple[str, float]]


def measure(cases: Iterable[Case], outcomes: Outcomes) -> Committed:
    """Compile one case of each operator that has one that passes."""
    largest: dict[str, Case] = {}
    for case in cases:
        if outcomes[case.operator][case.name] == PASSES:
            known = largest.get(case.operator)
            if known is None or _size(case) > _size(known):
                largest[case.operator] = case
    nothing = _committed(largest["Identity"])
    return {
        kind: (case.name, round((_committed(case) - nothing) / _size(case), 2))
        for kind, case in sorted(largest.items())
    }


def read() -> Committed:
    """What the file says."""
    return {kind: (name, n) for kind, (name, n) in json.loads(FILE.read_text()).items()}


def write(found: Committed) -> None:
    """Write the file."""
    FILE.write_text(json.dumps(found, indent=1) + "\n")


def _size(case: Case) -> int:
    return int(np.size(next(iter(case.outputs.values()))))


def _committed(case: Case) -> int:
    return cost(compiled(case, next(iter(case.outputs)))[0]).committed

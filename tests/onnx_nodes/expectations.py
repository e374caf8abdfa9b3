"""What every node test is expected to give, on file: progress of the compiler shows as a diff."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.onnx_nodes.cases import cases
from tests.onnx_nodes.outcome import PASSES, outcome

FILE = Path(__file__).with_name("expected.json")

# Operator -> case -> `PASSES` or the reason why not.
Outcomes = dict[str, dict[str, str]]


def measure() -> Outcomes:
    """Put every case to the compiler."""
    found: Outcomes = {}
    for case in cases():
        found.setdefault(case.operator, {})[case.name] = outcome(case)
    return dict(sorted(found.items()))


def read() -> Outcomes:
    """What the file says."""
    outcomes: Outcomes = json.loads(FILE.read_text())
    return outcomes


def write(outcomes: Outcomes) -> None:
    """Write the file."""
    FILE.write_text(json.dumps(outcomes, indent=1, ensure_ascii=False) + "\n")


def passing(outcomes: Mapping[str, str]) -> int:
    """How many of an operator's cases pass."""
    return sum(reason == PASSES for reason in outcomes.values())

"""docs/operators.md: what the compiler takes, and how ONNX's own node tests fare with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.onnx_nodes.committed import Committed
from tests.onnx_nodes.expectations import Outcomes, passing
from tests.onnx_nodes.outcome import PASSES
from zkpot.program.operators import FORMS
from zkpot.program.read import OPSETS

FILE = Path(__file__).resolve().parents[2] / "docs" / "operators.md"

_HEAD = """# Operators

Made by `make operators`: do not edit. The forms are those that the compiler's messages name
(`python/zkpot/program/operators.py`).

The package onnx brings tests of single nodes: inputs, and the outputs that they have to give. Each
one with a float32 input becomes a training step whose prediction is the node's output
([tests/onnx_nodes](../tests/onnx_nodes)). It passes where the step compiles and one step of the
exact executor agrees with the expected output: to 2^-10 of its largest magnitude, exactly for
integers and Booleans. `expected.json` there names every test and why it does not pass.
Operator sets {first} to {last} are read.

*Committed* are the elements that a step commits for each element of the output, in the passing
test with the largest output: values, remainders and bits. Inputs are not among them, and an output
that is a sum of products of inputs is 0 until something rounds it.

{passing} of {total} tests pass.
"""


def document(outcomes: Outcomes, costs: Committed) -> str:
    """The page."""
    total = sum(len(tests) for tests in outcomes.values())
    passed = sum(passing(tests) for tests in outcomes.values())
    head = _HEAD.format(first=OPSETS.start, last=OPSETS[-1], passing=passed, total=total)
    return f"{head}\n{_supported(outcomes, costs)}\n{_unsupported(outcomes)}"


def _supported(outcomes: Outcomes, costs: Committed) -> str:
    lines = ["## Supported", "", "| operator | form | tests that pass | committed |"]
    lines.append("|---|---|---|---|")
    for kind, form in sorted(FORMS.items()):
        tests = outcomes.get(kind, {})
        share = f"{passing(tests)} of {len(tests)}" if tests else "none exist"
        paid = f"{costs[kind][1]:g}" if kind in costs else "not measured"
        lines.append(f"| {kind} | {_cell(form)} | {share} | {paid} |")
    lines += ["", "Why tests of these do not pass:", ""]
    for kind in sorted({*FORMS} & {*outcomes}):
        reasons = Counter(reason for reason in outcomes[kind].values() if reason != PASSES)
        if reasons:
            listed = "; ".join(f"{_cell(reason)} ({n})" for reason, n in sorted(reasons.items()))
            lines.append(f"- {kind}: {listed}")
    return "\n".join(lines) + "\n"


def _unsupported(outcomes: Outcomes) -> str:
    unknown = {kind: tests for kind, tests in outcomes.items() if kind not in FORMS}
    passed = {kind: n for kind, tests in unknown.items() if (n := passing(tests))}
    lines = ["## Not supported", "", "With the number of their tests.", ""]
    lines.append(", ".join(f"{kind} ({len(tests)})" for kind, tests in sorted(unknown.items())))
    if passed:
        listed = ", ".join(f"{kind} ({n})" for kind, n in sorted(passed.items()))
        lines += ["", f"Tests of these pass all the same: {listed}."]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

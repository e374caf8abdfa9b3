"""Cases about programs of few bytes that take long to check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.damaged import resized
from tests.conformance.suite import Case, golden
from zkpot.artifacts.program import Program

# Axes whose places a check visits one by one, and terms that differ in where they are zero.
SHAPE, TERMS = (4096, 4096, 16), 64


def cases() -> Iterator[Case]:
    """The program in place of a run's own: refused for its work, or for not being the run's."""
    run = golden()["clear"]
    edits = tuple(resized("clear", "program", program()))
    for work in (2_000_000, 20_000_000, 200_000_000):
        told: dict[str, Any] = {"expectations": run["expectations"], "limits": {"work": work}}
        yield Case(f"slow program: work of {work}", run["base"], edits, **told)


def program() -> bytes:
    """Sums of parts, each of which is zero somewhere along each axis."""
    state, sums = 1, 8
    tensors = [_tensor("x", [1], {"lo": 0, "bits": 1})]
    tensors += [_tensor("w", [*SHAPE], {"lo": 0, "bits": 1})]
    tensors += [_tensor(f"sum {number}", [*SHAPE], None) for number in range(sums)]
    description = {
        "arithmetic": 3,
        "name": "slow",
        "batch": 1,
        "window": 1,
        "max_steps": 1,
        "tensors": tensors,
        "tables": [],
        "data": [{"name": "x", "tensor": 0}],
        "states": [{"name": "w", "tensor": 1, "next": 1, "shape": [*SHAPE], "initial": 0}],
        "scalars": [],
        "nodes": [_sum(2 + number, state) for number in range(sums)],
        "reading": "Shuffled",
        "outputs": [],
        "monitor": None,
    }
    return Program.from_description(description).native.to_bytes()


def _tensor(name: str, shape: list[int], proven: dict[str, int] | None) -> dict[str, Any]:
    scale = {"numerator": 1, "denominator": 1, "fraction_bits": 0}
    return {"name": name, "shape": shape, "scale": scale, "range": proven}


def _sum(out: int, state: int) -> dict[str, Any]:
    def term(part: int) -> dict[str, Any]:
        axes = [
            {"labels": [[label, 1]], "offset": 1 + part % 7, "divisor": 1}
            for label in range(len(SHAPE))
        ]
        left = {"tensor": state, "axes": axes}
        return {"coefficient": 1, "scalar": None, "left": left, "right": None}

    terms = [term(part) for part in range(TERMS)]
    return {"Sum": {"out": out, "summed": [], "terms": terms, "constant": 0}}

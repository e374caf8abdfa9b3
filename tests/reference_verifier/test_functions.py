"""The independent verifier on nodes that small models do not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_step import write_small_step

import zkpot
from zkpot.artifacts.program import Program
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier import verify_run

UNIT = {"numerator": 1, "denominator": 1, "fraction_bits": 0}
BIT = {"lo": 0, "bits": 1}


def add_functions(program: dict[str, Any]) -> None:
    """Adds roots, signs, places, quotients and a table with gaps that nothing else reads."""
    tensors, nodes = program["tensors"], program["nodes"]
    source = next(n["Rescale"]["out"] for n in nodes if "Rescale" in n)
    shape, declared = tensors[source]["shape"], tensors[source]["range"]
    assert len(shape) == 2

    def tensor(name: str, lengths: list[int], allowed: dict[str, int] | None) -> int:
        tensors.append({"name": name, "shape": lengths, "scale": UNIT, "range": allowed})
        return len(tensors) - 1

    def operand(of: int, labels: list[int]) -> dict[str, Any]:
        axes = [{"labels": [[label, 1]], "offset": 0, "divisor": 1} for label in labels]
        return {"tensor": of, "axes": axes}

    each = operand(source, [0, 1])
    square = {"coefficient": 1, "scalar": None, "left": each, "right": each}
    squares = tensor("squares", shape[:1], None)
    nodes.append({"Sum": {"out": squares, "summed": shape[1:], "terms": [square], "constant": 5}})
    norm = tensor("norm", shape[:1], {"lo": 1, "bits": declared["bits"] + 2})
    nodes.append({"Root": {"input": squares, "out": norm, "shift": 2}})
    sign = tensor("sign", shape, BIT)
    nodes.append({"Positive": {"input": source, "out": sign}})
    # Of 0 and 1 in eight rows: the others are in gaps, before, between and after.
    column = [4, 4, 4, 4, 4, 5, 4, 4]
    gaps = [{"row": 0, "rows": 3}, {"row": 4, "rows": 1}, {"row": 6, "rows": 2}]
    table = {"name": "in gaps", "first": -5, "bits": 3, "columns": [column], "gaps": gaps}
    program["tables"].append(table)
    twice = tensor("twice the sign", shape, None)
    term = {"coefficient": 2, "scalar": None, "left": operand(sign, [0, 1]), "right": None}
    nodes.append({"Sum": {"out": twice, "summed": [], "terms": [term], "constant": -2}})
    listed = tensor("listed", shape, {"lo": 4, "bits": 1})
    fields = {"table": len(program["tables"]) - 1, "outs": [listed]}
    nodes.append({"Lookup": {"input": twice} | fields})
    for name, kept in (("row", shape[:1]), ("all", [])):
        largest, place = tensor(f"{name} max", kept, declared), tensor(f"{name} place", shape, BIT)
        nodes.append({"ArgMax": {"input": source, "max": largest, "out": place}})
    highest = tensor("highest", [], declared)
    nodes.append({"Max": {"input": source, "out": highest}})
    # The same divisor along the other axis, as a batch has rows and columns.
    for name, axis in (("rows", 0), ("columns", 1)):
        divisor = tensor(f"{name} divisor", [shape[axis]], None)
        labels = [0, 1] if axis == 0 else [1, 0]
        positive = operand(sign, labels)
        term = {"coefficient": 3, "scalar": None, "left": positive, "right": None}
        summed = [shape[1 - axis]]
        nodes.append({"Sum": {"out": divisor, "summed": summed, "terms": [term], "constant": 1}})
        allowed = {"lo": -(1 << 19), "bits": 20}
        quotient = tensor(f"{name} quotient", shape, allowed)
        fields = {"denominator": divisor, "axes": [axis], "out": quotient, "shift": 2}
        nodes.append({"Divide": {"numerator": source} | fields})
    one = tensor("one", shape, None)
    nodes.append({"Constant": {"out": one, "values": [1] * (shape[0] * shape[1])}})
    inverse = tensor("inverse", shape, {"lo": 0, "bits": 20})
    fields = {"denominator": norm, "axes": [0], "out": inverse, "shift": 12}
    nodes.append({"Divide": {"numerator": one} | fields})


@pytest.mark.parametrize("clear", [False, True])
def test_functions_verify(tmp_path: Path, clear: bool) -> None:
    data = write_small_step(tmp_path / "step.onnx")
    compiled = zkpot.compile(tmp_path / "step.onnx", data, bits=10)
    description = compiled.description
    add_functions(description)
    program = Program.from_description(description, compiled.initial)
    zkpot.Run(program, data, tmp_path / "run", seed=1, clear=clear).prove(2)
    assert zkpot.verify(tmp_path / "run", allow_clear=clear).details["steps"] == 2
    bundle = read_bundle(tmp_path / "run")
    receipt = verify_run(bundle.program, bundle.order, bundle.links, allow_clear=clear)
    assert receipt.steps == 2

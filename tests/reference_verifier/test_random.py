"""Random tensors in the independent verifier: drawn by it, and bounded as by the Rust one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import zkpot
from zkpot import _native
from zkpot.errors import InputError
from zkpot.program.random_reads import MOST_READ, random_reads
from zkpot.reference.verifier import claims, verify_run
from zkpot.reference.verifier.bounds import check
from zkpot.reference.verifier.program import Bernoulli, Program, decode_program
from zkpot.reference.verifier.refusal import Refusal


def test_one_element_of_a_mask_decides(runs, monkeypatch) -> None:
    """A verifier that draws one element otherwise refuses the run: so does one of a false run."""
    bundle = runs.bundle("dropout")
    drawn = claims.draw

    def otherwise(seed, step, *rest) -> np.ndarray:
        elements = drawn(seed, step, *rest).copy()
        if step == 3:
            elements.reshape(-1)[-1] ^= 1
        return elements

    monkeypatch.setattr(claims, "draw", otherwise)
    with pytest.raises(Refusal):
        verify_run(bundle.program, bundle.order, bundle.links)


def changed(bundle, **changes: int) -> tuple[Program, str]:
    """The run's program with another random tensor, for both verifiers."""
    program = decode_program(bundle.program)
    nodes = [replace(n, **changes) if isinstance(n, Bernoulli) else n for n in program.nodes]
    described = json.loads(zkpot.Program.from_bytes(bundle.program).native.to_json())
    for node in described["nodes"]:
        node.get("Bernoulli", {}).update(changes)
    return replace(program, nodes=nodes), json.dumps(described)


@pytest.mark.parametrize(
    "changes",
    [
        *({"numerator": 0, "bits": 1}, {"numerator": 2, "bits": 2}, {"numerator": 5, "bits": 2}),
        *({"numerator": 1, "bits": 0}, {"numerator": 1, "bits": 17}),
    ],
)
def test_both_refuse_a_probability_that_is_none(runs, changes: dict[str, int]) -> None:
    program, text = changed(runs.bundle("dropout"), **changes)
    with pytest.raises(Refusal, match="a probability is an odd number"):
        check(program)
    with pytest.raises(InputError, match="a probability is an odd number"):
        _native.Program.from_json(text)


def test_both_bound_what_they_draw(runs) -> None:
    """A mask of 2^20 elements more, read once: the longest link is the same for both."""
    described = json.loads(changed(runs.bundle("dropout"))[1])
    unit = described["tensors"][0]["scale"]
    first = len(described["tensors"])
    ranges = (None, None, {"lo": 0, "bits": 18})
    for number, (shape, limits) in enumerate(zip(([1 << 20], [], []), ranges, strict=True)):
        name = f"more{number}"
        described["tensors"].append({"name": name, "shape": shape, "scale": unit, "range": limits})
    axis = {"labels": [[0, 1]], "offset": 0, "divisor": 1}
    operand = {"tensor": first, "axes": [axis]}
    term = {"coefficient": 1, "scalar": None, "left": operand, "right": None}
    summed = {"out": first + 1, "summed": [1 << 20], "terms": [term], "constant": 0}
    described["nodes"] += [
        {"Bernoulli": {"out": first, "ordinal": 9, "numerator": 1, "bits": 1}},
        {"Sum": summed},
        {"Rescale": {"input": first + 1, "out": first + 2, "shift": 4}},
    ]
    longest = MOST_READ // random_reads(described)
    assert 900 < longest <= 1024
    described["max_steps"] = longest
    program = decode_program(_native.Program.from_json(json.dumps(described)).to_bytes())
    check(program)
    with pytest.raises(Refusal, match="more than 2\\^30 random elements"):
        check(replace(program, max_steps=longest + 1))
    described["max_steps"] = longest + 1
    with pytest.raises(InputError, match="more than 2\\^30 random elements"):
        _native.Program.from_json(json.dumps(described))

"""Bounds agree with the program checker's."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_steps import mlp

from zkpot.errors import InputError, ProgramTooWide
from zkpot.program import compile_step
from zkpot.program.ranges import Interval, signed


@given(st.integers(-(2**20), 2**20), st.integers(0, 2**20), st.integers(-(2**20), 2**20))
def test_products_are_enclosed(lo, length, factor):
    interval = Interval(lo, lo + length)
    other = Interval(min(factor, 5), max(factor, 5))
    product = interval * other
    for a in (interval.lo, interval.hi):
        for b in (other.lo, other.hi):
            assert product.lo <= a * b <= product.hi
    assert interval.times(factor) == interval * Interval(factor, factor)
    assert signed(interval.bits).lo <= interval.lo
    assert interval.hi <= signed(interval.bits).hi


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"momentum": 0.9, "weight_decay": 0.01},
        {"nesterov": True, "momentum": 0.9},
        {"batch": 10},
    ],
    ids=str,
)
def test_the_checker_agrees(variant, small, check):
    compiled = compile_step(mlp((12, 9, 5), **{"batch": 8, **variant}), small["labels"])
    assert len(check(compiled.to_json())) == len(compiled.program_json["tensors"])


def test_the_checker_finds_the_same_bounds(small, check):
    from zkpot.program import compile as compiler

    seen = {}
    original = compiler.fix

    def keep(*args):
        seen["fixed"] = original(*args)
        return seen["fixed"]

    compiler.fix = keep
    try:
        compiled = compile_step(mlp((12, 9, 5), 8, momentum=0.9), small["labels"])
    finally:
        compiler.fix = original
    bounds = check(compiled.to_json())
    ours = {n: (i.lo, i.hi) for n, i in seen["fixed"].intervals.items()}
    assert ours == bounds


def test_a_damaged_program_is_refused(small, check):
    compiled = compile_step(mlp((12, 9, 5), 8), small["labels"])
    program = json.loads(compiled.to_json())
    program["max_steps"] = 1 << 20
    for tensor in program["tensors"]:
        if tensor["range"] and tensor["name"].startswith("param"):
            tensor["range"]["bits"] = 48
            tensor["range"]["lo"] = -(1 << 47)
    with pytest.raises(ValueError, match="room for 62"):
        check(json.dumps(program))


def test_too_wide_a_program_names_node_and_bits():
    x = np.random.default_rng(0).standard_normal((64, 12)).astype(np.float32)
    y = np.random.default_rng(0).integers(0, 5, 64)
    with pytest.raises(ProgramTooWide, match=r"node '.*': values can need \d+ bits .* take \d+"):
        compile_step(
            mlp((12, 9, 5), 8, weight_decay=0.01),
            {"x": x, "y": y},
            bits=20,
            state_bits=40,
            max_steps=1 << 20,
            scales={"x": 24},
        )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"bits": 40}, "'bits' is 40"),
        ({"headroom": 8, "bits": 12}, "no precision"),
        ({"colour": 3}, "no such option"),
        ({"max_steps": 0}, "'max_steps' is 0"),
    ],
)
def test_options_are_checked(options, reason, small):
    with pytest.raises(InputError, match=reason):
        compile_step(mlp((12, 9, 5), 8), small["labels"], **options)

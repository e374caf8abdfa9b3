"""Masks of scores: minus infinity, and what stands for it, before a softmax and nowhere else."""

import numpy as np
import pytest
import real_machine
from one_operator import step_of
from test_spelled import numbers, shaped

from zkpot.errors import UnsupportedOperator
from zkpot.program.compile import translate
from zkpot.program.masked import MASKED, bound_masks
from zkpot.program.read import load, read

LATER = np.triu(np.ones((5, 5), bool), 1)

MASKS = {
    "added": lambda b, x, low: b("Add", x, b.const(np.where(LATER, low, 0.0))),
    "chosen": lambda b, x, low: b("Where", b.const(LATER, bool), b.const(low), x),
}


@pytest.mark.parametrize("low", [-np.inf, -1e9, np.finfo(np.float32).min])
@pytest.mark.parametrize("name", ["added", "chosen"])
def test_masked_scores_have_no_share(name, low):
    x = numbers(5, 5)
    model = shaped(step_of(lambda b, x, _: b("Softmax", MASKS[name](b, x, low)), x), 5, 5)
    before = model.SerializeToString()
    program, _ = translate(read(model))
    assert model.SerializeToString() == before
    found = real_machine.evaluate(program, {"x": x, "param.0": np.ones(1)})[program.prediction]
    exponentials = np.exp(x) * ~LATER
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_mask_that_data_scales():
    x = numbers(5, 5)

    def build(b, x, _):
        bias = b("Mul", b("Cast", b("Greater", x, b.const(0.0)), to=1), b.const(-1e9))
        return b("Softmax", b("Add", x, bias))

    program, _ = translate(read(shaped(step_of(build, x), 5, 5)))
    found = real_machine.evaluate(program, {"x": x, "param.0": np.ones(1)})[program.prediction]
    assert found[x > 0].max() < 1e-9


def test_low_numbers_that_are_no_mask_stay():
    def build(b, x, _):
        scores = b("Add", x, b.const(np.where(LATER, -1e9, 0.0)))
        return b("Add", b("Softmax", scores), b("ReduceSum", scores, b.const([1], np.int64)))

    model = load(shaped(step_of(build, numbers(5, 5)), 5, 5))
    assert bound_masks(model) is model


def test_other_infinities_are_refused():
    def build(b, x, _):
        return b("Softmax", b("Add", x, b.const(np.where(LATER, np.inf, 0.0))))

    with pytest.raises(UnsupportedOperator, match="is not finite"):
        translate(read(shaped(step_of(build, numbers(5, 5)), 5, 5)))


def test_nothing_equals_minus_infinity():
    def build(b, x, _):
        lost = b("Equal", x, b.const(-np.inf))
        return b("Where", lost, b.const(1.0), b("Softmax", x))

    program, _ = translate(read(shaped(step_of(build, numbers(5, 5)), 5, 5)))
    assert not [n for n in program.nodes if getattr(n, "kind", "") == "Positive"]


def test_a_masked_score_is_far_below_a_common_one():
    assert np.exp(MASKED) < 2.0**-40

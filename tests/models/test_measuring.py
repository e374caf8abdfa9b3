"""What `make models` does for each model, at a size for tests."""

from __future__ import annotations

from dataclasses import replace

from benches.models import measure
from models.catalogue import MODELS

PERCEPTRON = next(model for model in MODELS if model.name == "mlp")


def test_both_arithmetics_learn_the_same() -> None:
    # Long enough that the perceptron has learned something.
    small = replace(PERCEPTRON.small, steps=160)
    found = measure(replace(PERCEPTRON, full=small, window=1))
    assert "refused" not in found
    in_float, in_fixed = found["float32"], found["fixed_point"]
    assert in_float["accuracy"] > 0.9
    assert abs(in_float["accuracy"] - in_fixed["accuracy"]) < 0.02
    assert abs(in_float["loss"] - in_fixed["loss"]) < 0.02
    assert (found["parameters"], found["trained"], found["batch"]) == (2410, 2410, 32)
    assert found["steps"] == 160
    assert "windows" not in found


def test_windows_learn_the_same() -> None:
    short = replace(PERCEPTRON.full, steps=48)
    found = measure(replace(PERCEPTRON, full=short))
    assert "refused" not in found
    alone, windows = found["fixed_point"], found["windows"]
    assert found["window"] == PERCEPTRON.window > 1
    assert alone["accuracy"] > 0.7
    assert abs(alone["accuracy"] - windows["accuracy"]) < 0.01
    assert 0 < abs(alone["loss"] - windows["loss"]) < 0.01

"""What `make models` does for each model, at a size for tests."""

from __future__ import annotations

from dataclasses import replace

from benches.models import measure
from models.catalogue import MODELS

# Long enough that the perceptron has learned something.
STEPS = 160


def test_all_arithmetics_learn_the_same() -> None:
    model = next(model for model in MODELS if model.name == "mlp")
    found = measure(replace(model, full=replace(model.small, steps=STEPS), window=4))
    assert "refused" not in found
    in_float = found["float32"]
    assert in_float["accuracy"] > 0.9
    for exact in (found["fixed_point"], found["windows"]):
        assert abs(in_float["accuracy"] - exact["accuracy"]) < 0.02
        assert abs(in_float["loss"] - exact["loss"]) < 0.02
    # One is not the other.
    assert found["fixed_point"]["loss"] != found["windows"]["loss"]
    assert (found["steps"], found["window"]) == (STEPS, 4)
    assert (found["parameters"], found["trained"], found["batch"]) == (2410, 2410, 32)

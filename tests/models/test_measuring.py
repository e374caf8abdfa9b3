"""What `make models` does for each model, at a size for tests."""

from __future__ import annotations

from dataclasses import replace

from benches.models import measure
from models.catalogue import MODELS

# Long enough that the perceptron has learned something.
STEPS = 160


def test_both_arithmetics_learn_the_same_and_two_links_are_proven() -> None:
    model = next(model for model in MODELS if model.name == "mlp")
    found = measure(replace(model.small, steps=STEPS))
    assert "refused" not in found
    in_float, in_fixed = found["float32"], found["fixed_point"]
    assert in_float["accuracy"] > 0.9
    assert abs(in_float["accuracy"] - in_fixed["accuracy"]) < 0.02
    assert abs(in_float["loss"] - in_fixed["loss"]) < 0.02
    assert (found["steps"], found["link_steps"]) == (STEPS, model.small.link_steps)
    assert (found["parameters"], found["trained"], found["batch"]) == (2410, 2410, 32)
    # Import, two links and a seal, at hundreds of kilobytes each.
    assert found["proof_bytes"] > 1_000_000
    assert found["step_seconds"] > 0

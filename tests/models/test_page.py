"""docs/models.md is made from what was measured."""

from __future__ import annotations

from benches import model_table
from models.catalogue import MODELS


def test_the_page_of_models_is_current() -> None:
    """`make models` writes it."""
    assert model_table.TABLE.read_text() == model_table.document(model_table.read())


def test_what_was_measured_is_in_the_catalogue() -> None:
    measured = model_table.read()
    assert list(measured) == [model.name for model in MODELS if model.name in measured]


def test_refusals_are_listed_with_their_reasons_and_figures_with_their_model() -> None:
    (first, second, *_) = MODELS
    results = {
        first.name: {
            "parameters": 10,
            "trained": 4,
            "batch": 2,
            "steps": 3,
            "float32": {"loss": 1.5, "accuracy": 0.5},
            "float32_rounded": {"loss": 1.5, "accuracy": 0.25},
            "fixed_point": {"loss": 1.25, "accuracy": 0.75},
            "window": 4,
            "windows": {"loss": 1.5, "accuracy": 0.125},
            "nodes": 2,
            "operators": ["Add"],
        },
        second.name: {"parameters": 7, "nodes": 1, "operators": ["Sin"], "refused": ["Sin why"]},
    }
    page = model_table.document(results)
    setting = f"| {first.title} | {first.data} | 10 (4 trained) | 2 | 3 | "
    assert (
        f"{setting}1.5000, 50.00% | 1.5000, 25.00% | 1.2500, 75.00% | 4: 1.5000, 12.50% |" in page
    )
    assert f"- {second.title}, {second.data}, 7 parameters: Sin why" in page

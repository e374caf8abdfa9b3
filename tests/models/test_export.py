"""Every model of the catalogue exports at its small size, and fits the data that it trains on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from benches import model_table

pytest.importorskip("torch")

from models.catalogue import MODELS, Model
from models.data.text import SYMBOLS, encode, licence
from models.transformer import VOCABULARY
from zkpot.data.rows import shape_rows
from zkpot.step import export_step
from zkpot.step.source import load_source

BY_NAME = {model.name: model for model in MODELS}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_small_model_exports_and_reads_its_data(name: str) -> None:
    small = BY_NAME[name].small
    model, loss, optimizer, example = load_source(small.source)
    step = export_step(model, loss, optimizer, example)
    assert step.parity is not None
    assert step.parity.error < 5e-5
    kinds = {node.op_type for node in step.model.graph.node}
    # What `make models` saw at full size, where it was run: the small one stands for it.
    measured = model_table.read()
    assert sorted(kinds) == measured.get(name, {"operators": sorted(kinds)})["operators"]
    for half in small.data():
        for field, batch in zip(("x", "y"), example, strict=True):
            rows = half[field]
            assert shape_rows(rows, tuple(batch.shape[1:])) is not None
            assert (rows.dtype.kind == "i") == (batch.numpy().dtype.kind == "i")
        classes = step.roles["inputs"]["y"]["classes"]
        assert 0 <= half["y"].min() <= half["y"].max() < classes


@pytest.mark.parametrize("model", MODELS, ids=BY_NAME)
def test_both_sizes_have_the_same_layers_and_optimizer(model: Model) -> None:
    """The small size stands for the full one: no kind of layer is missing from it."""
    (full, _, full_optimizer, _), (small, _, small_optimizer, _) = (
        load_source(size.source) for size in (model.full, model.small)
    )
    kinds = {type(part).__name__ for part in full.modules()}
    assert kinds == {type(part).__name__ for part in small.modules()}
    assert type(full_optimizer) is type(small_optimizer)


def test_text_becomes_numbers_and_can_be_read_back() -> None:
    text = "".join(SYMBOLS[number] for number in encode("Call  me\n“Ishmael”—some 7 years"))
    assert text == "call me 'ishmael'-some years"
    assert len(SYMBOLS) == VOCABULARY


def test_windows_of_text_continue_each_other() -> None:
    train, test = licence(8)
    rows = np.concatenate([train["x"], test["x"]])
    following = np.concatenate([train["y"], test["y"]])
    assert np.array_equal(rows[:, 1:], following[:, :-1])
    assert all(y[-1] == x[0] for y, (_, x) in zip(following, pairwise(rows), strict=False))

"""Dropout: evaluated without it, proven with it, and never twice the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from test_training import compiled, exported

import zkpot
from benches import float32
from families import FAMILIES
from zkpot import _native
from zkpot.artifacts.draw import Draw
from zkpot.data import Dataset
from zkpot.errors import UnsupportedOperator
from zkpot.pipeline.precision import precision
from zkpot.pipeline.training import train
from zkpot.pipeline.verification import read_bundle
from zkpot.program import quantise_data
from zkpot.reference.verifier import verify_run

DROPOUT = [name for name in FAMILIES if "dropout" in name]


@pytest.mark.parametrize("name", DROPOUT)
def test_an_evaluation_is_of_the_model_in_eval_mode(name: str) -> None:
    program, model, _, arrays = compiled(name)
    integers = quantise_data(program.description, arrays)
    states = [program.initial.states[state.name] for state in program.states]
    fields = [integers[field.name] for field in program.fields]
    found = _native.evaluate(program.native, states, fields)
    with torch.no_grad():
        prediction = model.eval()(torch.from_numpy(arrays["x"]))
        right = (prediction.argmax(1) == torch.from_numpy(arrays["y"])).double().mean()
        expected = FAMILIES[name].loss(prediction, torch.from_numpy(arrays["y"]))
    assert found["loss"] == pytest.approx(float(expected), rel=1e-3)
    # A row whose two best logits are equal but for rounding may go either way.
    assert found["accuracy"] == pytest.approx(float(right), abs=0.01)
    kinds = {kind for node in _evaluation(program) for kind in node}
    assert "Bernoulli" not in kinds


def _evaluation(program: zkpot.Program) -> list:
    import json

    return json.loads(program.native.evaluation().to_json())["nodes"]


def test_a_run_with_dropout_is_proven_continued_and_evaluated(tmp_path: Path) -> None:
    program, _, _, arrays = compiled("dropout")
    rows = {key: values[:32] for key, values in arrays.items()}
    run, later = tmp_path / "run", tmp_path / "later"
    zkpot.Run(program, rows, run, seed=1, keep_data=True, link_steps=2).prove(4)
    assert zkpot.verify(run).details["steps"] == 4
    bundle = read_bundle(run)
    assert verify_run(bundle.program, bundle.order, bundle.links).steps == 4
    copied = Path(shutil.copytree(run, tmp_path / "copy"))
    zkpot.prove_evaluation(copied, rows, tmp_path / "evaluation")
    evaluated = zkpot.verify(tmp_path / "evaluation", after=run)
    assert 0 <= evaluated.details["outputs"]["correct"] <= 32
    zkpot.Run(program, None, later, lr=0.125, seed=2, after=run).prove(2)
    assert zkpot.verify(later, after=run).details["steps"] == 2


def test_both_sides_of_a_comparison_drop_the_same() -> None:
    """With different noise, half of all signals would be noise: some 3 decibels."""
    step, (_, _, arrays) = exported("dropout of channels")
    program = zkpot.compile(step, arrays)
    report = precision(program, step, Dataset("rows", arrays), 4)
    figures = {tensor.name: tensor for tensor in report.tensors}
    assert figures["prediction"].decibels > 50


def test_float32_and_integers_learn_the_same_on_one_schedule() -> None:
    """Batches and masks of one nonce; evaluations are without dropout on both sides."""
    step, (model, optimizer, arrays) = exported("dropout of features and logits")
    family, rows = FAMILIES["dropout of features and logits"], Dataset("rows", arrays)
    program, nonce = zkpot.compile(step, arrays), "2a" * 32
    trained = train(program, rows, 96, nonce=nonce, evaluation=rows)
    x, y = (torch.from_numpy(arrays[name]) for name in ("x", "y"))
    first = float32.quality(model, family.loss, x, y)[0]
    order = float32.order(nonce, rows.rows, 96, program.batch)
    drawn = float32.noise(step, nonce)
    float32.train(model, family.loss, optimizer, x, y, order, drawn)
    expected = float32.quality(model, family.loss, x, y)[0]
    assert trained.evaluation.loss == pytest.approx(expected, abs=0.02 * (first - expected))
    assert first - expected > 0.1


def test_layers_and_steps_drop_other_elements() -> None:
    program, *_ = compiled("dropout of features and logits")
    drawn = [node["Bernoulli"] for node in program.description["nodes"] if "Bernoulli" in node]
    assert len({node["ordinal"] for node in drawn}) == len(drawn) == 2
    one, later, other = (
        _native.random_tensor("00" * 32, step, ordinal, 1, 1, 256)
        for step, ordinal in ((0, 0), (1, 0), (0, 1))
    )
    for different in (later, other):
        assert 80 < int((one != different).sum()) < 176


def test_more_noise_than_a_verifier_evaluates() -> None:
    from zkpot.program.random_reads import MOST_READ, random_reads, shorten_links

    program, *_ = compiled("dropout")
    description = program.description
    read = random_reads(description)
    # 16 x 8 elements, forward once; backward the gradient of the first layer and its bias.
    assert read == 16 * 8 * round(read / (16 * 8)) >= 16 * 8 * 2
    long = {**description, "max_steps": MOST_READ // read + 1}
    with pytest.raises(UnsupportedOperator, match=r"set max_steps to \d+ at most"):
        shorten_links(long, asked=True)
    shorten_links(long, asked=False)
    assert long["max_steps"] == MOST_READ // read


def test_the_probability_is_part_of_the_program() -> None:
    program, *_ = compiled("dropout")
    (node,) = (n["Bernoulli"] for n in program.description["nodes"] if "Bernoulli" in n)
    draw = Draw(node["ordinal"], node["numerator"], node["bits"])
    assert draw == Draw.of(0, 0.9)
    tensor = program.description["tensors"][node["out"]]
    assert np.prod(tensor["shape"]) == 16 * 8

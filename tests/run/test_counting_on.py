"""A run that continues another counts its steps on: Adam's bias corrections do not begin again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zkpot
from zkpot.artifacts.bundle import Bundle
from zkpot.errors import InvalidProof
from zkpot.pipeline.rates import Rates
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier.run import Head

Data = dict[str, np.ndarray]
BATCH = 8


@pytest.fixture(scope="module")
def made() -> tuple[zkpot.Program, Data]:
    torch = pytest.importorskip("torch")
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3))
    # As many rows as a batch: every step reads all of them, so that their order says nothing.
    x = np.random.default_rng(3).uniform(0, 1, (BATCH, 6)).astype(np.float32)
    data = {"x": x, "y": x[:, :3].argmax(1)}
    batch = tuple(torch.from_numpy(data[name]) for name in ("x", "y"))
    optimizer = torch.optim.Adam(model.parameters(), lr=2**-6)
    step = zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch)
    program = zkpot.compile(step, data)
    assert any("step" in scalar.name for scalar in program.scalars)
    return program, data


@pytest.fixture(scope="module")
def runs(made: tuple[zkpot.Program, Data], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """16 steps at once; 8 steps, an evaluation, and 8 more."""
    folder = tmp_path_factory.mktemp("adam")
    program, data = made
    zkpot.Run(program, data, folder / "once", seed=1).prove(16)
    zkpot.Run(program, data, folder / "first", seed=2, keep_data=True).prove(8)
    zkpot.prove_evaluation(folder / "first", data, folder / "test")
    zkpot.Run(program, data, folder / "later", seed=3, after=folder / "test").prove(8)
    return folder


def states(program: zkpot.Program, data: Data, directory: Path) -> list[np.ndarray]:
    return [np.asarray(values) for values in zkpot.Run(program, data, directory)._states()]


def test_eight_and_eight_steps_are_sixteen(made: tuple[zkpot.Program, Data], runs: Path) -> None:
    at_once, continued = states(*made, runs / "once"), states(*made, runs / "later")
    halfway = states(*made, runs / "first")
    for one, other, half in zip(at_once, continued, halfway, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not np.array_equal(one, half)
    whole = zkpot.verify(runs / "once").details["scalars"]
    first = zkpot.verify(runs / "first")
    test = zkpot.verify(runs / "test", after=first)
    later = zkpot.verify(runs / "later", after=test, lr=2**-6)
    assert [r.earlier_steps for r in (first, test, later)] == [0, 8, 8]
    for name, values in later.details["scalars"].items():
        assert spread(first.details["scalars"][name]) + spread(values) == spread(whole[name])
        if "step" in name:
            assert values != first.details["scalars"][name]


def spread(values: list[list[int]]) -> list[int]:
    return [value for value, count in values for _ in range(count)]


def test_what_is_known_of_earlier_steps(runs: Path) -> None:
    first = zkpot.verify(runs / "first")
    # Weights of anybody's choice, whose number of steps nothing proves.
    assert "earlier-steps" in first.unchecked
    told = zkpot.verify(runs / "first", earlier_steps=0)
    assert "earlier-steps" not in told.unchecked
    with pytest.raises(InvalidProof, match="earlier steps"):
        zkpot.verify(runs / "first", earlier_steps=1)
    test = zkpot.verify(runs / "test", after=first)
    later = zkpot.verify(runs / "later", after=test)
    assert "earlier-steps" not in later.unchecked


def test_another_number_is_refused(runs: Path) -> None:
    test = zkpot.verify(runs / "test", after=runs / "first")
    bundle = read_bundle(runs / "later")
    order: dict[str, Any] = json.loads(bundle.order)
    assert order["earlier_steps"] == 8
    for wrong in (0, 7, 16):
        text = json.dumps({**order, "earlier_steps": wrong}).encode()
        changed = Bundle(program=bundle.program, order=text, links=bundle.links)
        with pytest.raises(InvalidProof, match="earlier steps"):
            zkpot.verify(changed.to_bytes(), after=test)
    # A head and an order that agree on another number: every statement repeats it.
    head = Head.from_bytes(bytes.fromhex(test.continuation))
    assert head.steps == 8
    other = replace(test, continuation=replace(head, steps=7).to_bytes().hex())
    with pytest.raises(InvalidProof, match="earlier steps"):
        zkpot.verify(runs / "later", after=other)
    text = json.dumps({**order, "earlier_steps": 7}).encode()
    changed = Bundle(program=bundle.program, order=text, links=bundle.links)
    with pytest.raises(InvalidProof, match=r"link 0.*earlier steps"):
        zkpot.verify(changed.to_bytes(), after=other)


def test_formulas_count_on_and_given_rates_are_the_runs_own(
    made: tuple[zkpot.Program, Data],
) -> None:
    program, _ = made
    rates = Rates.of(2**-6, program)
    assert rates.integers(program, 2, 4, earlier=8) == rates.integers(program, 10, 4)
    assert rates.integers(program, 2, 4, earlier=8) != rates.integers(program, 2, 4)
    # Rates for each step of this run, beside a count that goes on.
    given = Rates.of([2**-6 / (1 + step) for step in range(6)], program)
    found = given.integers(program, 2, 4, earlier=8)
    alone = [
        replace(given, given=2**-6 / (1 + step)).integers(program, step, 1, earlier=8)
        for step in range(2, 6)
    ]
    assert found == [[step[scalar][0] for step in alone] for scalar in range(len(found))]

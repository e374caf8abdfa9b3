"""Every family trains in integers as torch does in floating point."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import zkpot
from families import BATCH, FAMILIES, data
from zkpot import _native
from zkpot.artifacts.program import Program
from zkpot.pipeline.rates import Rates
from zkpot.program import quantise_data, state_dict
from zkpot.step import export_step

STEPS = 64


def compiled(name: str) -> tuple[Program, nn.Module, torch.optim.Optimizer, dict[str, np.ndarray]]:
    family, arrays = FAMILIES[name], data(FAMILIES[name].target)
    torch.manual_seed(0)
    model = family.model()
    optimizer = family.optimizer(model)
    batch = tuple(torch.from_numpy(arrays[key][:BATCH]) for key in ("x", "y"))
    step = export_step(model, family.loss, optimizer, batch, **family.options)
    return zkpot.compile(step, arrays), model, optimizer, arrays


def rows() -> np.ndarray:
    return (np.arange(STEPS * BATCH) % 512).reshape(STEPS, BATCH)


def trained(program: Program, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights after exact training."""
    description, initial = program.description, program.initial
    assert initial is not None
    integers = quantise_data(description, arrays)
    found = _native.trace_link(
        program.native,
        [initial.states[state.name] for state in program.states],
        [integers[field.name][rows()] for field in program.fields],
        Rates.of(None, program).integers(program, 0, STEPS),
        0,
        STEPS,
    )
    states = {}
    for state, values in zip(description["states"], found["states"], strict=True):
        shape = description["tensors"][state["tensor"]]["shape"]
        states[state["name"]] = values.reshape(shape)
    return state_dict(description, states)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_loss_falls_as_in_torch(name: str) -> None:
    family = FAMILIES[name]
    program, model, optimizer, arrays = compiled(name)
    x, y = (torch.from_numpy(arrays[key]) for key in ("x", "y"))
    twin = family.model()
    twin.load_state_dict(model.state_dict())
    first = float(family.loss(model(x), y).detach())
    for index in rows():
        optimizer.zero_grad()
        family.loss(model(x[index]), y[index]).backward()
        if family.options:
            nn.utils.clip_grad_norm_(model.parameters(), family.options["clip_grad_norm"])
        optimizer.step()
    weights = {n: torch.from_numpy(v) for n, v in trained(program, arrays).items()}
    twin.load_state_dict(weights, strict=False)
    with torch.no_grad():
        expected, found = (float(family.loss(m(x), y)) for m in (model, twin))
    # A loss that is maximised rises.
    assert abs(first - expected) > 0.05
    assert abs(found - expected) <= family.tolerance * abs(first - expected)


def test_counters_are_public_and_not_proven() -> None:
    program, *_ = compiled("Adam")
    names = [state.name for state in program.states]
    assert "state.step" not in names
    (scalar,) = program.scalars
    assert scalar.name == "sqrt(1 - 0.999 ** (1 + step)) * lr.0 / (1 - 0.9 ** (1 + step))"
    rates = Rates.of(0.5, program).integers(program, 3, 2)
    assert rates[0][1] / rates[0][0] == pytest.approx(
        (1 - 0.999**5) ** 0.5 / (1 - 0.9**5) / ((1 - 0.999**4) ** 0.5 / (1 - 0.9**4)), rel=2e-3
    )

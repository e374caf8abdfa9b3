"""Every family trains in integers as torch does in floating point."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import zkpot
from families import BATCH, FAMILIES, data
from zkpot import _native
from zkpot.artifacts.draw import Draw
from zkpot.artifacts.program import Program
from zkpot.pipeline.rates import Rates
from zkpot.program import quantise_data, state_dict
from zkpot.reference import bernoulli
from zkpot.step import Step, export_step
from zkpot.step.draws import Replay

STEPS = 64


Parts = tuple[nn.Module, torch.optim.Optimizer, dict[str, np.ndarray]]


def exported(name: str) -> tuple[Step, Parts]:
    family, arrays = FAMILIES[name], data(FAMILIES[name].target)
    torch.manual_seed(0)
    model = family.model()
    optimizer = family.optimizer(model)
    batch = tuple(torch.from_numpy(arrays[key][:BATCH]) for key in ("x", "y"))
    step = export_step(model, family.loss, optimizer, batch, **family.options)
    return step, (model, optimizer, arrays)


def compiled(name: str) -> tuple[Program, nn.Module, torch.optim.Optimizer, dict[str, np.ndarray]]:
    step, (model, optimizer, arrays) = exported(name)
    return zkpot.compile(step, arrays), model, optimizer, arrays


def noise(step: Step, number: int) -> dict[str, np.ndarray]:
    """What a proof whose seed is zero draws in a step."""
    drawn = {}
    for value in step.model.graph.input:
        if step.roles["inputs"][value.name]["role"] == "bernoulli":
            draw = Draw.parse(value.name)
            shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
            chosen = draw.ordinal, draw.numerator, draw.bits
            drawn[value.name] = bernoulli.draw(bytes(32), number, *chosen, shape)
    return drawn


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
    step, (model, optimizer, arrays) = exported(name)
    program = zkpot.compile(step, arrays)
    x, y = (torch.from_numpy(arrays[key]) for key in ("x", "y"))
    twin = family.model()
    twin.load_state_dict(model.state_dict())
    first = float(family.loss(model(x), y).detach())
    for number, index in enumerate(rows()):
        optimizer.zero_grad()
        with Replay.of(step, noise(step, number)):
            loss = family.loss(model(x[index]), y[index])
        loss.backward()
        if "clip_grad_norm" in family.options:
            nn.utils.clip_grad_norm_(model.parameters(), family.options["clip_grad_norm"])
        if "clip_grad_value" in family.options:
            nn.utils.clip_grad_value_(model.parameters(), family.options["clip_grad_value"])
        optimizer.step()
    weights = {n: torch.from_numpy(v) for n, v in trained(program, arrays).items()}
    twin.load_state_dict(weights, strict=False)
    for trained_model in (model, twin):
        trained_model.train(not noise(step, 0))
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

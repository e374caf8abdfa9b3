"""The optimizer's state before the first exported step."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence

import torch

from zkpot.errors import ExportError

State = Mapping[str, Mapping[str, torch.Tensor]]


def initial_state(
    model: torch.nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    batch: tuple[torch.Tensor, torch.Tensor],
    updated: Sequence[str],
) -> State:
    """Parameter name -> state key -> value, for the parameters in ``updated``.

    An optimizer that has not stepped yet has no state; one throw-away step on a copy shows
    which tensors it will keep, and they start as zeros, which is what torch.optim starts from.

    Raises:
        ExportError: the first step differs from the later ones (SGD with dampening), or only
            some parameters have state.

    """
    parameters = dict(model.named_parameters())
    existing = {name: _tensors(optimizer.state.get(parameters[name])) for name in updated}
    expected = _after_one_step(model, loss_fn, optimizer, batch, updated)
    if any(existing.values()):
        return _complete(existing, expected)
    for group in optimizer.param_groups:
        if group.get("dampening") and group.get("momentum"):
            raise ExportError(
                "SGD with dampening treats its first step differently: run one step in torch "
                "before the export, or set dampening=0."
            )
    return {
        name: {key: torch.zeros_like(value) for key, value in values.items()}
        for name, values in expected.items()
    }


def _after_one_step(
    model: torch.nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    batch: tuple[torch.Tensor, torch.Tensor],
    updated: Sequence[str],
) -> State:
    trial, trial_optimizer = copy.deepcopy((model, optimizer))
    x, y = batch
    trial_optimizer.zero_grad()
    loss_fn(trial(x.clone()), y).backward()  # type: ignore[no-untyped-call]
    parameters = dict(trial.named_parameters())
    unused = [name for name in updated if parameters[name].grad is None]
    if unused:
        raise ExportError(
            f"the loss does not depend on the parameter {unused[0]}: freeze it with "
            "requires_grad_(False), or use it in the model."
        )
    trial_optimizer.step()
    return {name: _tensors(trial_optimizer.state.get(parameters[name])) for name in updated}


def _tensors(state: Mapping[str, object] | None) -> dict[str, torch.Tensor]:
    return {
        key: value.detach().clone()
        for key, value in (state or {}).items()
        if isinstance(value, torch.Tensor)
    }


def _complete(existing: State, expected: State) -> State:
    """``existing``, if every parameter has the state that a step leaves behind."""
    counts = set()
    for name, values in expected.items():
        missing = sorted(set(values) - set(existing[name]))
        if missing:
            raise ExportError(
                f"the optimizer has state for some parameters but not for {name} "
                f"({', '.join(missing)}): run a step in which every parameter has a gradient, "
                "or start with a fresh optimizer."
            )
        if "step" in existing[name]:
            counts.add(float(existing[name]["step"]))
    if len(counts) > 1:
        raise ExportError(
            f"the optimizer's parameters are at different steps ({min(counts):g} and "
            f"{max(counts):g}): train all of them from the start, or use a fresh optimizer."
        )
    return existing

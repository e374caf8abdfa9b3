"""The subject of an export: a model, loss, optimizer and batch that have been looked over.

Everything that can be said about them before tracing is said here, in words that name the
parameter, the group or the label at fault.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from zkpot.errors import ExportError
from zkpot.step import names
from zkpot.step.clipping import Clipping
from zkpot.step.optimizer_state import State, initial_state

LossFunction = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

SUPPORTED_OPTIMIZERS: tuple[type[torch.optim.Optimizer], ...] = (
    torch.optim.SGD,
    torch.optim.Adam,
    torch.optim.AdamW,
    torch.optim.RMSprop,
    torch.optim.Adagrad,
)

_FLOAT = torch.float32
_LABEL = torch.int64


@dataclass(frozen=True)
class Subject:
    """What is exported, with the values that enter the first step.

    Attributes:
        inputs: every input of the step by name, in canonical order.
        trainable: parameter name -> whether it requires a gradient, in the model's order.
        updated: the trainable parameters that the optimizer changes.
        buffers: names of the model's buffers, without those that are constants.
        groups: for each of the optimizer's groups, its parameters' names.
        state_keys: parameter name -> keys of its optimizer state.
        clipping: of gradients, before the update.

    """

    model: torch.nn.Module
    loss_fn: LossFunction
    optimizer: torch.optim.Optimizer
    inputs: Mapping[str, torch.Tensor]
    trainable: Mapping[str, bool]
    updated: tuple[str, ...]
    buffers: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    state_keys: Mapping[str, tuple[str, ...]]
    clipping: Clipping


def examine(
    model: torch.nn.Module,
    loss_fn: LossFunction,
    optimizer: torch.optim.Optimizer,
    batch: tuple[torch.Tensor, torch.Tensor],
    clipping: Clipping,
) -> Subject:
    """Look the parts of a training step over.

    Raises:
        ExportError: one of them cannot be exported; the message says which and why.

    """
    _check_kinds(model, loss_fn, optimizer)
    x, y = _check_batch(batch)
    _check_tensors(model)
    groups = _groups(model, optimizer)
    buffers = _buffers(model, _check_forward(model, loss_fn, x, y))
    parameters = dict(model.named_parameters())
    held = {name for group in groups for name in group}
    updated = tuple(name for name in parameters if name in held and parameters[name].requires_grad)
    if not updated:
        raise ExportError(
            "the optimizer has no parameter that requires a gradient: unfreeze one, or give "
            "the optimizer the model's parameters."
        )
    state = initial_state(model, loss_fn, optimizer, (x, y), updated)
    inputs: dict[str, torch.Tensor] = {
        **{names.parameter(n): p.detach().clone() for n, p in parameters.items()},
        **{names.buffer(n): b.detach().clone() for n, b in buffers.items()},
        **{
            names.state(key, n): value
            for n, values in state.items()
            for key, value in values.items()
            if key != "step"
        },
        **_step_count(state),
        names.X: x,
        names.Y: y,
        **{
            names.learning_rate(i): torch.tensor(float(group["lr"]))
            for i, group in enumerate(optimizer.param_groups)
        },
    }
    for name, value in inputs.items():
        _check_finite(name, value)
    return Subject(
        model=model,
        loss_fn=loss_fn,
        optimizer=optimizer,
        inputs=inputs,
        trainable={name: p.requires_grad for name, p in parameters.items()},
        updated=updated,
        buffers=tuple(buffers),
        groups=groups,
        state_keys={name: tuple(values) for name, values in state.items() if values},
        clipping=clipping,
    )


def _step_count(state: State) -> dict[str, torch.Tensor]:
    """Take one counter for every parameter's, where the optimizer counts steps."""
    counts = [values["step"] for values in state.values() if "step" in values]
    return {names.STEP_COUNT: counts[0]} if counts else {}


def check_labels(
    y: torch.Tensor, classes: int | None, ignored: frozenset[int] = frozenset()
) -> None:
    """Labels must select a class, but for those that the loss ignores."""
    for label in ignored:
        y = y[y != label]
    if classes is None or y.numel() == 0:
        return
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= classes:
        wrong = low if low < 0 else high
        raise ExportError(
            f"the example batch has the label {wrong}, but the model has {classes} classes: "
            f"labels must be in 0..{classes - 1}."
        )


def _check_kinds(model: Any, loss_fn: Any, optimizer: Any) -> None:
    if isinstance(model, torch.jit.ScriptModule):
        raise ExportError("the model is a ScriptModule: give the original torch.nn.Module.")
    if not isinstance(model, torch.nn.Module):
        raise ExportError(f"the model is a {type(model).__name__}: give a torch.nn.Module.")
    if hasattr(model, "_orig_mod"):
        raise ExportError("the model was compiled: give the module before torch.compile.")
    if not callable(loss_fn):
        raise ExportError(
            f"the loss is a {type(loss_fn).__name__}: give a function of (prediction, y)."
        )
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise ExportError(
            f"the optimizer is a {type(optimizer).__name__}: give a torch.optim.Optimizer."
        )
    if type(optimizer) not in SUPPORTED_OPTIMIZERS:
        supported = ", ".join(kind.__name__ for kind in SUPPORTED_OPTIMIZERS)
        raise ExportError(
            f"the optimizer {type(optimizer).__name__} is not supported: use one of {supported}."
        )


def _check_batch(batch: Any) -> tuple[torch.Tensor, torch.Tensor]:
    if (
        not isinstance(batch, (tuple, list))
        or len(batch) != 2
        or not all(isinstance(part, torch.Tensor) for part in batch)
    ):
        raise ExportError("the example batch must be a pair of tensors (x, y).")
    for name, part in zip((names.X, names.Y), batch, strict=True):
        if part.dtype not in (_FLOAT, _LABEL):
            raise ExportError(
                f"{name} of the example batch has the type {part.dtype}: use torch.float32 for "
                "values and torch.int64 for labels or indices."
            )
        if part.device.type != "cpu":
            raise ExportError(f"{name} of the example batch is on {part.device}: use .cpu().")
        if part.dim() == 0 or part.numel() == 0:
            raise ExportError(
                f"{name} of the example batch has the shape {tuple(part.shape)}: its first "
                "dimension must be a batch of at least one sample."
            )
    x, y = (part.detach().clone().contiguous() for part in batch)
    if x.shape[0] != y.shape[0]:
        raise ExportError(
            f"the example batch has {x.shape[0]} samples in x and {y.shape[0]} in y: give both "
            "the same first dimension."
        )
    return x, y


def _check_tensors(model: torch.nn.Module) -> None:
    for name, parameter in model.named_parameters():
        if isinstance(parameter, torch.nn.parameter.UninitializedParameter):
            raise ExportError(
                f"the parameter {name} has no shape yet: run the model once before the export."
            )
        _check_placement(f"the parameter {name}", parameter)
        if parameter.dtype != _FLOAT:
            raise ExportError(
                f"the parameter {name} has the type {parameter.dtype}: use model.float()."
            )
    for name, buffer in model.named_buffers():
        _check_placement(f"the buffer {name}", buffer)


def _check_placement(what: str, tensor: torch.Tensor) -> None:
    if tensor.device.type != "cpu" or tensor.layout != torch.strided:
        raise ExportError(
            f"{what} is on {tensor.device} with layout {tensor.layout}: give a dense model on "
            "the CPU (model.cpu())."
        )


def _check_finite(name: str, value: torch.Tensor) -> None:
    if value.is_floating_point() and not bool(torch.isfinite(value).all()):
        kind = "NaN" if bool(torch.isnan(value).any()) else "an infinite value"
        raise ExportError(f"{name} contains {kind}: training cannot start from it.")


def _groups(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[tuple[str, ...], ...]:
    known = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = []
    for index, group in enumerate(optimizer.param_groups):
        strangers = [p for p in group["params"] if id(p) not in known]
        if strangers:
            raise ExportError(
                f"group {index} of the optimizer holds a parameter of shape "
                f"{tuple(strangers[0].shape)} that is not the model's: build the optimizer "
                "from this model's parameters."
            )
        groups.append(tuple(known[id(p)] for p in group["params"]))
    return tuple(groups)


def _check_forward(
    model: torch.nn.Module, loss_fn: LossFunction, x: torch.Tensor, y: torch.Tensor
) -> torch.nn.Module:
    """Run a copy of the model and the loss, and see that a scalar comes out that has a gradient.

    Returns the copy, with its buffers as the run left them.
    """
    trial = _copy(model)
    try:
        prediction = trial(x.clone())
    except Exception as error:
        raise ExportError(
            f"the model fails on the example batch's x of shape {tuple(x.shape)}: "
            f"{_first_line(error)}."
        ) from error
    if not isinstance(prediction, torch.Tensor):
        raise ExportError(
            f"the model returns a {type(prediction).__name__}: it must return one tensor."
        )
    try:
        loss = loss_fn(prediction, y)
    except Exception as error:
        if not y.is_floating_point() and prediction.dim() > 1 and isinstance(error, IndexError):
            check_labels(y, prediction.shape[-1])
        raise ExportError(
            f"the loss fails on a prediction of shape {tuple(prediction.shape)} and y of shape "
            f"{tuple(y.shape)}: {_first_line(error)}."
        ) from error
    if not isinstance(loss, torch.Tensor) or loss.dim() != 0:
        got = (
            f"a tensor of shape {tuple(loss.shape)}"
            if isinstance(loss, torch.Tensor)
            else f"a {type(loss).__name__}"
        )
        raise ExportError(
            f"the loss is {got}, not a scalar: reduce it with .mean() or .sum(), or use "
            "reduction='mean'."
        )
    if not loss.requires_grad:
        raise ExportError(
            "the loss does not depend on any trainable parameter: unfreeze one, and keep "
            "torch.no_grad() and .detach() out of the model and loss."
        )
    return trial


def _buffers(model: torch.nn.Module, trial: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Buffers that are states: what the model saves, and what running it changed.

    Others, such as masks that `persistent=False` keeps out of its `state_dict`, follow from the
    model's configuration: they are public constants, which cost no commitment.
    """
    saved, after = model.state_dict(), dict(trial.named_buffers())
    return {
        name: value
        for name, value in model.named_buffers()
        if name in saved or not torch.equal(value, after[name])
    }


def _copy(model: torch.nn.Module) -> torch.nn.Module:
    try:
        return copy.deepcopy(model)
    except Exception as error:
        raise ExportError(
            f"the model cannot be copied ({_first_line(error)}): it holds something other than "
            "weights, such as a result of an earlier forward pass; remove it."
        ) from error


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return (text.splitlines()[0] if text else type(error).__name__).rstrip(".")

"""torch model, loss and optimizer -> one canonical ONNX graph of the whole training step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.errors import MissingExtra
from zkpot.step import names
from zkpot.step.artifact import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from zkpot.step.subject import Subject
    from zkpot.step.trace import Trace

# Most exports measure 1e-5 at most. Networks with many maximum pools measure up to 2e-4, where
# rounding turned one choice of a maximum around. A wrong factor or a missing term measures far
# above 1e-3.
DEFAULT_TOLERANCE = 5e-4


def export_step(
    model: torch.nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    batch: tuple[torch.Tensor, torch.Tensor],
    *,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    tolerance: float = DEFAULT_TOLERANCE,
) -> Step:
    """Export one training step and check it against eager torch.

    None of the arguments is changed. The model's current weights, the optimizer's current
    state and learning rates become default values of the graph's inputs.

    Args:
        model: a float32 module on the CPU that maps ``x`` to one tensor, the prediction.
        loss_fn: maps (prediction, y) to a scalar.
        optimizer: SGD, Adam, AdamW, RMSprop or Adagrad over the model's parameters.
        batch: an example (x, y). Its shapes are the shapes of the step, batch size included;
            float32 or int64. Its values are used for the check only.
        clip_grad_norm: clip the gradients' global norm to this before the update.
        clip_grad_value: clip each element of the gradients to this instead.
        tolerance: largest deviation from eager torch; see :class:`Parity`.

    Raises:
        ExportError: the step cannot be exported, or deviates from eager torch.
        MissingExtra: torch is not installed.

    """
    try:
        from zkpot.step import check, subject, trace
        from zkpot.step.clipping import Clipping
    except ImportError as error:
        raise MissingExtra(
            f"exporting a step needs torch ({error}): install zkpot[torch]."
        ) from error

    clipping = Clipping(norm=clip_grad_norm, value=clip_grad_value)
    examined = subject.examine(model, loss_fn, optimizer, batch, clipping)
    traced = trace.trace(examined)
    if not examined.inputs[names.Y].is_floating_point():
        subject.check_labels(examined.inputs[names.Y], traced.classes, traced.ignored)
    onnx, roles = _assemble(examined, traced)
    return Step(onnx, roles, check.check(onnx, examined, tolerance, traced.draws))


def _assemble(subject: Subject, traced: Trace) -> tuple[bytes, names.Roles]:
    from zkpot.step import canonical, simplify, translate
    from zkpot.step.expression import Graph

    graph = Graph(simplify.RULES)
    inputs = {
        name: graph.input(name, tuple(value.shape), translate.dtype_of(value))
        for name, value in subject.inputs.items()
    }
    for name, drawn in traced.draws.items():
        inputs[name] = graph.input(name, drawn.shape, np.float32)
    results = translate.translate(traced.graph, list(inputs.values()), graph)
    outputs = {
        name: result
        for name, result in zip(traced.outputs, results, strict=True)
        # A value that leaves as it came is no output: there is nothing to compute or prove.
        if result is not inputs.get(name.removeprefix("new."))
    }
    defaults = {
        name: value.numpy()
        for name, value in subject.inputs.items()
        if name not in (names.X, names.Y)
    }
    roles = _roles(subject, traced, list(outputs))
    return canonical.encode(canonical.assemble(inputs, outputs, defaults, roles)), roles


def _roles(subject: Subject, traced: Trace, outputs: list[str]) -> names.Roles:
    def entering(role: str, name: str, **more: Any) -> tuple[str, dict[str, Any]]:
        following = names.new(name)
        return name, {"role": role, "next": following if following in outputs else None, **more}

    parameters = [
        entering("parameter", names.parameter(name), torch=name, trainable=trainable)
        for name, trainable in subject.trainable.items()
    ]
    buffers = [entering("buffer", names.buffer(name), torch=name) for name in subject.buffers]
    states = [
        entering("state", names.state(key, name), torch=name, key=key)
        for name, keys in subject.state_keys.items()
        for key in keys
        if key != "step"
    ]
    count = [entering("step", name) for name in subject.inputs if name == names.STEP_COUNT]
    data = [
        (names.X, {"role": "x"}),
        (names.Y, {"role": "y", "classes": traced.classes}),
    ]
    rates = [
        (names.learning_rate(group), {"role": "lr", "group": group})
        for group in range(len(subject.groups))
    ]
    noise = [(n, {"role": "bernoulli", "below": d.below}) for n, d in traced.draws.items()]
    return {
        "format": names.FORMAT,
        "version": names.FORMAT_VERSION,
        "batch": int(subject.inputs[names.X].shape[0]),
        "inputs": dict([*parameters, *buffers, *states, *count, *data, *rates, *noise]),
        "outputs": {
            name: {"role": name}
            if name in (names.LOSS, names.PREDICTION)
            else {"role": "new", "of": name.removeprefix("new.")}
            for name in outputs
        },
        "optimizer": {
            "name": type(subject.optimizer).__name__,
            **subject.clipping.entries(),
            "groups": [
                {
                    "lr": names.learning_rate(index),
                    "parameters": [names.parameter(name) for name in subject.groups[index]],
                    "hyperparameters": _hyperparameters(group),
                }
                for index, group in enumerate(subject.optimizer.param_groups)
            ],
        },
    }


# How torch computes a step, not what it computes.
_IMPLEMENTATION = {"params", "lr", "foreach", "fused", "capturable", "differentiable"}


def _hyperparameters(group: dict[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in group.items()
        if key not in _IMPLEMENTATION and _is_plain(value)
    }


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_plain(part) for part in value)
    return value is None or isinstance(value, (bool, int, float, str))

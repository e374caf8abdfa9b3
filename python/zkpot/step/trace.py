"""Tracing: forward, loss, gradients and the real optimizer's update as one flat aten graph.

Two passes. The first records what autograd and ``optimizer.step()`` do, on tensors without
data. The second removes mutation and decomposes what it recorded.
"""

from __future__ import annotations

import copy
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock

import torch
from torch import fx
from torch.func import functional_call, functionalize
from torch.fx.experimental.proxy_tensor import make_fx

from zkpot.errors import ExportError
from zkpot.step import draws, names
from zkpot.step.decompose import decompositions, first_pass_decompositions, losses, optimizers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zkpot.step.draws import Drawn
    from zkpot.step.subject import Subject


@dataclass(frozen=True)
class Trace:
    """A step as a flat graph: what goes in, what comes out, and what was learned on the way.

    ``outputs`` names the graph's outputs in order; ``draws`` are inputs after the subject's, by
    name. ``classes`` is the number of classes that
    the loss distinguishes in ``y``, or None where ``y`` is no label; ``ignored`` are the labels
    that it passes over.
    """

    graph: fx.GraphModule
    outputs: tuple[str, ...]
    classes: int | None
    draws: Mapping[str, Drawn]
    ignored: frozenset[int]


def trace(subject: Subject) -> Trace:
    """Trace the whole step of ``subject``.

    Raises:
        ExportError: the step draws other random numbers than zeros and ones, depends on values of
            tensors, or uses something that torch cannot trace.

    """
    inputs = dict(subject.inputs)
    recorder = _Recorder(subject)
    with _plain_kernels():
        recorded = _make_fx(recorder.run, first_pass_decompositions(), inputs)
    drawn = draws.replace_draws(recorded.graph)
    _drop_profiler_marks(recorded.graph)
    places = [node for node in recorded.graph.nodes if node.op == "placeholder"]
    labels = places[list(inputs).index(names.Y)]
    classes = losses.classes_of(recorded.graph, labels)
    _see_through_detach(recorded.graph)
    ignored = losses.settle_ignored(recorded.graph, subject.inputs[names.Y])
    losses.fuse_cross_entropy(recorded.graph)
    optimizers.keep_rates_symbolic(recorded.graph)
    recorded.graph.eliminate_dead_code()
    recorded.recompile()
    with torch.no_grad(), _plain_kernels():
        pure = functionalize(recorded, remove="mutations")
        noise = {name: torch.zeros(entry.shape) for name, entry in drawn.items()}
        flat = _make_fx(pure, decompositions(), {**inputs, **noise})
    flat.graph.eliminate_dead_code()
    return Trace(flat, tuple(recorder.outputs), classes, drawn, frozenset(ignored))


class _Recorder:
    """One training step as a function of tensors alone."""

    def __init__(self, subject: Subject) -> None:
        self._model, self._optimizer = copy.deepcopy((subject.model, subject.optimizer))
        self._subject = subject
        self.outputs: list[str] = []
        for group in self._optimizer.param_groups:
            group["foreach"] = False
            if "fused" in group:
                group["fused"] = False
            if "capturable" in group:
                # Otherwise Adam reads its step counter as a number, and it would be baked in.
                group["capturable"] = True

    def run(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        subject = self._subject
        given = dict(zip(subject.inputs, tensors, strict=True))
        parameters = {
            name: given[names.parameter(name)].detach().clone().requires_grad_(trainable)
            for name, trainable in subject.trainable.items()
        }
        buffers = {name: given[names.buffer(name)].clone() for name in subject.buffers}
        prediction = functional_call(self._model, {**parameters, **buffers}, (given[names.X],))
        loss = subject.loss_fn(prediction, given[names.Y])
        self._differentiate(loss, parameters)
        states = self._update(given, parameters)
        results = {
            names.PREDICTION: prediction,
            names.LOSS: loss,
            **{names.new(names.parameter(name)): parameters[name] for name in subject.updated},
            **{names.new(names.buffer(name)): value for name, value in buffers.items()},
            **{names.new(name): value for name, value in states.items()},
        }
        self.outputs = list(results)
        return tuple(value.detach() for value in results.values())

    def _differentiate(self, loss: torch.Tensor, parameters: Mapping[str, torch.Tensor]) -> None:
        trained = [value for value in parameters.values() if value.requires_grad]
        gradients = torch.autograd.grad(loss, trained, allow_unused=True)
        for parameter, gradient in zip(trained, gradients, strict=True):
            parameter.grad = gradient
        self._subject.clipping.apply(trained)

    def _update(
        self, given: Mapping[str, torch.Tensor], parameters: Mapping[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        """Run the real optimizer on ``parameters``; returns its new states by input name."""
        subject, optimizer = self._subject, self._optimizer
        optimizer.state.clear()
        for index, group in enumerate(optimizer.param_groups):
            group["params"] = [parameters[name] for name in subject.groups[index]]
            group["lr"] = given[names.learning_rate(index)]
        for name, keys in subject.state_keys.items():
            optimizer.state[parameters[name]] = {
                key: given[names.state(key, name)].clone() for key in keys
            }
        with _symbolic_steps():
            optimizer.step()
        return {
            names.state(key, name): optimizer.state[parameters[name]][key]
            for name, keys in subject.state_keys.items()
            for key in keys
        }


@contextmanager
def _symbolic_steps() -> Iterator[None]:
    """Let torch.optim keep learning rates and step counters as tensors on the CPU.

    It does so only where it believes that it is being compiled.
    """
    with mock.patch("torch.compiler.is_compiling", return_value=True):
        yield


@contextmanager
def _plain_kernels() -> Iterator[None]:
    """Attention and convolutions as plain operators, not as one kernel of a vendor's."""
    with ExitStack() as stack:
        # Switching oneDNN off sets a flag of Intel GPUs, and torch warns where there are none.
        stack.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", message="TF32 acceleration on top of oneDNN")
        stack.enter_context(torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH))
        stack.enter_context(torch.backends.mkldnn.flags(enabled=False))
        yield


def _make_fx(function: Any, table: Any, inputs: Mapping[str, torch.Tensor]) -> fx.GraphModule:
    try:
        # Tensors that the model or loss holds besides its buffers become constants.
        tracer = make_fx(function, table, tracing_mode="fake", _allow_non_fake_inputs=True)
        return tracer(*inputs.values())
    except ExportError:
        raise
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ExportError(
            f"the step cannot be traced ({type(error).__name__}: {reason}): keep the model and "
            "loss to operators on tensors, without .item(), numpy or branches on values."
        ) from error


def _drop_profiler_marks(graph: fx.Graph) -> None:
    for node in reversed(list(graph.nodes)):
        if "profiler" in str(node.target):
            graph.erase_node(node)


def _see_through_detach(graph: fx.Graph) -> None:
    """After autograd has run, detach means nothing, and it hides what autograd saved."""
    aten = torch.ops.aten
    for target in (aten.detach.default, aten.detach_.default):
        for node in graph.find_nodes(op="call_function", target=target):
            node.replace_all_uses_with(node.args[0])
            graph.erase_node(node)

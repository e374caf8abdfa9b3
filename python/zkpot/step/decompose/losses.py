"""Losses: squared error and cross entropy.

torch's own export of ``nll_loss_forward`` gives the total weight as 1, which makes the mean's
gradients N times too large without a word. Here the divisor is a number that the shape gives.
"""

# ruff: noqa: ARG001 -- aten fixes these signatures.

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from zkpot.errors import ExportError
from zkpot.step.decompose.onehot import one_hot

aten = torch.ops.aten

# ATen's codes for the reduction of a loss.
_MEAN, _SUM = 1, 2


def _reduction_factor(reduction: int, count: int) -> float:
    """Return what the sum of the samples' losses is multiplied with."""
    if reduction not in (_MEAN, _SUM):
        raise ExportError(
            "the loss has reduction='none': use reduction='mean' or 'sum', or reduce it to a "
            "scalar before it is returned."
        )
    return 1.0 / count if reduction == _MEAN else 1.0


def _refuse(weight: Any, classes: int, ignored: int, rank: int) -> None:
    if weight is not None:
        raise ExportError(
            "the loss has class weights, which are not supported: remove the weight argument "
            "of the cross entropy or NLL loss."
        )
    if 0 <= ignored < classes:
        raise ExportError(
            f"the loss ignores the label {ignored} (ignore_index), which is not supported: "
            "leave such samples out of the batch."
        )
    if rank != 2:
        raise ExportError(
            "the NLL loss needs log-probabilities of shape samples x classes: reshape the "
            "model's output and the labels before the loss."
        )


def nll_loss_forward(
    log_probability: Any, labels: Any, weight: Any, reduction: int, ignored: int
) -> tuple[Any, Any]:
    """``log_probability``: N x C; ``labels``: N. Returns the loss and the total weight N."""
    samples, classes = log_probability.shape[0], log_probability.shape[-1]
    _refuse(weight, classes, ignored, log_probability.dim())
    factor = _reduction_factor(reduction, samples)
    picked = log_probability * one_hot(labels, classes, log_probability.dtype)
    return picked.sum() * -factor, log_probability.new_full((), float(samples))


def nll_loss_backward(
    gradient: Any,
    log_probability: Any,
    labels: Any,
    weight: Any,
    reduction: int,
    ignored: int,
    total_weight: Any,
) -> Any:
    """Give each sample's label -1/N times the gradient, N from the shape."""
    samples, classes = log_probability.shape[0], log_probability.shape[-1]
    _refuse(weight, classes, ignored, log_probability.dim())
    factor = _reduction_factor(reduction, samples)
    return one_hot(labels, classes, log_probability.dtype) * (gradient * -factor)


def log_softmax(a: Any, dim: int, half_to_float: bool) -> Any:
    """Subtract the maximum first, so that no exponential exceeds 1."""
    shifted = a - a.amax(dim, True)
    return shifted - shifted.exp().sum(dim, True).log()


def log_softmax_backward(gradient: Any, output: Any, dim: int, dtype: Any) -> Any:
    """``output``: the log-softmax itself."""
    return gradient - output.exp() * gradient.sum(dim, True)


def mse_loss(prediction: Any, target: Any, reduction: int = _MEAN) -> Any:
    """Square the difference by a product; both shapes broadcast."""
    difference = prediction - target
    return (difference * difference).sum() * _reduction_factor(reduction, difference.numel())


def mse_loss_backward(gradient: Any, prediction: Any, target: Any, reduction: int) -> Any:
    """Return ``2 / N * (prediction - target)``, or without the 1/N for a sum."""
    difference = prediction - target
    return difference * (2 * _reduction_factor(reduction, difference.numel())) * gradient


@torch.library.custom_op("zkpot::softmax_cross_entropy_backward", mutates_args=())
def softmax_cross_entropy_backward(
    gradient: torch.Tensor, log_probability: torch.Tensor, labels: torch.Tensor, factor: float
) -> torch.Tensor:
    """Stand for the fused gradient between the two traces, the second of which decomposes it."""
    return _softmax_cross_entropy_backward(gradient, log_probability, labels, factor)


@softmax_cross_entropy_backward.register_fake
def _(
    gradient: torch.Tensor, log_probability: torch.Tensor, labels: torch.Tensor, factor: float
) -> torch.Tensor:
    return torch.empty_like(log_probability)


def _softmax_cross_entropy_backward(
    gradient: torch.Tensor, log_probability: torch.Tensor, labels: torch.Tensor, factor: float
) -> torch.Tensor:
    hot = one_hot(labels, log_probability.shape[-1], log_probability.dtype)
    return (log_probability.exp() - hot) * factor * gradient


def fuse_cross_entropy(graph: fx.Graph) -> None:
    """Give cross entropy its gradient ``(softmax - one_hot) / N`` in place of the chain rule's.

    Autograd goes through the log-softmax: it sums each row of ``-one_hot / N`` and multiplies
    the softmax with it. That sum is -1/N for every label in range, so a product of two private
    tensors, and a second rounding, would be proven for nothing.
    """
    backward = aten._log_softmax_backward_data.default
    for node in list(graph.find_nodes(op="call_function", target=backward)):
        upstream, output, dim = _arguments(node)[:3]
        if not isinstance(upstream, fx.Node) or upstream.target != aten.nll_loss_backward.default:
            continue
        gradient, log_probability, labels, weight, reduction, ignored, _ = _arguments(upstream)
        value = log_probability.meta["val"]
        if output is not log_probability or dim % value.dim() != value.dim() - 1:
            continue
        _refuse(weight, value.shape[-1], ignored, value.dim())
        factor = _reduction_factor(reduction, value.shape[0])
        with graph.inserting_before(node):
            fused = graph.call_function(
                torch.ops.zkpot.softmax_cross_entropy_backward.default,
                (gradient, log_probability, labels, factor),
            )
        fused.meta["val"] = node.meta["val"]
        node.replace_all_uses_with(fused)
        graph.erase_node(node)


def classes_of(graph: fx.Graph, labels: fx.Node) -> int | None:
    """Find how many classes an NLL loss distinguishes in ``labels``, if there is one."""
    for node in graph.find_nodes(op="call_function", target=aten.nll_loss_forward.default):
        log_probability, target = _arguments(node)[:2]
        if _origin(target) is labels:
            return int(log_probability.meta["val"].shape[-1])
    return None


def _arguments(node: fx.Node) -> tuple[Any, ...]:
    """Loosen the type of a node's operands: fx says only that a graph may hold them."""
    return node.args


def _origin(node: Any) -> Any:
    """Find the tensor that a chain of reshapes and copies started from."""
    while isinstance(node, fx.Node) and node.op == "call_function" and node.args:
        node = node.args[0]
    return node


DECOMPOSITIONS = {
    aten.nll_loss_forward.default: nll_loss_forward,
    aten.nll_loss_backward.default: nll_loss_backward,
    aten._log_softmax.default: log_softmax,
    aten._log_softmax_backward_data.default: log_softmax_backward,
    aten.mse_loss.default: mse_loss,
    aten.mse_loss_backward.default: mse_loss_backward,
    torch.ops.zkpot.softmax_cross_entropy_backward.default: _softmax_cross_entropy_backward,
}

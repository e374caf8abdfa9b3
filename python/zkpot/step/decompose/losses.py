"""Losses: squared error and cross entropy.

torch's own export of ``nll_loss_forward`` gives the total weight as 1, which makes the mean's
gradients N times too large without a word. Here the divisor is a number that the shape gives.
"""

# ruff: noqa: ARG001 -- aten fixes these signatures.

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from zkpot.step.decompose.onehot import one_hot

aten = torch.ops.aten

# ATen's codes for the reduction of a loss.
_NONE, _MEAN, _SUM = range(3)
# In place of a label to ignore that is no class and that the labels do not have.
_NO_LABEL = -(1 << 40)
# The operand of each loss operator that is the label to ignore.
_IGNORED = {
    aten.nll_loss_forward.default: 4,
    aten.nll_loss_backward.default: 5,
    aten.nll_loss2d_forward.default: 4,
    aten.nll_loss2d_backward.default: 5,
}


def _reduction_factor(reduction: int, count: int) -> float:
    """Return what the sum of the samples' losses is multiplied with."""
    return 1.0 / count if reduction == _MEAN else 1.0


def _selected(labels: Any, classes: int, weight: Any, ignored: int, like: Any) -> Any:
    """One-hot rows of the labels times their weights; zeros for a label that is ignored.

    A label that is ignored and no class has a column of its own, which is cut off: one-hot rows
    are proven to have a one.
    """
    if ignored == _NO_LABEL:
        hot = one_hot(labels, classes, like.dtype)
    else:
        first, last = min(ignored, 0), max(ignored + 1, classes)
        shifted = labels - first if first else labels
        hot = one_hot(shifted, last - first, like.dtype)
        if last - first > classes:
            hot = hot.narrow(-1, -first, classes)
        if 0 <= ignored < classes:
            hot = hot * (torch.arange(classes, device=labels.device) != ignored).to(like.dtype)
    return hot if weight is None else hot * weight


def _total(selected: Any, weight: Any, ignored: int) -> Any:
    """The sum of the labels' weights, a number of the shape where all of them are one."""
    if _counts_all(weight, ignored):
        return selected.new_full((), float(selected.shape[0]))
    return selected.sum()


def nll_loss_forward(
    log_probability: Any, labels: Any, weight: Any, reduction: int, ignored: int
) -> tuple[Any, Any]:
    """``log_probability``: N x C; ``labels``: N. Returns the loss and the labels' weight."""
    classes = log_probability.shape[-1]
    selected = _selected(labels, classes, weight, ignored, log_probability)
    total = _total(selected, weight, ignored)
    picked = log_probability * selected
    if reduction == _NONE:
        return -picked.sum(-1), total
    if reduction == _MEAN and not _counts_all(weight, ignored):
        return -picked.sum() / total, total
    return picked.sum() * -_reduction_factor(reduction, log_probability.shape[0]), total


def nll_loss_backward(
    gradient: Any,
    log_probability: Any,
    labels: Any,
    weight: Any,
    reduction: int,
    ignored: int,
    total_weight: Any,
) -> Any:
    """Give each sample's label its share -w/W of the gradient, or -1/N with N from the shape."""
    classes = log_probability.shape[-1]
    selected = _selected(labels, classes, weight, ignored, log_probability)
    if _weighs_evenly(reduction, weight, ignored):
        return selected * (gradient * -_reduction_factor(reduction, selected.shape[0]))
    return selected * -_share(gradient, selected, reduction)


def _counts_all(weight: Any, ignored: int) -> bool:
    """Whether every label counts, and for one."""
    return weight is None and ignored == _NO_LABEL


def _weighs_evenly(reduction: int, weight: Any, ignored: int) -> bool:
    """Whether each row's gradient is the same public number times the loss's."""
    return reduction != _NONE and _counts_all(weight, ignored)


def _share(gradient: Any, selected: Any, reduction: int) -> Any:
    """Return the gradient of each sample's weighted loss."""
    if reduction == _NONE:
        return gradient.unsqueeze(-1)
    return gradient if reduction == _SUM else gradient * (1.0 / selected.sum())


def nll_loss2d_forward(
    log_probability: Any, labels: Any, weight: Any, reduction: int, ignored: int
) -> tuple[Any, Any]:
    """``log_probability``: N x C x H x W; ``labels``: N x H x W."""
    rows = _rows(log_probability)
    loss, total = nll_loss_forward(rows, labels.reshape(-1), weight, reduction, ignored)
    return loss.reshape(labels.shape) if reduction == _NONE else loss, total


def nll_loss2d_backward(
    gradient: Any,
    log_probability: Any,
    labels: Any,
    weight: Any,
    reduction: int,
    ignored: int,
    total_weight: Any,
) -> Any:
    """As :func:`nll_loss_backward`, of N x C x H x W."""
    n, c, h, w = log_probability.shape
    upstream = gradient.reshape(-1) if reduction == _NONE else gradient
    found = nll_loss_backward(
        upstream,
        _rows(log_probability),
        labels.reshape(-1),
        weight,
        reduction,
        ignored,
        total_weight,
    )
    return found.reshape(n, h, w, c).permute(0, 3, 1, 2)


def _rows(a: Any) -> Any:
    """N x C x H x W as rows of classes."""
    return a.permute(0, 2, 3, 1).reshape(-1, a.shape[1])


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
    square = difference * difference
    if reduction == _NONE:
        return square
    return square.sum() * _reduction_factor(reduction, difference.numel())


def mse_loss_backward(gradient: Any, prediction: Any, target: Any, reduction: int) -> Any:
    """Return ``2 / N * (prediction - target)``, or without the 1/N for a sum."""
    difference = prediction - target
    return difference * (2 * _reduction_factor(reduction, difference.numel())) * gradient


@torch.library.custom_op("zkpot::softmax_cross_entropy_backward", mutates_args=())
def softmax_cross_entropy_backward(
    gradient: torch.Tensor,
    log_probability: torch.Tensor,
    labels: torch.Tensor,
    weight: torch.Tensor | None,
    reduction: int,
    ignored: int,
) -> torch.Tensor:
    """Stand for the fused gradient between the two traces, the second of which decomposes it."""
    found: torch.Tensor = _softmax_cross_entropy_backward(
        gradient, log_probability, labels, weight, reduction, ignored
    )
    return found


@softmax_cross_entropy_backward.register_fake
def _(
    gradient: torch.Tensor,
    log_probability: torch.Tensor,
    labels: torch.Tensor,
    weight: torch.Tensor | None,
    reduction: int,
    ignored: int,
) -> torch.Tensor:
    return torch.empty_like(log_probability)


def _softmax_cross_entropy_backward(
    gradient: Any, log_probability: Any, labels: Any, weight: Any, reduction: int, ignored: int
) -> Any:
    probability, classes = log_probability.exp(), log_probability.shape[-1]
    selected = _selected(labels, classes, weight, ignored, log_probability)
    if _weighs_evenly(reduction, weight, ignored):
        factor = _reduction_factor(reduction, selected.shape[0])
        return (probability - selected) * factor * gradient
    if _counts_all(weight, ignored):
        return (probability - selected) * gradient.unsqueeze(-1)
    scaled = probability * selected.sum(-1, keepdim=True) - selected
    return scaled * _share(gradient, selected, reduction)


def fuse_cross_entropy(graph: fx.Graph) -> None:
    """Give cross entropy its gradient ``(softmax - one_hot) / N`` in place of the chain rule's.

    Autograd goes through the log-softmax: it sums each row of ``-one_hot / N`` and multiplies
    the softmax with it. That sum is -1/N for every label in range, so a product of two private
    tensors, and a second rounding, would be proven for nothing. Where labels have weights it is
    the label's share.
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
        with graph.inserting_before(node):
            fused = graph.call_function(
                torch.ops.zkpot.softmax_cross_entropy_backward.default,
                (gradient, log_probability, labels, weight, reduction, ignored),
            )
        fused.meta["val"] = node.meta["val"]
        node.replace_all_uses_with(fused)
        graph.erase_node(node)


def settle_ignored(graph: fx.Graph, labels: torch.Tensor) -> set[int]:
    """Drop labels to ignore that are no class and that the example's ``labels`` do not have.

    torch always names one, -100. Returns those that stay.
    """
    stay = set()
    present: set[int] = set() if labels.is_floating_point() else set(labels.flatten().tolist())
    for node in graph.nodes:
        place = _IGNORED.get(node.target)
        if place is None:
            continue
        operands = _arguments(node)
        classes = int(operands[place - 4].meta["val"].shape[1])
        ignored = operands[place]
        if 0 <= ignored < classes or ignored in present:
            stay.add(int(ignored))
        else:
            node.update_arg(place, _NO_LABEL)
    return stay


def classes_of(graph: fx.Graph, labels: fx.Node) -> int | None:
    """Find how many classes an NLL loss distinguishes in ``labels``, if there is one."""
    for operator in (aten.nll_loss_forward.default, aten.nll_loss2d_forward.default):
        for node in graph.find_nodes(op="call_function", target=operator):
            log_probability, target = _arguments(node)[:2]
            if _origin(target) is labels:
                return int(log_probability.meta["val"].shape[1])
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
    aten.nll_loss2d_forward.default: nll_loss2d_forward,
    aten.nll_loss2d_backward.default: nll_loss2d_backward,
    aten._log_softmax.default: log_softmax,
    aten._log_softmax_backward_data.default: log_softmax_backward,
    aten.mse_loss.default: mse_loss,
    aten.mse_loss_backward.default: mse_loss_backward,
    torch.ops.zkpot.softmax_cross_entropy_backward.default: _softmax_cross_entropy_backward,
}

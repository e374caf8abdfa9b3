"""Layer, group and batch normalisation, with the variance from the centred values.

torch's own export of batch norm gives wrong running statistics without a word.
"""

# ruff: noqa: ARG001 -- aten fixes these signatures.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from zkpot.step.decompose.reductions import mean

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten


def _inverse_deviation(variance: Any, epsilon: float) -> Any:
    return 1.0 / (variance + epsilon).sqrt()


def _standardise(a: Any, axes: list[int], epsilon: float) -> tuple[Any, Any, Any, Any]:
    """Return (standardised, mean, variance, 1 / deviation); the last three keep their axes."""
    average = mean(a, axes, True)
    centred = a - average
    variance = mean(centred * centred, axes, True)
    inverse = _inverse_deviation(variance, epsilon)
    return centred * inverse, average, variance, inverse


def _standardise_backward(gradient: Any, standard: Any, inverse: Any, axes: list[int]) -> Any:
    """Differentiate :func:`_standardise`, through mean and variance too."""
    along = standard * mean(gradient * standard, axes, True)
    return inverse * (gradient - mean(gradient, axes, True) - along)


def layer_norm(
    a: Any, shape: Sequence[int], weight: Any, bias: Any, epsilon: float
) -> tuple[Any, Any, Any]:
    """Normalise over the last ``len(shape)`` axes; returns (result, mean, 1 / deviation)."""
    axes = list(range(a.dim() - len(shape), a.dim()))
    result, average, _, inverse = _standardise(a, axes, epsilon)
    if weight is not None:
        result = result * weight
    if bias is not None:
        result = result + bias
    return result, average, inverse


def layer_norm_backward(
    gradient: Any,
    a: Any,
    shape: Sequence[int],
    average: Any,
    inverse: Any,
    weight: Any,
    bias: Any,
    wanted: Sequence[bool],
) -> tuple[Any, Any, Any]:
    """Return the gradients of input, weight and bias."""
    first = a.dim() - len(shape)
    axes, samples = list(range(first, a.dim())), list(range(first))
    standard = (a - average) * inverse
    scaled = gradient if weight is None else gradient * weight
    return (
        _standardise_backward(scaled, standard, inverse, axes) if wanted[0] else None,
        (gradient * standard).sum(samples) if wanted[1] and weight is not None else None,
        gradient.sum(samples) if wanted[2] and bias is not None else None,
    )


def _per_channel(a: Any) -> tuple[list[int], list[int]]:
    """Return a channel vector's shape against ``a``, and the axes that it is constant on."""
    shape = [1, -1] + [1] * (a.dim() - 2)
    return shape, [axis for axis in range(a.dim()) if axis != 1]


def batch_norm(
    a: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_variance: Any,
    training: bool,
    momentum: float,
    epsilon: float,
) -> tuple[Any, Any, Any, Any, Any]:
    """Return (result, mean, 1 / deviation, new running mean, new running variance)."""
    shape, axes = _per_channel(a)
    if training:
        result, average, variance, inverse = _standardise(a, axes, epsilon)
        average, variance = average.reshape(-1), variance.reshape(-1)
        if running_mean is not None:
            count = math.prod(a.shape[axis] for axis in axes)
            # torch normalises with the biased variance, but remembers the unbiased one.
            unbiased = variance * (count / (count - 1))
            running_mean = running_mean * (1 - momentum) + average * momentum
            running_variance = running_variance * (1 - momentum) + unbiased * momentum
    else:
        average = running_mean
        inverse = _inverse_deviation(running_variance, epsilon).reshape(shape)
        result = (a - running_mean.reshape(shape)) * inverse
    if weight is not None:
        result = result * weight.reshape(shape)
    if bias is not None:
        result = result + bias.reshape(shape)
    return result, average, inverse.reshape(-1), running_mean, running_variance


def updating_batch_norm(
    a: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_variance: Any,
    training: bool,
    momentum: float,
    epsilon: float,
) -> tuple[Any, Any, Any]:
    """Normalise and change the running statistics in place, as torch does."""
    result, average, inverse, new_mean, new_variance = batch_norm(
        a, weight, bias, running_mean, running_variance, training, momentum, epsilon
    )
    if training and running_mean is not None:
        running_mean.copy_(new_mean)
        running_variance.copy_(new_variance)
    return result, average, inverse


def batch_norm_backward(
    gradient: Any,
    a: Any,
    weight: Any,
    running_mean: Any,
    running_variance: Any,
    average: Any,
    inverse: Any,
    training: bool,
    epsilon: float,
    wanted: Sequence[bool],
) -> tuple[Any, Any, Any]:
    """Return the gradients of input, weight and bias."""
    shape, axes = _per_channel(a)
    if not training:
        average, inverse = running_mean, _inverse_deviation(running_variance, epsilon)
    average, inverse = average.reshape(shape), inverse.reshape(shape)
    standard = (a - average) * inverse
    scaled = gradient if weight is None else gradient * weight.reshape(shape)
    of_input = None
    if wanted[0] and training:
        of_input = _standardise_backward(scaled, standard, inverse, axes)
    elif wanted[0]:
        of_input = scaled * inverse
    return (
        of_input,
        (gradient * standard).sum(axes) if wanted[1] else None,
        gradient.sum(axes) if wanted[2] else None,
    )


def group_norm(
    a: Any, weight: Any, bias: Any, samples: int, channels: int, space: int, groups: int, eps: float
) -> tuple[Any, Any, Any]:
    """Normalise over groups of channels; mean and 1 / deviation come as samples x groups."""
    grouped = a.reshape(samples, groups, -1)
    standard, average, _, inverse = _standardise(grouped, [2], eps)
    shape, _ = _per_channel(a)
    result = standard.reshape(a.shape)
    if weight is not None:
        result = result * weight.reshape(shape)
    if bias is not None:
        result = result + bias.reshape(shape)
    return result, average.reshape(samples, groups), inverse.reshape(samples, groups)


def group_norm_backward(
    gradient: Any,
    a: Any,
    average: Any,
    inverse: Any,
    weight: Any,
    samples: int,
    channels: int,
    space: int,
    groups: int,
    wanted: Sequence[bool],
) -> tuple[Any, Any, Any]:
    """Return the gradients of input, weight and bias."""
    shape, axes = _per_channel(a)
    grouped, each = [samples, groups, -1], [samples, groups, 1]
    inverse = inverse.reshape(each)
    standard = (a.reshape(grouped) - average.reshape(each)) * inverse
    scaled = gradient if weight is None else gradient * weight.reshape(shape)
    of_input = _standardise_backward(scaled.reshape(grouped), standard, inverse, [2])
    return (
        of_input.reshape(a.shape) if wanted[0] else None,
        (gradient * standard.reshape(a.shape)).sum(axes) if wanted[1] else None,
        gradient.sum(axes) if wanted[2] else None,
    )


DECOMPOSITIONS = {
    aten.native_layer_norm.default: layer_norm,
    aten.native_layer_norm_backward.default: layer_norm_backward,
    aten.native_group_norm.default: group_norm,
    aten.native_group_norm_backward.default: group_norm_backward,
    aten.native_batch_norm_backward.default: batch_norm_backward,
}

# The operator's schema does not say that it changes its statistics, so it has to be gone
# before mutation is removed.
FIRST_PASS_DECOMPOSITIONS = {aten.native_batch_norm.default: updating_batch_norm}

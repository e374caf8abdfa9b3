"""Activations and softmax."""

# ruff: noqa: ARG001 -- aten fixes these signatures.

from __future__ import annotations

import math
from typing import Any

import torch

aten = torch.ops.aten


def threshold_backward(gradient: Any, a: Any, threshold: float) -> Any:
    """Pass the gradient where ReLU was open: a mask, not a select."""
    return gradient * (a > threshold).to(gradient.dtype)


def leaky_relu(a: Any, slope: float = 0.01) -> Any:
    """Mix ReLU and identity."""
    return a.relu() * (1 - slope) + a * slope


def leaky_relu_backward(gradient: Any, a: Any, slope: float, a_is_result: bool) -> Any:
    """Scale the gradient by 1 or ``slope``; the result of leaky ReLU has its input's sign."""
    return gradient * ((a > 0).to(gradient.dtype) * (1 - slope) + slope)


def softmax(a: Any, dim: int, half_to_float: bool = False) -> Any:
    """Subtract the maximum first, so that no exponential exceeds 1."""
    exponential = (a - a.amax(dim, True)).exp()
    return exponential / exponential.sum(dim, True)


def safe_softmax(a: Any, dim: int, dtype: Any = None) -> Any:
    """Differ from softmax only where a whole row is -inf, which no step may contain."""
    return softmax(a, dim)


def softmax_backward(gradient: Any, output: Any, dim: int, dtype: Any) -> Any:
    """``output``: the softmax itself."""
    weighted = gradient * output
    return weighted - output * weighted.sum(dim, True)


def gelu(a: Any, approximate: str = "none") -> Any:
    """Spell both forms out in erf or tanh."""
    if approximate == "tanh":
        inner = math.sqrt(2 / math.pi) * (a + 0.044715 * a * a * a)
        return 0.5 * a * (1 + torch.tanh(inner))
    return 0.5 * a * (1 + torch.erf(a * math.sqrt(0.5)))


def power(a: Any, exponent: float) -> Any:
    """Write small whole powers as products; the rest stays a power."""
    if exponent == 2:
        return a * a
    if exponent == 3:
        return a * a * a
    if exponent == 1:
        return a.clone()
    return NotImplemented


DECOMPOSITIONS = {
    aten.threshold_backward.default: threshold_backward,
    aten.leaky_relu.default: leaky_relu,
    aten.leaky_relu_backward.default: leaky_relu_backward,
    aten._softmax.default: softmax,
    aten._safe_softmax.default: safe_softmax,
    aten._softmax_backward_data.default: softmax_backward,
    aten.gelu.default: gelu,
    aten.pow.Tensor_Scalar: power,
}

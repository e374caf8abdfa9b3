"""Convolutions, forward and transposed; gradients are built from these two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zkpot.step.expression import Expression
    from zkpot.step.translate.result import Result

aten = torch.ops.aten


def _convolution(
    result: Result,
    a: Expression,
    weight: Expression,
    bias: Expression | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Expression:
    """Convolve ``a`` (N x C x space) with ``weight`` (C_out x C_in/groups x space).

    A transposed convolution has the weight C_in x C_out/groups x space.
    """
    rank = len(a.shape) - 2
    padding = list(padding) * (rank // len(padding))
    attributes: dict[str, Any] = {
        "strides": tuple(list(stride) * (rank // len(stride))),
        "pads": tuple(padding + padding),
        "dilations": tuple(list(dilation) * (rank // len(dilation))),
        "group": groups,
        "kernel_shape": tuple(weight.shape[2:]),
    }
    if transposed:
        attributes["output_padding"] = tuple(output_padding)
    op = "ConvTranspose" if transposed else "Conv"
    made = result.graph.apply(op, (a, weight), result.shape, a.dtype, **attributes)
    if bias is None:
        return made
    # A separate Add, as for dense layers: the compiler then knows one kind of bias.
    along_channels = [1, bias.size, *([1] * rank)]
    return result.graph.add(made, result.graph.reshape(bias, along_channels))


TRANSLATIONS: dict[Any, Callable[..., Any]] = {aten.convolution.default: _convolution}

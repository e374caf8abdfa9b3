"""The gradients of a convolution, as convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten


def convolution_backward(
    gradient: Any,
    a: Any,
    weight: Any,
    bias_sizes: Any,  # noqa: ARG001
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],  # noqa: ARG001
    groups: int,
    wanted: Sequence[bool],
) -> tuple[Any, Any, Any]:
    """Return the gradients of input, weight and bias, None where not ``wanted``.

    The input's gradient is the transposed convolution of ``gradient`` with the weight. The
    weight's is the convolution of the input with ``gradient``, batch and channels exchanged,
    stride and dilation exchanged; of a transposed convolution the roles of input and gradient are
    exchanged too.
    """
    rank = a.dim() - 2
    stride, padding, dilation = (
        list(numbers) * (rank // len(numbers)) for numbers in (stride, padding, dilation)
    )
    zeros = [0] * rank
    of_input = of_weight = of_bias = None
    if wanted[0] and transposed:
        of_input = aten.convolution(
            gradient, weight, None, stride, padding, dilation, False, zeros, groups
        )
    elif wanted[0]:
        # Input cells behind the last stride, which no window reached.
        unread = [
            a.shape[axis + 2]
            - (
                (gradient.shape[axis + 2] - 1) * stride[axis]
                - 2 * padding[axis]
                + dilation[axis] * (weight.shape[axis + 2] - 1)
                + 1
            )
            for axis in range(rank)
        ]
        of_input = aten.convolution(
            gradient, weight, None, stride, padding, dilation, True, unread, groups
        )
    if wanted[1]:
        # A transposed convolution reads what it computes as the other reads its input.
        image, result = (gradient, a) if transposed else (a, gradient)
        of_weight = aten.convolution(
            _channels_first(image, groups),
            result.transpose(0, 1),
            None,
            dilation,
            padding,
            stride,
            False,
            zeros,
            groups,
        ).transpose(0, 1)
        # With unread cells the kernel comes out too large.
        for axis in range(2, rank + 2):
            if of_weight.shape[axis] != weight.shape[axis]:
                of_weight = of_weight.narrow(axis, 0, weight.shape[axis])
    if wanted[2]:
        of_bias = gradient.sum([0, *range(2, rank + 2)])
    return of_input, of_weight, of_bias


def _channels_first(image: Any, groups: int) -> Any:
    """N x (groups * C) x space -> C x (groups * N) x space: samples become channels."""
    if groups == 1:
        return image.transpose(0, 1)
    samples, channels = image.shape[0], image.shape[1] // groups
    space = image.shape[2:]
    split = image.reshape(samples, groups, channels, *space)
    split = split.permute(2, 1, 0, *range(3, split.dim()))
    return split.reshape(channels, groups * samples, *space)


DECOMPOSITIONS = {aten.convolution_backward.default: convolution_backward}

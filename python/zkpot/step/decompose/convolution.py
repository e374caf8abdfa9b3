"""The gradients of a convolution, as convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from zkpot.errors import ExportError

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
    stride and dilation exchanged.
    """
    if transposed:
        raise ExportError(
            "the gradient of a transposed convolution is not supported: upsample by reshape "
            "and use an ordinary convolution."
        )
    rank = a.dim() - 2
    stride, padding, dilation = (
        list(numbers) * (rank // len(numbers)) for numbers in (stride, padding, dilation)
    )
    zeros = [0] * rank
    of_input = of_weight = of_bias = None
    if wanted[0]:
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
        parts = [
            aten.convolution(
                group.transpose(0, 1),
                group_gradient.transpose(0, 1),
                None,
                dilation,
                padding,
                stride,
                False,
                zeros,
                1,
            ).transpose(0, 1)
            for group, group_gradient in zip(
                _groups(a, groups), _groups(gradient, groups), strict=True
            )
        ]
        of_weight = parts[0] if groups == 1 else torch.cat(parts)
        # With unread cells the kernel comes out too large.
        for axis in range(2, rank + 2):
            if of_weight.shape[axis] != weight.shape[axis]:
                of_weight = of_weight.narrow(axis, 0, weight.shape[axis])
    if wanted[2]:
        of_bias = gradient.sum([0, *range(2, rank + 2)])
    return of_input, of_weight, of_bias


def _groups(a: Any, groups: int) -> Sequence[Any]:
    return [a] if groups == 1 else a.chunk(groups, 1)


DECOMPOSITIONS = {aten.convolution_backward.default: convolution_backward}

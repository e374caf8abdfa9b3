"""How windows of a pooling lie on one axis of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from zkpot.step.decompose.onehot import one_hot

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten

Numbers = int | list[int] | tuple[int, ...]


@dataclass(frozen=True)
class Windows:
    """Windows of `kernel` slots, `dilation` apart, every `stride` places of a padded axis.

    With `ceil` a last window may begin on the axis and end behind its padding.
    """

    length: int
    kernel: int
    stride: int
    padding: int
    dilation: int = 1
    ceil: bool = False

    @property
    def count(self) -> int:
        """The number of windows, as torch counts them."""
        room = self.length + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        if not self.ceil:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        return count - 1 if (count - 1) * self.stride >= self.length + self.padding else count

    @property
    def end(self) -> int:
        """Where the last window ends, counted from the front of the padding."""
        return (self.count - 1) * self.stride + self.dilation * (self.kernel - 1) + 1

    def places(self) -> list[int]:
        """The place that each slot of each window reads, window by window.

        Slots outside of the axis read the nearest place of their window. That changes no maximum,
        and among equals it is the one that torch takes. A fill value would have to be below
        everything, and would widen the tensor's range.
        """
        found = []
        for window in range(self.count):
            first = window * self.stride - self.padding
            slots = [first + self.dilation * slot for slot in range(self.kernel)]
            inside = [place for place in slots if 0 <= place < self.length]
            found += [min(max(place, inside[0]), inside[-1]) for place in slots]
        return found

    def sizes(self, *, count_padding: bool) -> list[int]:
        """How many places each window averages."""
        around = self.padding if count_padding else 0
        first, last = -around, self.length + around
        starts = [window * self.stride - self.padding for window in range(self.count)]
        return [min(start + self.kernel, last) - max(start, first) for start in starts]


def windows_of(
    a: Any,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    dilation: Numbers = 1,
    ceil: bool = False,
) -> list[Windows]:
    """The windows along each spatial axis; a stride that is left open is the kernel's size."""
    rank = 1 if isinstance(kernel, int) else len(kernel)
    sizes = _each(kernel, rank)
    strides = _each(stride, rank) if stride else sizes
    rest = (_each(padding, rank), _each(dilation, rank))
    shape = [int(n) for n in a.shape[-rank:]]
    return [
        Windows(length, size, step, pad, gap, ceil)
        for length, size, step, pad, gap in zip(shape, sizes, strides, *rest, strict=True)
    ]


def _each(numbers: Numbers, rank: int) -> list[int]:
    listed = [numbers] if isinstance(numbers, int) else list(numbers)
    return listed * (rank // len(listed))


def split(a: Any, windows: Sequence[Windows]) -> Any:
    """... x space -> ... x windows x slots: what each slot reads."""
    lead = a.dim() - len(windows)
    for number, axis in enumerate(windows):
        dim = lead + 2 * number
        if axis.places() != list(range(axis.length)):
            a = aten.index_select(a, dim, torch.tensor(axis.places()))
        a = a.reshape(*a.shape[:dim], axis.count, axis.kernel, *a.shape[dim + 1 :])
    order = [lead + 2 * n for n in range(len(windows))]
    a = a.permute(*range(lead), *order, *(place + 1 for place in order))
    return a.reshape(*a.shape[: lead + len(windows)], -1)


def join(slots: Any, windows: Sequence[Windows]) -> Any:
    """Add what each slot holds to the place that it read: the transpose of :func:`split`."""
    rank = len(windows)
    lead = slots.dim() - rank - 1
    a = slots.reshape(*slots.shape[:-1], *(axis.kernel for axis in windows))
    order = [place for n in range(rank) for place in (lead + n, lead + rank + n)]
    a = a.permute(*range(lead), *order)
    for number, axis in enumerate(windows):
        dim = lead + number
        a = a.reshape(*a.shape[:dim], axis.count * axis.kernel, *a.shape[dim + 2 :])
        if axis.places() != list(range(axis.length)):
            read = one_hot(torch.tensor(axis.places()), axis.length, a.dtype)
            a = multiply(a, dim, read)
    return a


def multiply(a: Any, dim: int, matrix: Any) -> Any:
    """The product of an axis with a matrix (its length x the new one)."""
    order = [place for place in range(a.dim()) if place != dim] + [dim]
    moved = a.permute(*order)
    product = moved.reshape(-1, a.shape[dim]).mm(matrix)
    product = product.reshape(*moved.shape[:-1], matrix.shape[1])
    return product.permute(*(order.index(place) for place in range(a.dim())))

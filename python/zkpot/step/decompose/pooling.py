"""Pooling: gather the windows, then reduce them.

Where windows tile the image, gathering is a reshape. Otherwise it is a constant table of
places, and its inverse for the gradient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch

from zkpot.errors import ExportError
from zkpot.step.decompose.onehot import one_hot

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten

Numbers = int | list[int] | tuple[int, ...]
Table = list[list[int]]


@dataclass(frozen=True)
class _Windows:
    """How windows lie on an image of height x width."""

    image: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]

    @property
    def size(self) -> int:
        return math.prod(self.kernel)

    @property
    def counts(self) -> tuple[int, int]:
        """Return the number of windows along each axis."""
        first, second = (
            (self.image[i] + 2 * self.padding[i] - self.dilation[i] * (self.kernel[i] - 1) - 1)
            // self.stride[i]
            + 1
            for i in range(2)
        )
        return first, second

    @property
    def tile(self) -> bool:
        """Say whether each cell belongs to one window, in order."""
        return (
            self.kernel == self.stride
            and self.padding == (0, 0)
            and self.dilation == (1, 1)
            and all(self.image[i] % self.kernel[i] == 0 for i in range(2))
        )

    def places(self) -> list[list[int | None]]:
        """For each window, the cell each of its slots reads; None outside of the image."""
        (height, width), (rows, columns) = self.image, self.counts

        def cell(row: int, column: int) -> int | None:
            inside = 0 <= row < height and 0 <= column < width
            return row * width + column if inside else None

        return [
            [
                cell(
                    i * self.stride[0] - self.padding[0] + u * self.dilation[0],
                    j * self.stride[1] - self.padding[1] + v * self.dilation[1],
                )
                for u in range(self.kernel[0])
                for v in range(self.kernel[1])
            ]
            for i in range(rows)
            for j in range(columns)
        ]

    def repeated(self) -> Table:
        """Let slots outside of the image read the window's first cell.

        That changes no maximum, and among equals it is the one that torch takes. A fill value
        would have to be below everything, and would widen the tensor's range.
        """
        return [
            [first if cell is None else cell for cell in window]
            for window in self.places()
            for first in [next(cell for cell in window if cell is not None)]
        ]

    def filled(self) -> Table:
        """Let slots outside of the image read one further cell, behind the last."""
        beyond = math.prod(self.image)
        return [[beyond if cell is None else cell for cell in window] for window in self.places()]

    def inverse(self, table: Table) -> Table:
        """For each cell, the slots that read it, filled up with one slot behind the last."""
        readers: list[list[int]] = [[] for _ in range(math.prod(self.image))]
        for slot, cell in enumerate(chain.from_iterable(table)):
            if cell < len(readers):
                readers[cell].append(slot)
        most = max(map(len, readers))
        beyond = len(table) * self.size
        return [slots + [beyond] * (most - len(slots)) for slots in readers]


def _windows(
    a: Any, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers = 1
) -> _Windows:
    shape = (int(a.shape[-2]), int(a.shape[-1]))
    size = _pair(kernel)
    return _Windows(shape, size, _pair(stride) if stride else size, _pair(padding), _pair(dilation))


def _pair(numbers: Numbers) -> tuple[int, int]:
    listed = [numbers] if isinstance(numbers, int) else list(numbers)
    return listed[0], listed[-1]


def _refuse_ceil(ceil_mode: bool) -> None:
    if ceil_mode:
        raise ExportError("pooling with ceil_mode=True is not supported: pad the image instead.")


def _split(a: Any, windows: _Windows, table: Table) -> Any:
    """N x C x height x width -> N x C x rows x columns x slots."""
    samples, channels = a.shape[:2]
    rows, columns = windows.counts
    if windows.tile:
        tiled = a.reshape(
            samples, channels, rows, windows.kernel[0], columns, windows.kernel[1]
        ).permute(0, 1, 2, 4, 3, 5)
    else:
        tiled = _gather(a.reshape(samples, channels, -1), table)
    return tiled.reshape(samples, channels, rows, columns, windows.size)


def _join(slots: Any, shape: Sequence[int], windows: _Windows, table: Table) -> Any:
    """Add what each slot holds to the cell that it read: the transpose of :func:`_split`."""
    samples, channels = shape[:2]
    rows, columns = windows.counts
    if windows.tile:
        tiled = slots.reshape(samples, channels, rows, columns, *windows.kernel)
        return tiled.permute(0, 1, 2, 4, 3, 5).reshape(shape)
    flat = slots.reshape(samples, channels, -1)
    return _gather(flat, windows.inverse(table)).sum(-1).reshape(shape)


def _gather(flat: Any, table: Table) -> Any:
    """N x C x cells -> N x C x table; a place behind the last cell reads 0."""
    cells = flat.shape[-1]
    if any(cells in row for row in table):
        flat = torch.cat([flat, flat.new_zeros((*flat.shape[:-1], 1))], -1)
    places = torch.tensor(list(chain.from_iterable(table)))
    gathered = aten.index_select(flat, 2, places)
    return gathered.reshape(*flat.shape[:2], len(table), len(table[0]))


def max_pool(
    a: Any,
    kernel: Numbers,
    stride: Numbers = (),
    padding: Numbers = 0,
    dilation: Numbers = 1,
    ceil_mode: bool = False,
) -> tuple[Any, Any]:
    """Return the maxima and, for the gradient, the slot in its window that holds each."""
    _refuse_ceil(ceil_mode)
    windows = _windows(a, kernel, stride, padding, dilation)
    slots = _split(a, windows, windows.repeated())
    return slots.amax(-1), slots.argmax(-1)


def max_pool_backward(
    gradient: Any,
    a: Any,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    dilation: Numbers,
    ceil_mode: bool,
    slot: Any,
) -> Any:
    """Give the gradient to the first of each window's maxima."""
    _refuse_ceil(ceil_mode)
    windows = _windows(a, kernel, stride, padding, dilation)
    slots = gradient.unsqueeze(-1) * one_hot(slot, windows.size, gradient.dtype)
    return _join(slots, a.shape, windows, windows.repeated())


def average_pool(
    a: Any,
    kernel: Numbers,
    stride: Numbers = (),
    padding: Numbers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor: int | None = None,
) -> Any:
    """Return each window's sum times a number."""
    windows = _average_windows(a, kernel, stride, padding, ceil_mode, count_include_pad)
    return _split(a, windows, windows.filled()).sum(-1) * (1.0 / (divisor or windows.size))


def average_pool_backward(
    gradient: Any,
    a: Any,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Any:
    """Spread the gradient evenly over each window."""
    windows = _average_windows(a, kernel, stride, padding, ceil_mode, count_include_pad)
    share = gradient * (1.0 / (divisor or windows.size))
    slots = share.unsqueeze(-1).expand(*gradient.shape, windows.size)
    return _join(slots, a.shape, windows, windows.filled())


def _average_windows(
    a: Any,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    ceil_mode: bool,
    count_include_pad: bool,
) -> _Windows:
    _refuse_ceil(ceil_mode)
    windows = _windows(a, kernel, stride, padding)
    if not count_include_pad and windows.padding != (0, 0):
        raise ExportError(
            "average pooling with padding and count_include_pad=False is not supported: use "
            "count_include_pad=True."
        )
    return windows


def adaptive_average_pool(a: Any, counts: Numbers) -> Any:
    """Average over as many windows as asked for, which have to tile the image."""
    kernel = _tiling(a, counts)
    return average_pool(a, kernel, kernel)


def adaptive_average_pool_backward(gradient: Any, a: Any) -> Any:
    """Spread the gradient evenly over each window."""
    kernel = _tiling(a, tuple(gradient.shape[-2:]))
    return average_pool_backward(gradient, a, kernel, kernel, 0, False, True, None)


def _tiling(a: Any, counts: Numbers) -> tuple[int, int]:
    (height, width), (rows, columns) = a.shape[-2:], _pair(counts)
    if height % rows or width % columns:
        raise ExportError(
            f"adaptive pooling of {height} x {width} to {rows} x {columns} is not supported: "
            "the output's size must divide the input's."
        )
    return height // rows, width // columns


DECOMPOSITIONS = {
    aten._adaptive_avg_pool2d.default: adaptive_average_pool,
    aten._adaptive_avg_pool2d_backward.default: adaptive_average_pool_backward,
    aten.max_pool2d_with_indices.default: max_pool,
    aten.max_pool2d_with_indices_backward.default: max_pool_backward,
    aten.avg_pool2d.default: average_pool,
    aten.avg_pool2d_backward.default: average_pool_backward,
}

"""Index expressions: where a term reads an axis of a tensor.

With labels ``l`` of known lengths, ``n = offset + sum of stride * l``. The axis is read at
``n / divisor`` where that is a whole number in ``[0, length)``; elsewhere the operand is zero. A
slice is ``step * l + start``, a convolution's window ``stride * p + dilation * i - padding``, an
axis that merges two ``length * a + b``, the input gradient of a strided convolution
``(h + padding - i) / stride``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Index:
    """``(offset + sum of stride * label) / divisor``; labels ascend, strides are not zero."""

    labels: tuple[tuple[int, int], ...]
    offset: int = 0
    divisor: int = 1

    @property
    def plain(self) -> int | None:
        """The label, where the index is one label and nothing else."""
        if len(self.labels) == 1 and self.offset == 0 and self.divisor == 1:
            label, stride = self.labels[0]
            return label if stride == 1 else None
        return None

    @property
    def names(self) -> tuple[int, ...]:
        """Its labels."""
        return tuple(label for label, _ in self.labels)

    def span(self, lengths: Mapping[int, int]) -> tuple[int, int]:
        """Least and greatest numerator; `lengths` are those of the labels."""
        low = high = self.offset
        for label, stride in self.labels:
            reach = stride * (lengths[label] - 1)
            low, high = low + min(reach, 0), high + max(reach, 0)
        return low, high

    def reach(self, lengths: Mapping[int, int]) -> tuple[int, int]:
        """Least and greatest place; the first is above the second where there is none."""
        low, high = self.span(lengths)
        return -(-low // self.divisor), high // self.divisor

    def inside(self, length: int, lengths: Mapping[int, int]) -> bool:
        """Whether every reading is of a place of an axis of this length."""
        low, high = self.span(lengths)
        return self.divisor == 1 and low >= 0 and high < length

    def without(self, lengths: Mapping[int, int]) -> Index:
        """The same index without labels of length one."""
        return Index(tuple(p for p in self.labels if lengths[p[0]] != 1), self.offset, self.divisor)

    def renamed(self, names: Mapping[int, int]) -> Index:
        """With other labels."""
        return affine({names.get(a, a): s for a, s in self.labels}, self.offset, self.divisor)

    def compose(self, inner: Mapping[int, Index]) -> Index | None:
        """The index with labels replaced by the indices that `inner` gives for them.

        Returns None where that is no index with one divisor. Ranges are not looked at: that
        what an inner index reads as zero stays zero is up to the caller.
        """
        divided = [(s, inner[a].divisor) for a, s in self.labels if inner[a].divisor != 1]
        if len(divided) > 1:
            return None
        stride, divisor = divided[0] if divided else (1, 1)
        # Otherwise what the inner divisor does not divide could become divisible.
        if math.gcd(stride, divisor) != 1:
            return None
        offset = self.offset * divisor
        strides: dict[int, int] = {}
        for label, outer in self.labels:
            own = inner[label]
            factor = outer * (divisor // own.divisor)
            offset += factor * own.offset
            for name, step in own.labels:
                strides[name] = strides.get(name, 0) + factor * step
        return affine(strides, offset, self.divisor * divisor)


def affine(strides: Mapping[int, int], offset: int = 0, divisor: int = 1) -> Index:
    """An index in canonical form: labels ascend, common factors are divided out."""
    common = math.gcd(divisor, *strides.values())
    if common > 1 and offset % common == 0:
        divisor //= common
        offset //= common
        strides = {label: stride // common for label, stride in strides.items()}
    return Index(tuple(sorted((a, s) for a, s in strides.items() if s)), offset, divisor)


def place(offset: int) -> Index:
    """One place of an axis, whatever the labels are."""
    return Index((), offset)


def plain(labels: Iterable[int]) -> tuple[Index, ...]:
    """One plain index for each label."""
    return tuple(Index(((label, 1),)) for label in labels)


def identity(rank: int) -> tuple[Index, ...]:
    """Indices that name an output's axes in order."""
    return plain(range(rank))

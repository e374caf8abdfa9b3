"""Operands of sums: tensors read through index expressions.

docs/spec/arithmetic.md, 'Sum': with labels `l` of known lengths, an axis is read at
`(offset + sum of stride * l) / divisor` where that is a whole number inside of the axis, and the
operand is zero elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def labels_of(operand: Mapping[str, Any]) -> list[int]:
    """The operand's labels, axis by axis."""
    return [label for index in operand["axes"] for label, _ in index["labels"]]


def lengths_of(shape: Sequence[int], summed: Sequence[int]) -> dict[int, int]:
    """Lengths of a sum's labels: its output's axes, then those that are summed over."""
    return dict(enumerate([*shape, *summed]))


def read(values: Any, operand: Mapping[str, Any], lengths: Mapping[int, int]) -> Any:
    """The operand with one axis for each of `labels_of`, of any kind of numbers."""
    for place, index in enumerate(reversed(operand["axes"])):
        # From the last axis on: those in front of it are still where they were.
        axis = len(operand["axes"]) - 1 - place
        numerators = np.array(index["offset"])
        for label, stride in index["labels"]:
            numerators = numerators[..., np.newaxis] + stride * np.arange(lengths[label])
        places, rest = np.divmod(numerators, index["divisor"])
        outside = (rest != 0) | (places < 0) | (places >= values.shape[axis])
        front = np.moveaxis(values, axis, 0)[np.where(outside, 0, places).reshape(-1)]
        front[outside.reshape(-1)] = 0
        moved = np.moveaxis(front, 0, axis)
        values = moved.reshape((*moved.shape[:axis], *places.shape, *moved.shape[axis + 1 :]))
    return values

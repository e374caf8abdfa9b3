"""Reads a tensor through index expressions, place by place along each axis."""

from __future__ import annotations

import numpy as np


def read(array, axes, lengths):
    """The operand as an array over its labels, and these labels.

    `axes` has ``(labels with strides, offset, divisor)`` for each axis of `array`.
    """
    labels = []
    for pairs, offset, divisor in axes:
        n = np.asarray(offset)
        for label, stride in pairs:
            n = n[..., None] + stride * np.arange(lengths[label])
            labels.append(label)
        first = len(labels) - len(pairs)
        array = np.moveaxis(array, first, 0)
        length = array.shape[0]
        inside = (n % divisor == 0) & (n // divisor >= 0) & (n // divisor < length)
        taken = array[np.where(inside, n // divisor, 0)]
        taken = np.where(inside.reshape(inside.shape + (1,) * (taken.ndim - inside.ndim)), taken, 0)
        # Its labels go where the axis was.
        array = np.moveaxis(taken, range(len(pairs)), range(first, first + len(pairs)))
    return array, labels


def einsum(operands, out_shape, summed):
    """The product of operands ``(array, axes)``, summed; ones along absent output axes."""
    lengths = dict(enumerate([*out_shape, *summed]))
    arrays, flat, used = [], [], set()
    for array, axes in operands:
        values, labels = read(array, axes, lengths)
        arrays.append(values)
        flat += [values, labels]
        used.update(labels)
    out = [label for label in range(len(out_shape)) if label in used]
    result = np.einsum(*flat, out, optimize=len(arrays) > 1 and arrays[0].dtype == np.float64)
    shape = [n if label in used else 1 for label, n in enumerate(out_shape)]
    return np.broadcast_to(result.reshape(shape), out_shape)

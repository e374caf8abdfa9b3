"""Which terms of a sum can be different from zero together.

Parts of a concatenation, and pieces that fill a tensor, are zero outside of their places, so that
at any place of the output few terms meet. The rule is the program checker's
(docs/spec/arithmetic.md, 'No wrap-around').
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zkpot.program.graph import Shape
    from zkpot.program.index import Index
    from zkpot.program.real import Operand, Term

#: Longer axes are not looked at, and no axis whose patterns, combined with the groups so far, are
#: more than this.
LONGEST_AXIS, MOST_GROUPS = 1 << 12, 1 << 10


def meeting(terms: Sequence[Term], shape: Shape, shapes: Mapping[str, Shape]) -> set[int]:
    """Groups of terms that meet somewhere, as sets of bits: bit `i` is term `i`.

    Every place of the output belongs to a group that has all terms which are not zero there.
    """
    everyone = (1 << len(terms)) - 1
    groups = {everyone}
    if len(terms) < 2:
        return groups
    for label, length in enumerate(shape):
        if length > LONGEST_AXIS:
            continue
        bits = np.zeros(length, np.uint64)
        for number, term in enumerate(terms):
            alive = _alive(term, label, term.lengths(shape), shapes)
            bits |= alive.astype(np.uint64) << np.uint64(number)
        patterns = [int(pattern) for pattern in np.unique(bits)]
        if len(groups) * len(patterns) <= MOST_GROUPS:
            groups = {group & pattern for pattern in patterns for group in groups}
    return groups


def vanishes(operand: Operand, shapes: Mapping[str, Shape], lengths: Mapping[int, int]) -> bool:
    """Whether an operand is read outside of its tensor only, and so is zero."""
    for index, length in zip(operand.axes, shapes[operand.tensor], strict=True):
        low, high = index.reach(lengths)
        if max(low, 0) > min(high, length - 1):
            return True
    return False


def _alive(
    term: Term, label: int, lengths: Mapping[int, int], shapes: Mapping[str, Shape]
) -> np.ndarray:
    """For each value of a label, whether the term can be different from zero there."""
    alive = np.ones(lengths[label], bool)
    for operand in term.operands():
        for index, length in zip(operand.axes, shapes[operand.tensor], strict=True):
            if label in index.names:
                alive &= _reads(index, length, label, lengths)
    return alive


def _reads(index: Index, length: int, label: int, lengths: Mapping[int, int]) -> np.ndarray:
    stride = dict(index.labels)[label]
    low, high = index.span({**lengths, label: 1})
    values = np.arange(lengths[label], dtype=np.int64) * stride
    inside = (values + high >= 0) & (values + low <= (length - 1) * index.divisor)
    return inside & ((values + low) % index.divisor == 0) if low == high else inside

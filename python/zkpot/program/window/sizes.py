"""How large the tensors of a window get, from the float run of its steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zkpot.program.real import Sum

if TYPE_CHECKING:
    from zkpot.program.calibrate import Calibration
    from zkpot.program.real import Node, RealProgram
    from zkpot.program.window.choice import Window


def measure_window(program: RealProgram, measured: Calibration, window: Window) -> None:
    """Note, in place, the sizes of a window's tensors.

    A tensor of one of its steps is as large as that of any step. A block's elements are products
    of two rows, so no larger than the rows' lengths multiplied. A deferred state changes by as
    much as in all steps together.
    """
    producers = program.by_output()
    for name, source in window.copies.items():
        if source in measured.maxima:
            measured.maxima[name] = measured.maxima[source]
        if source in measured.courses:
            measured.courses[name] = measured.courses[source]
        if source in measured.lengths:
            measured.lengths[name] = measured.lengths[source]
    for block in window.blocks:
        node = producers.get(block)
        if isinstance(node, Sum):  # Others are equal to one that is there.
            (term,) = node.terms
            size = math.prod(term.summed)
            longest = [_longest(producers, measured, o.tensor, size) for o in term.operands()]
            measured.maxima[block] = math.prod(longest)
    for state in window.deferred:
        changes = measured.changes.get(state, ())
        measured.changes[state] = [window.steps * change for change in changes]


def _longest(producers: dict[str, Node], measured: Calibration, tensor: str, size: int) -> float:
    """The Euclidean length of a tensor's longest row of this size, or a bound of it."""
    known = measured.lengths.get(tensor, {})
    if size in known:
        return known[size]
    node = producers.get(tensor)
    if tensor not in measured.maxima and isinstance(node, Sum):
        # Rows of several steps, put together.
        parts = [term.left.tensor for term in node.terms]
        return max(_longest(producers, measured, part, size) for part in parts)
    return math.sqrt(size) * measured.maxima.get(tensor, 1.0)

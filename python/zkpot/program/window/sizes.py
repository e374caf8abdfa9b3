"""How large the tensors of a window get, from the float run of its steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zkpot.program.real import Sum
from zkpot.program.window.unroll import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zkpot.program.calibrate import Calibration
    from zkpot.program.real import Operand, RealProgram


def measure_window(
    program: RealProgram, measured: Calibration, deferred: Iterable[str], window: int
) -> None:
    """Note, in place, the sizes of a window's tensors.

    A tensor of one of its steps is as large as that of any step. A block's elements are products
    of two rows, so no larger than the rows' lengths multiplied. A deferred state changes by as
    much as in all steps together.
    """
    for node in program.nodes:
        name, step = _of_step(node.out)
        if step is not None and name in measured.maxima:
            measured.maxima[node.out] = measured.maxima[name]
            measured.courses[node.out] = measured.courses.get(name, [])
    for node in program.nodes:
        if "/block" in node.out and isinstance(node, Sum) and node.out not in measured.maxima:
            (term,) = node.terms
            longest = [_longest(program, measured, operand) for operand in term.operands()]
            measured.maxima[node.out] = math.prod(longest)
    for state in deferred:
        measured.changes[state] = [window * change for change in measured.changes.get(state, ())]


def _of_step(tensor: str) -> tuple[str, int | None]:
    name, separator, step = tensor.rpartition(SEPARATOR)
    return (name, int(step)) if separator and step.isdecimal() else (tensor, None)


def _longest(program: RealProgram, measured: Calibration, operand: Operand) -> float:
    """The Euclidean length of a tensor's longest row, or a bound of it."""
    tensor = operand.tensor.removesuffix("/rows")
    name, _ = _of_step(tensor)
    if name in measured.lengths:
        return measured.lengths[name]
    row = program.shapes[operand.tensor][-1]
    return math.sqrt(row) * measured.maxima.get(tensor, measured.maxima.get(name, 1.0))

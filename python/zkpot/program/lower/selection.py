"""Constant places of an axis: gathers and their transposes, as views where the places allow it.

Places are looked at as rows of slots, as those of windows are: ``offset + row_step * row +
slot_step * slot``, but for a few exceptions, where a window at the border reads another place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import Index, affine, identity, place, plain
from zkpot.program.lower.layout import change_shape
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering

#: More exceptions than this make a product with a matrix of zeros and ones.
MOST_EXCEPTIONS = 8
#: More terms than this do too.
MOST_TERMS = 32


@dataclass(frozen=True)
class Progression:
    """Places ``offset + row_step * row + slot_step * slot`` with exceptions ``row, slot, place``.

    At the exceptions the formula gives no place of the axis.
    """

    rows: int
    slots: int
    offset: int
    row_step: int
    slot_step: int
    exceptions: tuple[tuple[int, int, int], ...]


def find_progression(places: Sequence[int], length: int) -> Progression | None:
    """The places of an axis of this length as a progression, with the fewest exceptions."""
    best: Progression | None = None
    for slots in range(1, len(places) + 1):
        if len(places) % slots:
            continue
        found = _fit(np.asarray(places).reshape(-1, slots), length)
        if found is not None and (best is None or len(found.exceptions) < len(best.exceptions)):
            best = found
        if best is not None and not best.exceptions:
            break
    return best


def _fit(places: np.ndarray, length: int) -> Progression | None:
    rows, slots = places.shape
    row_step = _commonest(np.diff(places, axis=0))
    slot_step = _commonest(np.diff(places, axis=1))
    laid = row_step * np.arange(rows)[:, None] + slot_step * np.arange(slots)
    offset = _commonest(places - laid)
    formula = laid + offset
    different = np.argwhere(formula != places)
    outside = all(not 0 <= formula[r, s] < length for r, s in different)
    if len(different) > MOST_EXCEPTIONS or not outside:
        return None
    exceptions = tuple((int(r), int(s), int(places[r, s])) for r, s in different)
    return Progression(rows, slots, offset, row_step, slot_step, exceptions)


def _commonest(values: np.ndarray) -> int:
    counted = Counter(int(v) for v in values.ravel())
    return counted.most_common(1)[0][0] if counted else 0


def gather(low: Lowering, op: Op) -> None:
    """Places of an axis: constant ones, or those that labels name."""
    if not low.tensor(op, op.inputs[0]):
        return
    source, axis = op.inputs[0], op.attributes["axis"]
    places = op.attributes.get("places")
    if places is not None:
        take(low, source, op.output, axis, places)
        return
    labels = op.inputs[1]
    if not low.tensor(op, labels):
        return
    shape, own = low.shape(op.output), low.shape(labels)
    classes = low.program.shapes[source][axis]
    hot = low.apply("OneHot", (labels,), f"{labels}/onehot{classes}", (*own, classes))
    before = range(axis)
    after = range(axis + len(own), len(shape))
    term = Term(
        Fraction(1),
        Operand(hot, plain([*range(axis, axis + len(own)), len(shape)])),
        Operand(source, plain([*before, len(shape), *after])),
        summed=(classes,),
    )
    low.define(op.output, shape, [term])


def take(low: Lowering, source: str, out: str, axis: int, places: np.ndarray) -> str:
    """``out[.., j, ..] = source[.., places[j], ..]``; `places` of any shape stand for the axis."""
    before = low.program.shapes[source]
    shape = (*before[:axis], *places.shape, *before[axis + 1 :])
    found = find_progression([int(p) for p in places.ravel()], before[axis])
    if found is None:
        choice = np.zeros((places.size, before[axis]))
        choice[np.arange(places.size), places.ravel()] = 1
        flat = _choose(low, source, f"{out}/flat", axis, choice)
        return change_shape(low, flat, out, shape)
    split = (*before[:axis], found.rows, found.slots, *before[axis + 1 :])
    axes = [*plain(range(axis)), place(0), *plain(range(axis + 2, len(split)))]
    axes[axis] = affine({axis: found.row_step, axis + 1: found.slot_step}, found.offset)
    terms = [Term(Fraction(1), Operand(source, tuple(axes)))]
    for number, (row, slot, at) in enumerate(found.exceptions):
        axes[axis] = place(at)
        name = f"{out}/exception{number}"
        point = (*before[:axis], 1, 1, *before[axis + 1 :])
        low.view(source, name, point, axes)
        own = list(identity(len(split)))
        own[axis : axis + 2] = [affine({axis: 1}, -row), affine({axis + 1: 1}, -slot)]
        terms.append(Term(Fraction(1), Operand(name, tuple(own))))
    low.define(f"{out}/windows", split, terms)
    return change_shape(low, f"{out}/windows", out, shape)


def put(low: Lowering, source: str, out: str, axis: int, places: Sequence[int], length: int) -> str:
    """``out[.., places[j], ..] += source[.., j, ..]``: `take` transposed; `length` is out's."""
    before = low.program.shapes[source]
    shape = (*before[:axis], length, *before[axis + 1 :])
    found = find_progression(places, length)
    if found is not None:
        by_slots = found.slots <= found.rows
        step = found.row_step if by_slots else found.slot_step
        count, kept = sorted((found.rows, found.slots))
    if found is None or count + len(found.exceptions) > MOST_TERMS or (step == 0 and kept > 1):
        choice = np.zeros((length, len(places)))
        choice[np.asarray(places), np.arange(len(places))] = 1
        return _choose(low, source, out, axis, choice)
    split = (*before[:axis], found.rows, found.slots, *before[axis + 1 :])
    change_shape(low, source, f"{out}/windows", split)
    rest = plain(range(axis + 1, len(shape)))
    terms = []
    for number in range(count):
        other = found.slot_step if by_slots else found.row_step
        # The formula solved for the row or slot that is kept; its sign may be negative.
        sign = -1 if step < 0 else 1
        index = affine({axis: sign}, -sign * (found.offset + other * number), abs(step) or 1)
        pair = (index, place(number)) if by_slots else (place(number), index)
        axes = (*plain(range(axis)), *pair, *rest)
        terms.append(Term(Fraction(1), Operand(f"{out}/windows", axes)))
    for number, (row, slot, at) in enumerate(found.exceptions):
        name = f"{out}/exception{number}"
        point = (*before[:axis], 1, *before[axis + 1 :])
        pair = (place(row), place(slot))
        low.view(f"{out}/windows", name, point, (*plain(range(axis)), *pair, *rest))
        own: list[Index] = list(identity(len(shape)))
        own[axis] = affine({axis: 1}, -at)
        terms.append(Term(Fraction(1), Operand(name, tuple(own))))
    return low.define(out, shape, terms)


def _choose(low: Lowering, source: str, out: str, axis: int, choice: np.ndarray) -> str:
    """The product of an axis with a matrix (new length x old) of zeros and ones."""
    before = low.program.shapes[source]
    shape = (*before[:axis], len(choice), *before[axis + 1 :])
    name = low.add_constant(f"{out}/choice", choice)
    labels = [len(before) if a == axis else a for a in range(len(before))]
    term = Term(
        Fraction(1),
        Operand(source, plain(labels)),
        Operand(name, plain([axis, len(before)])),
        summed=(before[axis],),
    )
    return low.define(out, shape, [term])


def multiply_by_choice(low: Lowering, source: str, out: str, axis: int, matrix: np.ndarray) -> bool:
    """A product of an axis with a matrix (its length x the new one) that only moves elements.

    Returns:
        Whether it is one: a one in each column, or in each row, and zeros elsewhere.
    """
    if not np.all((matrix == 0) | (matrix == 1)):
        return False
    if np.all(matrix.sum(axis=0) == 1):
        take(low, source, out, axis, matrix.argmax(axis=0))
        return True
    if np.all(matrix.sum(axis=1) == 1):
        put(low, source, out, axis, [int(p) for p in matrix.argmax(axis=1)], matrix.shape[1])
        return True
    return False

"""Updates at constant places: put there, added to what is there, or multiplied or compared with it.

What is put is one gather from the old elements and the updates. Sums are products with a matrix of
zeros and ones. Other reductions go in rounds: each takes the next update of every place that has
one left, so that no place comes twice in a round.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.spelled.place import choice, integers, of_shape, positions

if TYPE_CHECKING:
    from zkpot.program.graph import Shape
    from zkpot.program.spelled.place import Body, Place

#: Updates of one place that are multiplied or compared one after the other.
MOST_ROUNDS = 64

_REDUCTIONS = {"mul": "Mul", "max": "Max", "min": "Min"}


@of_shape
def _scattered(place: Place, shape: Shape) -> str | None:
    updates, indices = place.shape(2), place.constant(1)
    if updates is None or indices is None or not indices.size:
        return None
    size = math.prod(shape)
    found = _destinations(place, shape, indices, updates)
    reduction = place.attribute("reduction", "none")
    if reduction == "none":
        body = _put(found, size)
    elif reduction == "add":
        body = f"""
            line = {integers([1, -1])}
            added = Reshape (updates, line)
            {choice("ones", found, size)}
            moved = MatMul (added, ones)
            result = Add (moved, flat)"""
    else:
        written = _in_rounds(found, size, _REDUCTIONS[reduction])
        if written is None:
            return None
        body = written
    return f"""(x, given, updates) => (y) {{
        row = {integers([-1])}
        flat = Reshape (x, row)
        news = Reshape (updates, row)
        {body}
        shape = {integers(shape)}
        y = Reshape (result, shape)
    }}"""


def _destinations(place: Place, shape: Shape, indices: np.ndarray, updates: Shape) -> np.ndarray:
    """The number, in row-major order, of the element that each update goes to."""
    if place.node.op_type == "ScatterND":
        along = list(np.moveaxis(indices, -1, 0))
    else:
        along = list(np.indices(updates))
        along[place.attribute("axis", 0) % len(shape)] = indices
    numbers = np.arange(math.prod(shape)).reshape(shape)
    return np.asarray(numbers[tuple(along)], np.int64).ravel()


def _put(found: np.ndarray, size: int) -> str:
    """The last of several updates of one place stays."""
    sources = np.arange(size)
    for number, place in enumerate(found):
        sources[place] = size + number
    return f"""
        all = Concat <axis = 0> (flat, news)
        {positions("sources", sources)}
        result = Gather <axis = 0> (all, sources)"""


def _in_rounds(found: np.ndarray, size: int, operator: str) -> str | None:
    """Places in the order of how often they come: those of a round are the first of them."""
    updates: dict[int, list[int]] = {}
    for number, place in enumerate(found):
        updates.setdefault(int(place), []).append(number)
    order = sorted(updates, key=lambda place: -len(updates[place]))
    rounds = len(updates[order[0]])
    if rounds > MOST_ROUNDS:
        return None
    sources, end = np.arange(size), size
    lines = [
        f"""{positions("touched", np.asarray(order))}
        old0 = Gather <axis = 0> (flat, touched)
        first = {integers([0])}"""
    ]
    for turn in range(rounds):
        own = [place for place in order if len(updates[place]) > turn]
        sources[own] = end + np.arange(len(own))
        end += len(own)
        taken = np.asarray([updates[place][turn] for place in own])
        if turn:
            lines.append(f"""end{turn} = {integers([len(own)])}
                old{turn} = Slice (done{turn - 1}, first, end{turn})""")
        lines.append(f"""{positions(f"from{turn}", taken)}
            new{turn} = Gather <axis = 0> (news, from{turn})
            done{turn} = {operator} (old{turn}, new{turn})""")
    newline = "\n"
    return f"""
        {newline.join(lines)}
        all = Concat <axis = 0> (flat, {", ".join(f"done{turn}" for turn in range(rounds))})
        {positions("sources", sources)}
        result = Gather <axis = 0> (all, sources)"""


BODIES: dict[str, Body] = {"ScatterElements": _scattered, "ScatterND": _scattered}

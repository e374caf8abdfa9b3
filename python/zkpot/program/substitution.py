"""Replacing an operand by the sum that computes it.

An outer term reads a sum's output through indices; the sum reads its own operands through
others. One index in place of the two exists where the composition is affine with one divisor, and
where it reads zero wherever the outer index did: outside of the sum's output, even if the inner
tensor goes on there.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import Index, place
from zkpot.program.real import Operand, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.graph import Shape

Shapes = dict[str, "Shape"]


def substitute(
    term: Term, side: int, inner: Sum, shape: Shape, shapes: Shapes
) -> list[Term] | None:
    """The term with operand `side` replaced by the terms of the sum that computes it.

    Args:
        term: of a sum whose output has the shape `shape`.
        side: 0 or 1.
        inner: the sum; its constant is left out.
        shape: of the outer sum's output.
        shapes: of all tensors.

    Returns:
        The terms, or None where the result is no sum of products of two: two learning rates,
        three tensors, or indices that do not compose.
    """
    results = []
    for part in inner.terms:
        if term.scalar and part.scalar:
            return None
        if term.right is not None and part.right is not None:
            return None
        made = _substitute_part(term, side, part, shape, shapes)
        if made is None:
            return None
        results.append(made)
    return results


def _substitute_part(
    term: Term, side: int, part: Term, shape: Shape, shapes: Shapes
) -> Term | None:
    operand = term.operands()[side]
    other = term.operands()[1 - side] if term.right is not None else None
    inner_shape = shapes[operand.tensor]
    lengths = term.lengths(shape)
    first = len(shape) + len(term.summed)
    given = dict(enumerate(operand.axes))
    for own, length in enumerate(part.summed):
        given[len(inner_shape) + own] = Index(((first + own, 1),))
        lengths[first + own] = length
    if not _zeros_survive(operand, part, inner_shape, lengths, shapes):
        return None
    moved = []
    for source in part.operands():
        axes = [index.compose(given) for index in source.axes]
        if any(index is None for index in axes):
            return None
        moved.append(Operand(source.tensor, tuple(index for index in axes if index is not None)))
    operands = moved if other is None else [moved[0], other]
    if other is not None and side == 1:
        operands.reverse()
    return tidy(
        Term(
            term.coefficient * part.coefficient,
            operands[0],
            operands[1] if len(operands) > 1 else None,
            term.scalar or part.scalar,
            term.summed + part.summed,
        ),
        shape,
        shapes,
    )


def always_inside(operand: Operand, shapes: Shapes, lengths: Mapping[int, int]) -> bool:
    """Whether an operand reads places of its tensor alone, and no zeros beside them."""
    axes = zip(operand.axes, shapes[operand.tensor], strict=True)
    return all(index.inside(length, lengths) for index, length in axes)


def _zeros_survive(
    operand: Operand, part: Term, inner_shape: Shape, lengths: Mapping[int, int], shapes: Shapes
) -> bool:
    """Whether the composition reads zero where the outer index reads outside of the sum."""
    reaches = {axis: index.reach(lengths) for axis, index in enumerate(operand.axes)}
    for label, length in enumerate(part.summed, start=len(inner_shape)):
        reaches[label] = (0, length - 1)
    for axis, (index, length) in enumerate(zip(operand.axes, inner_shape, strict=True)):
        if index.inside(length, lengths):
            continue
        guards = [
            (inner, end)
            for source in part.operands()
            for inner, end in zip(source.axes, shapes[source.tensor], strict=True)
            if axis in inner.names
        ]
        if not any(_guards(axis, length, inner, end, reaches) for inner, end in guards):
            return False
    return True


def _guards(
    axis: int, length: int, inner: Index, end: int, reaches: Mapping[int, tuple[int, int]]
) -> bool:
    """Whether an inner index leaves its axis of length `end` where label `axis` leaves its own."""
    stride = dict(inner.labels)[axis]
    low = high = inner.offset
    for label, step in inner.labels:
        if label != axis:
            ends = sorted((step * reaches[label][0], step * reaches[label][1]))
            low, high = low + ends[0], high + ends[1]
    last = (end - 1) * inner.divisor

    def outside(value: int) -> bool:
        """Whether all readings are outside, from this value of the label on."""
        rising = (stride > 0) == (value >= 0)
        return low + stride * value > last if rising else high + stride * value < 0

    below, above = reaches[axis]
    return (below >= 0 or outside(-1)) and (above < length or outside(length))


def tidy(term: Term, shape: Shape, shapes: Shapes) -> Term:
    """The term in canonical form.

    Summed labels are numbered in order of appearance; those that no operand names become a
    factor, those of length one a place. An axis of length one is read by the output's label of the
    same place where that has length one too.
    """
    rank = len(shape)
    lengths = term.lengths(shape)
    kept = [_with_places(o, shape, shapes[o.tensor], lengths) for o in term.operands()]
    named = set().union(*(o.names for o in kept))
    repeated = math.prod(n for a, n in lengths.items() if a >= rank and a not in named)
    names: dict[int, int] = {}
    for operand in kept:
        for index in operand.axes:
            for label, _ in sorted(index.labels, key=lambda p: (-abs(p[1]), -p[1], p[0])):
                if label >= rank:
                    names.setdefault(label, rank + len(names))
    return Term(
        term.coefficient * repeated,
        kept[0].renamed(names),
        kept[1].renamed(names) if len(kept) > 1 else None,
        term.scalar,
        tuple(lengths[label] for label in names),
    )


def _with_places(operand: Operand, shape: Shape, own: Shape, lengths: Mapping[int, int]) -> Operand:
    axes = [
        index if index.plain is not None and index.plain < len(shape) else index.without(lengths)
        for index in operand.axes
    ]
    used = {label for index in axes for label in index.names}
    for axis, index in enumerate(axes):
        free = axis < len(shape) and shape[axis] == 1 and axis not in used
        if index == place(0) and own[axis] == 1 and free:
            axes[axis] = Index(((axis, 1),))
    return Operand(operand.tensor, tuple(axes))


def constant_part(
    term: Term, side: int, constant: Fraction, shape: Shape, shapes: Shapes
) -> tuple[list[Term], Fraction] | None:
    """What remains of a term whose operand `side` is `constant` everywhere: terms and a constant.

    None where the operand is also read outside of itself, or where a learning rate is all that
    remains.
    """
    operand = term.operands()[side]
    lengths = term.lengths(shape)
    if not always_inside(operand, shapes, lengths):
        return None
    factor = term.coefficient * constant
    if term.right is None:
        if term.scalar is not None:
            return None
        return [], factor * math.prod(term.summed)
    rest = replace(term, coefficient=factor, left=term.operands()[1 - side], right=None)
    return [tidy(rest, shape, shapes)], Fraction(0)

"""Sums, differences, reductions and running sums."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import plain
from zkpot.program.public import plus
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering
    from zkpot.program.public import Affine


def _combine(low: Lowering, op: Op, signs: tuple[int, int]) -> None:
    scalars = [low.scalar(name) for name in op.inputs]
    if all(s is not None for s in scalars):
        total: Affine = {}
        for sign, affine in zip(signs, scalars, strict=True):
            total = plus(total, {rate: sign * value for rate, value in (affine or {}).items()})
        low.affine[op.output] = total
        return
    shape = low.shape(op.output)
    terms: list[Term] = []
    constant = Fraction(0)
    complete = True
    for sign, name in zip(signs, op.inputs, strict=True):
        parts = low.parts(op, name, shape)
        if parts is None:
            complete = False
            continue
        terms += [t.scaled(Fraction(sign)) for t in parts[0]]
        constant += sign * parts[1]
    if complete:
        low.define(op.output, shape, terms, constant)


def add(low: Lowering, op: Op) -> None:
    """``a + b``, broadcast."""
    _combine(low, op, (1, 1))


def subtract(low: Lowering, op: Op) -> None:
    """``a - b``, broadcast."""
    _combine(low, op, (1, -1))


def reduce_sum(low: Lowering, op: Op) -> None:
    """Labels that the output lacks, or has with length one."""
    affine = low.scalar(op.inputs[0])
    if affine is not None:
        count = math.prod(low.shape(op.inputs[0])[axis] for axis in op.attributes["axes"])
        low.affine[op.output] = {rate: value * count for rate, value in affine.items()}
        return
    if not low.tensor(op, op.inputs[0]):
        return
    before, after = low.shape(op.inputs[0]), low.shape(op.output)
    reduced = op.attributes["axes"]
    keep = len(before) == len(after)
    labels: list[int] = []
    summed: list[int] = []
    for axis, length in enumerate(before):
        if axis in reduced:
            labels.append(len(after) + len(summed))
            summed.append(length)
        else:
            labels.append(axis if keep else axis - len(summed))
    low.view(op.inputs[0], op.output, after, plain(labels), tuple(summed))


def running_sum(low: Lowering, op: Op) -> None:
    """``CumSum``: a product with a triangle of ones."""
    if not low.tensor(op, op.inputs[0]):
        return
    shape, axis = low.shape(op.output), op.attributes["axis"]
    length, rank = shape[axis], len(shape)
    triangle = np.tri(length, k=-1 if op.attributes["exclusive"] else 0)
    if op.attributes["reverse"]:
        triangle = triangle.T
    name = low.add_constant(f"{op.output}/triangle", triangle)
    labels = [rank if a == axis else a for a in range(rank)]
    term = Term(
        Fraction(1),
        Operand(op.inputs[0], plain(labels)),
        Operand(name, plain([axis, rank])),
        summed=(length,),
    )
    low.define(op.output, shape, [term])

"""Maxima over the last axis, and which element is the first of the greatest."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import affine, identity, plain
from zkpot.program.real import Operand, Term
from zkpot.program.softmax import BELOW_MAX

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering

#: Slots of a longer row are counted by a product with a triangle of ones.
MOST_SHIFTS = 32


def reduce_max(low: Lowering, op: Op) -> None:
    """Max over the last axis, which comes back with length one where the operator keeps it."""
    argument = op.inputs[0]
    if not low.tensor(op, argument):
        return
    shape = low.shape(argument)
    top = low.apply("Max", (argument,), f"{argument}/max", shape[:-1])
    low.view(top, op.output, low.shape(op.output), identity(len(shape) - 1))


def place_of_maximum(low: Lowering, op: Op) -> None:
    """``ArgMax`` over the last axis: remembered, for the one-hot rows that are made of it."""
    if low.tensor(op, op.inputs[0]):
        low.places[op.output] = op.inputs[0]


def first_maximum(low: Lowering, tensor: str) -> str:
    """One-hot rows: 1 at the first of a row's greatest elements.

    ``s`` is 1 below the maximum. An element is the first maximum where neither it nor, for any
    before it, ``1 - s`` is: ``(1 - s[u]) - sum over v < u of (1 - s[v]) > 0``.
    """
    hot = f"{tensor}/first_max"
    if hot in low.program.shapes:
        return hot
    shape = low.program.shapes[tensor]
    rank, length = len(shape), shape[-1]
    top = low.apply("Max", (tensor,), f"{tensor}/max", shape[:-1])
    below = tensor + BELOW_MAX
    largest = Term(Fraction(1), Operand(top, identity(rank - 1)))
    itself = Term(Fraction(-1), Operand(tensor, identity(rank)))
    low.define(below, shape, [largest, itself])
    lower = low.apply("Step", (below,), f"{below}/positive", shape)
    ramp = low.add_constant(f"{tensor}/ramp", 1.0 - np.arange(length))
    terms = [
        Term(Fraction(1), Operand(ramp, plain([rank - 1]))),
        Term(Fraction(-1), Operand(lower, identity(rank))),
        *_before(low, lower, f"{tensor}/before"),
    ]
    low.define(f"{tensor}/lead", shape, terms)
    return low.apply("Step", (f"{tensor}/lead",), hot, shape)


def _before(low: Lowering, tensor: str, name: str) -> list[Term]:
    """Terms that add up the elements in front of each element of a row."""
    rank, length = len(low.program.shapes[tensor]), low.program.shapes[tensor][-1]
    if length <= MOST_SHIFTS:
        leading = identity(rank - 1)
        return [
            Term(Fraction(1), Operand(tensor, (*leading, affine({rank - 1: 1}, -shift))))
            for shift in range(1, length)
        ]
    triangle = low.add_constant(name, np.tri(length, k=-1))
    row = Operand(tensor, plain([*range(rank - 1), rank]))
    ones = Operand(triangle, plain([rank - 1, rank]))
    return [Term(Fraction(1), row, ones, summed=(length,))]

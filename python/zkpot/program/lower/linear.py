"""Sums, differences, transpositions, reductions and changes of shape."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Affine, Lowering


def _combine(low: Lowering, op: Op, signs: tuple[int, int]) -> None:
    scalars = [low.scalar(name) for name in op.inputs]
    if all(s is not None for s in scalars):
        total: Affine = {}
        for sign, affine in zip(signs, scalars, strict=True):
            for rate, value in (affine or {}).items():
                total[rate] = total.get(rate, Fraction(0)) + sign * value
        low.affine[op.output] = total
        return
    shape = low.shape(op.output)
    terms: list[Term] = []
    constant = Fraction(0)
    complete = True
    for sign, name, affine in zip(signs, op.inputs, scalars, strict=True):
        if affine is not None and set(affine) <= {None}:
            constant += sign * affine.get(None, Fraction(0))
        elif low.tensor(op, name):
            operand, _ = low.operand(name, shape, len(shape))
            terms.append(Term(Fraction(sign), operand))
        else:
            complete = False
    if complete:
        low.define(op.output, shape, terms, constant)


def add(low: Lowering, op: Op) -> None:
    """``a + b``, broadcast."""
    _combine(low, op, (1, 1))


def subtract(low: Lowering, op: Op) -> None:
    """``a - b``, broadcast."""
    _combine(low, op, (1, -1))


def reshape(low: Lowering, op: Op) -> None:
    """Axes of length one appear and disappear; nothing else may change."""
    affine = low.scalar(op.inputs[0])
    if affine is not None:
        low.affine[op.output] = affine
        return
    if not low.tensor(op, op.inputs[0]):
        return
    before, after = low.shape(op.inputs[0]), low.shape(op.output)
    if [n for n in before if n != 1] != [n for n in after if n != 1]:
        low.complaints.form(op.name, op.kind, f"it reshapes {list(before)} to {list(after)}")
        return
    targets = iter([axis for axis, n in enumerate(after) if n != 1])
    fresh = len(after)
    axes = []
    for length in before:
        if length == 1:
            axes.append(fresh)
            fresh += 1
        else:
            axes.append(next(targets))
    low.define(
        op.output, after, [Term(Fraction(1), Operand(op.inputs[0], tuple(axes)))], Fraction(0)
    )


def expand(low: Lowering, op: Op) -> None:
    """Repetition along axes."""
    affine = low.scalar(op.inputs[0])
    if affine is not None:
        low.affine[op.output] = affine
        return
    if not low.tensor(op, op.inputs[0]):
        return
    shape = low.shape(op.output)
    operand, _ = low.operand(op.inputs[0], shape, len(shape))
    low.define(op.output, shape, [Term(Fraction(1), operand)], Fraction(0))


def transpose(low: Lowering, op: Op) -> None:
    """A permutation of labels."""
    if not low.tensor(op, op.inputs[0]):
        return
    axes = [0] * len(op.attributes["perm"])
    for out_axis, in_axis in enumerate(op.attributes["perm"]):
        axes[in_axis] = out_axis
    operand = Operand(op.inputs[0], tuple(axes))
    low.define(op.output, low.shape(op.output), [Term(Fraction(1), operand)], Fraction(0))


def reduce_sum(low: Lowering, op: Op) -> None:
    """Labels that the output lacks."""
    if not low.tensor(op, op.inputs[0]):
        return
    before, after = low.shape(op.inputs[0]), low.shape(op.output)
    reduced = op.attributes["axes"]
    keep = len(before) == len(after)
    axes = []
    kept, fresh = 0, len(after)
    for axis in range(len(before)):
        if axis in reduced:
            axes.append(fresh)
            fresh += 1
        else:
            axes.append(axis if keep else kept)
            kept += 1
    low.define(
        op.output, after, [Term(Fraction(1), Operand(op.inputs[0], tuple(axes)))], Fraction(0)
    )

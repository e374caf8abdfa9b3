"""What is made of conditions, which are zeros and ones: logic, and the choice of two tensors."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import identity
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering, Parts


def conjunction(low: Lowering, op: Op) -> None:
    """``a and b``."""
    _logic(low, op, Fraction(1), Fraction(0))


def disjunction(low: Lowering, op: Op) -> None:
    """``a or b``."""
    _logic(low, op, Fraction(-1), Fraction(1))


def exclusion(low: Lowering, op: Op) -> None:
    """``a xor b``."""
    _logic(low, op, Fraction(-2), Fraction(1))


def negation(low: Lowering, op: Op) -> None:
    """``not a``."""
    known = low.scalar(op.inputs[0])
    if known is not None:
        low.affine[op.output] = {None: Fraction(1) - known.get(None, Fraction(0))}
        return
    if low.tensor(op, op.inputs[0]):
        shape = low.shape(op.output)
        term = Term(Fraction(-1), Operand(op.inputs[0], identity(len(shape))))
        low.define(op.output, shape, [term], Fraction(1))


def _logic(low: Lowering, op: Op, both: Fraction, each: Fraction) -> None:
    """``each * (a + b) + both * a b`` of two conditions."""
    if not all(low.tensor(op, name) for name in op.inputs):
        return
    shape = low.shape(op.output)
    left, right = (low.operand(name, shape) for name in op.inputs)
    terms = [Term(both, left, right)] if both else []
    terms += [Term(each, left), Term(each, right)] if each else []
    low.define(op.output, shape, terms)


def where(low: Lowering, op: Op) -> None:
    """``condition * a + (1 - condition) * b``."""
    condition, *choices = op.inputs
    shape = low.shape(op.output)
    known = low.scalar(condition)
    if known is not None:
        chosen = choices[0] if known.get(None) else choices[1]
        number = low.scalar(chosen)
        if number is not None:
            low.affine[op.output] = number
            return
        known_parts = low.parts(op, chosen, shape)
        if known_parts is not None:
            low.define(op.output, shape, *known_parts)
        return
    if not low.tensor(op, condition):
        return
    rank = len(shape)
    bit = low.operand(condition, shape)
    parts = [low.parts(op, name, shape) for name in choices]
    if parts[0] is None or parts[1] is None:
        return
    if bit.axes != identity(rank):
        wide = f"{op.output}/condition"
        low.define(wide, shape, [Term(Fraction(1), bit)])
        condition = wide
    kept = _selected(condition, parts[0], rank, Fraction(1))
    lost = _selected(condition, parts[1], rank, Fraction(-1))
    low.define(op.output, shape, [*kept, *parts[1][0], *lost], parts[1][1])


def _selected(bit: str, parts: Parts, rank: int, sign: Fraction) -> list[Term]:
    """``sign * bit * parts``, whose terms have one factor each."""
    terms, constant = parts
    choice = Operand(bit, identity(rank))
    chosen = [replace(t, left=choice, right=t.left).scaled(sign) for t in terms]
    if constant:
        chosen.append(Term(constant * sign, choice))
    return chosen

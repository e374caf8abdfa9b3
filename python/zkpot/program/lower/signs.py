"""The bit that says whether a number is positive, and what is made of it: ReLU, abs, sign."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import identity
from zkpot.program.rational import recognise
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering


def step(low: Lowering, argument: str) -> str:
    """``argument > 0``, where the argument is wanted narrow anyway."""
    low.stepped.add(argument)
    return low.apply("Step", (argument,), f"{argument}/positive", low.program.shapes[argument])


def positive(low: Lowering, tensor: str) -> str:
    """``tensor > 0``: the bit that ReLU has already, where there is one."""
    tensor = low.relus.get(tensor, tensor)
    if tensor in low.stepped:
        return step(low, tensor)
    out = f"{tensor}/positive"
    return low.apply("Positive", (tensor,), out, low.program.shapes[tensor])


def relu(low: Lowering, op: Op) -> None:
    """``step(z) * z``: committing one bit makes the product virtual."""
    argument = op.inputs[0]
    if not low.tensor(op, argument):
        return
    shape = low.shape(argument)
    axes = identity(len(shape))
    term = Term(Fraction(1), Operand(step(low, argument), axes), Operand(argument, axes))
    low.define(op.output, shape, [term])
    low.relus[op.output] = argument


def absolute(low: Lowering, op: Op) -> None:
    """``2 [x > 0] x - x``."""
    if not low.tensor(op, op.inputs[0]):
        return
    source, shape = op.inputs[0], low.shape(op.output)
    operand = Operand(source, identity(len(shape)))
    bit = Operand(positive(low, source), identity(len(shape)))
    low.define(op.output, shape, [Term(Fraction(2), bit, operand), Term(Fraction(-1), operand)])


def sign(low: Lowering, op: Op) -> None:
    """``[x > 0] - [-x > 0]``."""
    if not low.tensor(op, op.inputs[0]):
        return
    source, shape = op.inputs[0], low.shape(op.output)
    axes = identity(len(shape))
    negated = f"{source}/negated"
    if negated not in low.program.shapes:
        low.define(negated, shape, [Term(Fraction(-1), Operand(source, axes))])
    bits = [Operand(positive(low, name), axes) for name in (source, negated)]
    low.define(op.output, shape, [Term(Fraction(1), bits[0]), Term(Fraction(-1), bits[1])])


def leaky_relu(low: Lowering, op: Op) -> None:
    """``alpha x + (1 - alpha) [x > 0] x``."""
    if not low.tensor(op, op.inputs[0]):
        return
    alpha = recognise(float(op.attributes.get("alpha", 0.01)))
    source, shape = op.inputs[0], low.shape(op.output)
    operand = Operand(source, identity(len(shape)))
    bit = Operand(step(low, source), identity(len(shape)))
    low.define(op.output, shape, [Term(1 - alpha, bit, operand), Term(alpha, operand)])

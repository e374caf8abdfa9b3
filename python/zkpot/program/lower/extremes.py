"""The larger or the smaller of several tensors and numbers, element by element."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import identity
from zkpot.program.lower.comparisons import difference
from zkpot.program.lower.quotients import quotient
from zkpot.program.lower.signs import positive, relu
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering


def maximum(low: Lowering, op: Op) -> None:
    """The larger of two tensors, or of a tensor and a number."""
    _fold(low, op, [name for name in op.inputs if name], Fraction(1))


def minimum(low: Lowering, op: Op) -> None:
    """The smaller one; ``min(c / x, d)`` is ``c / max(x, c / d)``, whatever x."""
    names = [name for name in op.inputs if name]
    if len(names) == 2 and _bounded_quotient(low, op, names):
        return
    _fold(low, op, names, Fraction(-1))


def clip(low: Lowering, op: Op) -> None:
    """Between two bounds, each of which may be missing."""
    source, *bounds = op.inputs
    low_bound, high_bound = (*bounds, "", "")[:2]
    names = [(low_bound, Fraction(1)), (high_bound, Fraction(-1))]
    if low.tensor(op, source):
        _in_turn(low, op, source, [(name, sign) for name, sign in names if name])


def _fold(low: Lowering, op: Op, names: list[str], sign: Fraction) -> None:
    """The largest or smallest of several inputs."""
    numbers = [n for n in names if low.scalar(n) is not None]
    tensors = [n for n in names if low.scalar(n) is None]
    if not tensors:
        low.complaints.form(op.name, op.kind, "its inputs are all constant")
        return
    if sign > 0 and numbers and low.scalar(numbers[0]) == {None: Fraction(0)} and len(names) == 2:
        relu(low, replace(op, inputs=(tensors[0],)))
        return
    _in_turn(low, op, tensors[0], [(name, sign) for name in (*tensors[1:], *numbers)])


def _in_turn(low: Lowering, op: Op, result: str, others: list[tuple[str, Fraction]]) -> None:
    """The larger of a tensor and another, or the smaller where the sign is negative, and so on."""
    shape = low.shape(op.output)
    for number, (name, sign) in enumerate(others):
        out = op.output if number == len(others) - 1 else f"{op.output}/{number}"
        low.graph.shapes.setdefault(out, shape)
        _extreme(low, op, result, name, out, sign)
        result = out
    if not others:
        low.view(result, op.output, shape, identity(len(shape)))


def _extreme(low: Lowering, op: Op, left: str, right: str, out: str, sign: Fraction) -> None:
    """``right + sign * relu(sign * (left - right))``: the larger or the smaller of two."""
    shape = low.shape(op.output)
    pair = (left, right) if sign > 0 else (right, left)
    excess = difference(low, replace(op, outputs=(out,)), *pair)
    parts = low.parts(op, right, shape)
    if excess is None or parts is None:
        return
    axes = identity(len(shape))
    rest = Term(sign, Operand(positive(low, excess), axes), Operand(excess, axes))
    low.define(out, shape, [*parts[0], rest], parts[1])


def _bounded_quotient(low: Lowering, op: Op, names: list[str]) -> bool:
    """Whether one of two names is a quotient and the other its bound; then it is lowered."""
    for name, bound in (names, names[::-1]):
        producer = low.graph.producers().get(name)
        limit = low.scalar(bound)
        if producer is None or producer.kind != "Div" or limit is None or set(limit) != {None}:
            continue
        top = low.scalar(producer.inputs[0])
        if top is None or set(top) != {None} or top[None] <= 0 or limit[None] <= 0:
            continue
        source = producer.inputs[1]
        if low.scalar(source) is not None or low.shape(source) != low.shape(op.output):
            continue
        floor, least = f"{op.output}/least", f"{op.output}/floor"
        low.graph.shapes[floor] = low.shape(op.output)
        low.affine[least] = {None: top[None] / limit[None]}
        _extreme(low, op, source, least, floor, Fraction(1))
        quotient(low, op, top, floor)
        return True
    return False

"""What the float run does not show: public scalars, and tensors that the compiler made up.

Requires: a fused real program, and the maxima of the float run by ONNX name.
Ensures: every tensor whose largest value follows from others has one, and every public scalar that
is used has a least and a greatest value over the steps of a long run.
"""

from __future__ import annotations

import math
import operator
from dataclasses import replace
from typing import TYPE_CHECKING

from zkpot.program.fixed_point.quotients import PRECISE_BITS
from zkpot.program.formula import STEP, evaluate
from zkpot.program.quotients import is_one
from zkpot.program.real import Bernoulli, Constant, Function, RealProgram, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.calibrate import Calibration

#: Steps at which public scalars are looked at, close at first: up to a million.
SAMPLED_STEPS = sorted({*range(64), *(int(1.2**k) for k in range(12, 76))})


def public_scalars(
    program: RealProgram, defaults: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """The public scalars that terms carry, with the least and greatest value of each.

    They become the program's, in order of appearance.
    """
    used = [t.scalar for n in program.nodes if isinstance(n, Sum) for t in n.terms if t.scalar]
    names = tuple(dict.fromkeys(used))
    program.roles = replace(program.roles, scalars=names)
    return {name: _over_steps(name, defaults) for name in names}


def _over_steps(formula: str, defaults: Mapping[str, float]) -> tuple[float, float]:
    values = [_at(formula, defaults, step) for step in SAMPLED_STEPS]
    return min(values), max(values)


def _at(formula: str | None, defaults: Mapping[str, float], step: int) -> float:
    return evaluate(formula, {**defaults, STEP: float(step)}) if formula else 1.0


def drop_small_terms(
    program: RealProgram, measured: Calibration, defaults: Mapping[str, float], headroom: int
) -> None:
    """Leave out what is less than half the unit of a root beside it: Adam's epsilon.

    A root is at least one unit, so nothing is divided by zero.
    """
    producers = program.by_output()
    divisors = {n.args[1] for n in program.nodes if isinstance(n, Function) and n.kind == "Divide"}
    for index, node in enumerate(program.nodes):
        if not isinstance(node, Sum) or node.out not in divisors:
            continue
        known = [measured.maxima.get(t.left.tensor, 0.0) for t in node.terms]
        small = max(known, default=0.0) / 2.0 ** (PRECISE_BITS - headroom + 1)
        kept = tuple(
            t
            for t in node.terms
            if not is_one(producers, t.left.tensor)
            or abs(float(t.coefficient)) * _over_steps(t.scalar or "1", defaults)[1] >= small
        )
        program.nodes[index] = replace(node, terms=kept)


def complete(
    program: RealProgram,
    measured: Calibration,
    defaults: Mapping[str, float],
) -> None:
    """Bound what the float run lacks by what it has."""
    maxima = measured.maxima
    scalars = {scalar for _, _, scalar in program.factors.values()}
    values = {s: [_at(s, defaults, step) for step in range(measured.steps)] for s in scalars}
    for quotient, (source, coefficient, scalar) in program.factors.items():
        course = measured.courses.get(source, ())
        if len(course) == measured.steps and all(values[scalar]):
            plain = max(map(operator.truediv, course, values[scalar]))
            maxima[quotient] = plain / abs(float(coefficient))
    for node in program.nodes:
        if node.out in maxima:
            continue
        if isinstance(node, Constant):
            maxima[node.out] = max(map(abs, node.values))
        elif isinstance(node, Bernoulli):
            maxima[node.out] = 1.0
        elif isinstance(node, Function):
            if node.kind in ("Step", "Positive", "OneHot"):
                maxima[node.out] = 1.0
            elif node.kind == "Root" and node.args[0] in maxima:
                maxima[node.out] = math.sqrt(maxima[node.args[0]])
            elif node.kind == "Max" and node.args[0] in maxima:
                maxima[node.out] = maxima[node.args[0]]
        elif all(o.tensor in maxima for t in node.terms for o in t.operands()):
            terms = sum(_largest(t, maxima, defaults) for t in node.terms)
            maxima[node.out] = terms + abs(float(node.constant))


def _largest(
    term: Term,
    maxima: Mapping[str, float],
    defaults: Mapping[str, float],
) -> float:
    size = abs(float(term.coefficient)) * math.prod(term.summed)
    for operand in term.operands():
        size *= maxima[operand.tensor]
    return size * (_over_steps(term.scalar, defaults)[1] if term.scalar else 1.0)

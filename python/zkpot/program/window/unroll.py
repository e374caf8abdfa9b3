"""A window of steps, one after another, as one step.

Requires: a fused real program whose data have the batch as their first axis.
Does: copies the nodes once for each step. A copy reads its own batch out of the window's rows and
the states that the copy before it computed; learning rates are those of its step, and the number
of a step counts all steps.
Ensures: the next states are those after the last step, the prediction is that of the first, which
is the one that the states at the beginning make; those of the others are its copies.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.errors import UnsupportedOperator
from zkpot.program.algebra import fuse, rename
from zkpot.program.formula import STEP, names_in, rate_at, renamed
from zkpot.program.index import Index, identity
from zkpot.program.real import Bernoulli, Operand, RealProgram, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.real import Node


def at(tensor: str, step: int) -> str:
    """What a tensor of the given step of a window is called."""
    return f"{tensor}@{step}"


def rates_of_window(rates: Mapping[str, float], window: int) -> dict[str, float]:
    """One rate for each step of a window."""
    return {rate_at(name, step): rate for name, rate in rates.items() for step in range(window)}


def can_be_windowed(program: RealProgram, batch: int) -> bool:
    """Whether :func:`unroll` takes the step."""
    return not _draws(program) and not _split(program, batch)


def _draws(program: RealProgram) -> bool:
    return any(isinstance(node, Bernoulli) for node in program.nodes)


def _split(program: RealProgram, batch: int) -> list[str]:
    """Data fields whose first axis is not the batch."""
    return [f for f in program.roles.data if program.shapes[f][:1] != (batch,)]


def unroll(program: RealProgram, batch: int, window: int) -> dict[str, str]:
    """Write `window` steps out, in place; returns which tensor of the step each one is a copy of.

    Args:
        program: one step.
        batch: rows of one step.
        window: number of steps.

    Raises:
        UnsupportedOperator: it draws random numbers, or reads rows that are not along a first axis.
    """
    if _draws(program):
        raise UnsupportedOperator(
            "a window of several steps cannot draw random tensors; compile with window 1"
        )
    shapes = program.shapes
    for field in _split(program, batch):
        raise UnsupportedOperator(
            f"data field '{field}' is read in parts of its batch, which a window of several "
            "steps cannot do; compile with window 1"
        )
    step, results = list(program.nodes), set(program.next.values())
    copies: dict[str, str] = {}
    program.nodes = []
    values = {state: state for state in program.next}
    chains: dict[str, list[str]] = {state: [] for state in program.next}
    for number in range(window):
        last = number == window - 1
        names = dict(values)
        for field in program.roles.data:
            names[field] = at(field, number)
            program.nodes.append(_rows(names[field], field, shapes[field], number * batch))
            shapes[names[field]] = shapes[field]
        for node in step:
            kept = (last and node.out in results) or (
                number == 0 and node.out == program.prediction
            )
            names[node.out] = node.out if kept else at(node.out, number)
            shapes[names[node.out]] = shapes[node.out]
            copies[names[node.out]] = node.out
            copied = replace(rename(node, names), out=names[node.out])
            program.nodes.append(_at_step(copied, program, number))
        values = {state: names[new] for state, new in program.next.items()}
        for state, value in values.items():
            chains[state].append(value)
    program.chains = {state: tuple(chain) for state, chain in chains.items()}
    for field in program.roles.data:
        shapes[field] = (window * batch, *shapes[field][1:])
    fuse(program)
    return copies


def _rows(out: str, field: str, shape: tuple[int, ...], first: int) -> Sum:
    """The rows of one step."""
    own = (Index(((0, 1),), first), *identity(len(shape))[1:])
    return Sum(out, (Term(Fraction(1), Operand(field, own)),))


def _at_step(node: Node, program: RealProgram, number: int) -> Node:
    """The node with the public scalars of its step."""
    if not isinstance(node, Sum):
        return node

    def moved(atom: str) -> str:
        names = {name: rate_at(name, number) for name in names_in(atom)}
        return renamed(atom, names | {STEP: f"({STEP} + {number})"})

    terms = []
    for term in node.terms:
        parts = program.public.monomial(term.scalar)
        scalar = program.public.key({moved(atom): e for atom, e in parts})
        terms.append(replace(term, scalar=scalar))
    return replace(node, terms=tuple(terms))

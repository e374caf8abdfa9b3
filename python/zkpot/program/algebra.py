"""Merging sums: fewer tensors, scales in place of multiplications.

Requires: a real program whose nodes are in topological order.
Does, until nothing changes:

- a sum of one linear term (a transposition, a multiple, a reduction, a change of shape) moves
  into every sum that reads it;
- any other sum that is read once, and linearly, moves into its reader (a bias joins its matrix
  product);
- a one-hot row summed over its classes is 1;
- sums that are constant become coefficients of their readers;
- equal nodes become one, equal terms become one, and what nothing reads disappears.

Ensures: the same function of data, states and learning rates over the reals; next states and
the prediction keep their names.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.real import Function, Node, Operand, RealProgram, Sum, Term, view, viewed

if TYPE_CHECKING:
    from zkpot.program.graph import Shape

#: A sum has at most this many terms.
MAX_TERMS = 64


def fuse(program: RealProgram) -> RealProgram:
    """Merge what can be merged, in place."""
    while True:
        before = list(program.nodes)
        _inline_all(program)
        _read_through_views(program)
        _merge_equal(program)
        _drop_unread(program)
        if program.nodes == before:
            return program


def _lengths(term: Term, shapes: dict[str, Shape]) -> dict[int, int]:
    return {
        label: length
        for operand in term.operands()
        for label, length in zip(operand.axes, shapes[operand.tensor], strict=True)
    }


def substitute(
    term: Term, side: int, inner: Sum, rank: int, shapes: dict[str, Shape]
) -> list[Term] | None:
    """The term with operand `side` replaced by the sum that computes it.

    `rank` is that of the outer sum's output. Returns None where the result is no sum of
    products of two: two learning rates, or three tensors.
    """
    operand = term.operands()[side]
    other = term.operands()[1 - side] if term.right is not None else None
    lengths = _lengths(term, shapes)
    fresh = max([rank - 1, *lengths]) + 1
    results = []
    for part in inner.terms:
        if term.scalar and part.scalar:
            return None
        if other is not None and part.right is not None:
            return None
        names = dict(enumerate(operand.axes))
        next_label = fresh
        moved: list[Operand] = []
        for source in part.operands():
            for label in source.axes:
                if label not in names:
                    names[label] = next_label
                    next_label += 1
            moved.append(Operand(source.tensor, tuple(names[a] for a in source.axes)))
        operands = moved if other is None else [moved[0], other]
        if other is not None and side == 1:
            operands.reverse()
        # A summed label that nobody names any more repeats the term.
        named = {a for o in operands for a in o.axes}
        repeated = math.prod(lengths[a] for a in operand.axes if a >= rank and a not in named)
        results.append(
            Term(
                term.coefficient * part.coefficient * repeated,
                operands[0],
                operands[1] if len(operands) > 1 else None,
                term.scalar or part.scalar,
            )
        )
    return results


def _constant_factor(
    term: Term, side: int, inner: Sum, rank: int, shapes: dict[str, Shape]
) -> tuple[list[Term], Fraction] | None:
    """What remains of a term whose operand is a constant sum: terms and a constant."""
    operand = term.operands()[side]
    lengths = _lengths(term, shapes)
    factor = term.coefficient * inner.constant
    if term.right is None:
        if term.scalar is not None:
            return None
        repeated = math.prod(lengths[a] for a in operand.axes if a >= rank)
        return [], factor * repeated
    other = term.operands()[1 - side]
    alone = [a for a in operand.axes if a >= rank and a not in other.axes]
    factor *= math.prod(lengths[a] for a in alone)
    return [Term(factor, other, None, term.scalar)], Fraction(0)


def _is_row_sum(operand: Operand, term: Term, producers: dict[str, Node], rank: int) -> bool:
    """Whether a term sums one-hot rows over their classes, which gives ones."""
    source = producers.get(operand.tensor)
    if not isinstance(source, Function) or source.kind != "OneHot" or operand.axes[-1] < rank:
        return False
    others = [o for o in term.operands() if o is not operand]
    return all(operand.axes[-1] not in o.axes for o in others)


def _inline_all(program: RealProgram) -> None:
    producers = program.by_output()
    uses = program.uses()
    for index, node in enumerate(program.nodes):
        if isinstance(node, Sum):
            new = _inline(node, program, producers, uses)
            program.nodes[index] = new
            producers[new.out] = new


def _inline(
    node: Sum, program: RealProgram, producers: dict[str, Node], uses: dict[str, int]
) -> Sum:
    shapes = program.shapes
    rank = len(shapes[node.out])
    terms: list[Term] = []
    constant = node.constant
    pending = list(node.terms)
    while pending:
        term = pending.pop(0)
        replaced = None
        for side, operand in enumerate(term.operands()):
            if _is_row_sum(operand, term, producers, rank):
                ones = Sum(operand.tensor, (), Fraction(1))
                lengths = _lengths(term, shapes)
                outer = replace(term, coefficient=term.coefficient / lengths[operand.axes[-1]])
                replaced = _constant_factor(outer, side, ones, rank, shapes)
            else:
                inner = producers.get(operand.tensor)
                if isinstance(inner, Sum):
                    replaced = _replacement(term, side, inner, rank, shapes, uses)
            if replaced is not None:
                break
        if replaced is None:
            terms.append(term)
            continue
        if len(terms) + len(pending) + len(replaced[0]) > MAX_TERMS:
            terms.append(term)
            continue
        pending[:0] = replaced[0]
        constant += replaced[1]
    return Sum(node.out, _collect(terms), constant)


def _replacement(
    term: Term, side: int, inner: Sum, rank: int, shapes: dict[str, Shape], uses: dict[str, int]
) -> tuple[list[Term], Fraction] | None:
    if not inner.terms:
        return _constant_factor(term, side, inner, rank, shapes)
    linear = term.right is None
    simple = len(inner.terms) == 1 and inner.terms[0].right is None and inner.constant == 0
    if not simple and not (linear and uses.get(inner.out) == 1):
        return None
    if inner.constant and (term.scalar or not linear):
        return None
    terms = substitute(term, side, inner, rank, shapes)
    if terms is None:
        return None
    constant = Fraction(0)
    if inner.constant:
        lengths = _lengths(term, shapes)
        repeated = math.prod(lengths[a] for a in term.left.axes if a >= rank)
        constant = term.coefficient * inner.constant * repeated
    return terms, constant


def _collect(terms: list[Term]) -> tuple[Term, ...]:
    """Add up terms that differ in their coefficients only."""
    total: dict[Term, Fraction] = {}
    for term in terms:
        key = replace(term, coefficient=Fraction(1))
        total[key] = total.get(key, Fraction(0)) + term.coefficient
    return tuple(replace(key, coefficient=value) for key, value in total.items() if value)


def _read_through_views(program: RealProgram) -> None:
    """Functions and results read a tensor itself where a sum merely repeats it."""
    producers = program.by_output()
    source = {out: name for out, n in producers.items() if (name := viewed(n, program.shapes))}
    for index, node in enumerate(program.nodes):
        if isinstance(node, Function):
            args = tuple(source.get(a, a) for a in node.args)
            program.nodes[index] = replace(node, args=args)
    if program.prediction in source:
        program.prediction = source[program.prediction]
    program.next = {state: source.get(new, new) for state, new in program.next.items()}


def _canonical(term: Term, rank: int) -> Term:
    """Summed labels numbered in order of appearance."""
    names: dict[int, int] = {}
    operands = []
    for operand in term.operands():
        for label in operand.axes:
            if label >= rank:
                names.setdefault(label, rank + len(names))
        operands.append(Operand(operand.tensor, tuple(names.get(a, a) for a in operand.axes)))
    right = operands[1] if len(operands) > 1 else None
    return Term(term.coefficient, operands[0], right, term.scalar)


def _merge_equal(program: RealProgram) -> None:
    """One node in place of two that compute the same."""
    seen: dict[object, str] = {}
    same: dict[str, str] = {}
    kept: set[str] = set(program.results())
    nodes: list[Node] = []
    for node in program.nodes:
        renamed = rename(node, same)
        if isinstance(renamed, Sum):
            rank = len(program.shapes[renamed.out])
            terms = tuple(_canonical(t, rank) for t in renamed.terms)
            renamed = Sum(renamed.out, terms, renamed.constant)
            key: object = (terms, renamed.constant, program.shapes[renamed.out])
        else:
            key = (renamed.kind, renamed.args)
        first = seen.setdefault(key, renamed.out)
        if first != renamed.out and renamed.out not in kept:
            same[renamed.out] = first
        else:
            nodes.append(renamed)
    program.nodes = nodes


def rename(node: Node, names: dict[str, str]) -> Node:
    """The node reading other tensors."""
    if isinstance(node, Function):
        return replace(node, args=tuple(names.get(a, a) for a in node.args))
    terms = tuple(
        replace(
            term,
            left=Operand(names.get(term.left.tensor, term.left.tensor), term.left.axes),
            right=term.right
            and Operand(names.get(term.right.tensor, term.right.tensor), term.right.axes),
        )
        for term in node.terms
    )
    return replace(node, terms=terms)


def _drop_unread(program: RealProgram) -> None:
    needed = set(program.results())
    alive: list[Node] = []
    for node in reversed(program.nodes):
        if node.out in needed:
            alive.append(node)
            needed.update(node.inputs())
    program.nodes = alive[::-1]


def expand_linear(tensor: str, program: RealProgram) -> Sum:
    """The tensor as a sum of terms none of whose linear operands is itself a linear sum.

    Used to recognise patterns however the graph spells them.
    """
    producers = program.by_output()
    rank = len(program.shapes[tensor])
    result = view(tensor, tensor, tuple(range(rank)))
    done = False
    while not done:
        done = True
        terms: list[Term] = []
        constant = result.constant
        for term in result.terms:
            inner = producers.get(term.left.tensor) if term.right is None else None
            if not isinstance(inner, Sum) or any(t.right is not None for t in inner.terms):
                terms.append(term)
                continue
            parts = substitute(term, 0, inner, rank, program.shapes)
            if parts is None:
                terms.append(term)
                continue
            done = False
            terms.extend(parts)
            lengths = _lengths(term, program.shapes)
            repeated = math.prod(lengths[a] for a in term.left.axes if a >= rank)
            constant += term.coefficient * inner.constant * repeated
        result = Sum(tensor, tuple(_canonical(t, rank) for t in _collect(terms)), constant)
    return result

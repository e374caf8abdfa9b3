"""Merging sums: fewer tensors, scales in place of multiplications.

Requires: a real program whose nodes are in topological order.
Does, until nothing changes:

- a sum of one linear term (a transposition, a multiple, a reduction, a view) moves into every sum
  that reads it, where the indices compose (`substitution.py`);
- any other sum that is read once, and linearly, moves into its reader (a bias joins its matrix
  product);
- a one-hot row summed over its classes is 1;
- a reduction that is squared stays as it is, and so do the values of states;
- sums that are constant become coefficients of their readers;
- equal nodes become one, equal terms become one, and what nothing reads disappears.

Ensures: the same function of data, states and learning rates over the reals; next states and
the prediction keep their names; every sum has a term.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import identity
from zkpot.program.real import (
    Bernoulli,
    Constant,
    Function,
    Node,
    Operand,
    RealProgram,
    Sum,
    Term,
    view,
    viewed,
)
from zkpot.program.substitution import constant_part, substitute, tidy
from zkpot.program.support import vanishes

if TYPE_CHECKING:
    from zkpot.program.graph import Shape

#: A sum has at most this many terms.
MAX_TERMS = 64
#: Labels of a sum, its output's and its summed ones together.
MAX_LABELS = 16


def fuse(program: RealProgram) -> RealProgram:
    """Merge what can be merged, in place."""
    while True:
        before = list(program.nodes)
        _inline_all(program)
        _read_through_views(program)
        _merge_equal(program)
        _drop_unread(program)
        if program.nodes == before:
            _spell_constants(program)
            return program


def slots(terms: list[Term] | tuple[Term, ...]) -> list[int]:
    """Lengths of the summed labels that a sum needs, so that each of its terms has its own.

    Terms share labels of one length.
    """
    most: dict[int, int] = {}
    for term in terms:
        for length in term.summed:
            most[length] = max(most.get(length, 0), term.summed.count(length))
    return [length for length, count in most.items() for _ in range(count)]


def _is_row_sum(operand: Operand, term: Term, producers: dict[str, Node], rank: int) -> bool:
    """Whether a term sums one-hot rows over their classes, which gives ones."""
    source = producers.get(operand.tensor)
    if not isinstance(source, Function) or source.kind != "OneHot":
        return False
    label = operand.axes[-1].plain
    if label is None or label < rank:
        return False
    others = [o for o in term.operands() if o is not operand]
    return all(label not in o.names for o in others)


def _inline_all(program: RealProgram) -> None:
    producers = program.by_output()
    kept = _squared(program, producers)
    kept.update(value for values in program.chains.values() for value in values)
    uses = program.uses()
    for index, node in enumerate(program.nodes):
        if isinstance(node, Sum):
            new = _inline(node, program, producers, uses, kept)
            program.nodes[index] = new
            producers[new.out] = new


def _inline(
    node: Sum,
    program: RealProgram,
    producers: dict[str, Node],
    uses: dict[str, int],
    kept: set[str],
) -> Sum:
    shapes = program.shapes
    shape = shapes[node.out]
    terms: list[Term] = []
    constant = node.constant
    pending = _present([tidy(term, shape, shapes) for term in node.terms], shape, shapes)
    while pending:
        term = pending.pop(0)
        replaced = None
        for side, operand in enumerate(term.operands()):
            if _is_row_sum(operand, term, producers, len(shape)):
                label = operand.axes[-1].plain
                assert label is not None
                length = term.lengths(shape)[label]
                if length != shapes[operand.tensor][-1]:
                    continue
                replaced = constant_part(term, side, Fraction(1, length), shape, shapes)
            else:
                inner = producers.get(operand.tensor)
                if isinstance(inner, Sum) and inner.out not in kept:
                    replaced = _replacement(term, side, inner, shape, shapes, uses)
            if replaced is not None:
                break
        if replaced is None:
            terms.append(term)
            continue
        replaced = (_present(replaced[0], shape, shapes), replaced[1])
        together = [*terms, *pending, *replaced[0]]
        if len(together) > MAX_TERMS or len(shape) + len(slots(together)) > MAX_LABELS:
            terms.append(term)
            continue
        pending[:0] = replaced[0]
        constant += replaced[1]
    return Sum(node.out, _collect(terms), constant)


def _present(terms: list[Term], shape: Shape, shapes: dict[str, Shape]) -> list[Term]:
    """Terms that are not zero everywhere."""
    return [
        term
        for term in terms
        if not any(vanishes(o, shapes, term.lengths(shape)) for o in term.operands())
    ]


def _replacement(
    term: Term,
    side: int,
    inner: Sum,
    shape: Shape,
    shapes: dict[str, Shape],
    uses: dict[str, int],
) -> tuple[list[Term], Fraction] | None:
    if not inner.terms:
        return constant_part(term, side, inner.constant, shape, shapes)
    linear = term.right is None
    if not _is_simple(inner) and not (linear and uses.get(inner.out) == 1):
        return None
    constant = Fraction(0)
    if inner.constant:
        if not linear:
            return None
        rest = constant_part(term, side, inner.constant, shape, shapes)
        if rest is None:
            return None
        constant = rest[1]
    terms = substitute(term, side, inner, shape, shapes)
    return None if terms is None else (terms, constant)


def _squared(program: RealProgram, producers: dict[str, Node]) -> set[str]:
    """Reductions that are multiplied by themselves, as a bias's gradient is in Adam.

    Moved into the product, what it adds up would be bounded one by one, and its square far too
    high. So they are rounded; and whatever else reads them reads the same numbers, as a mean that
    is divided by the root of the squares' mean must.
    """

    def source(tensor: str) -> str:
        inner = producers.get(tensor)
        while isinstance(inner, Sum) and _is_simple(inner) and not inner.terms[0].summed:
            tensor = inner.terms[0].left.tensor
            inner = producers.get(tensor)
        return tensor

    found = set()
    for node in program.nodes:
        for term in node.terms if isinstance(node, Sum) else ():
            if term.right is not None and source(term.left.tensor) == source(term.right.tensor):
                found.add(source(term.left.tensor))
    return found


def _is_simple(node: Sum) -> bool:
    """Whether a sum is one linear term."""
    return len(node.terms) == 1 and node.terms[0].right is None and node.constant == 0


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


def _merge_equal(program: RealProgram) -> None:
    """One node in place of two that compute the same."""
    seen: dict[object, str] = {}
    same: dict[str, str] = {}
    kept: set[str] = set(program.results())
    nodes: list[Node] = []
    for node in program.nodes:
        renamed = rename(node, same)
        shape = program.shapes[renamed.out]
        key: object
        if isinstance(renamed, Sum):
            key = (renamed.terms, renamed.constant, shape)
        elif isinstance(renamed, Constant):
            key = (renamed.values, shape)
        elif isinstance(renamed, Bernoulli):
            key = renamed
        else:
            key = (renamed.kind, renamed.args, renamed.detail, shape)
        first = seen.setdefault(key, renamed.out)
        if first != renamed.out and renamed.out not in kept:
            same[renamed.out] = first
        else:
            nodes.append(renamed)
    program.nodes = nodes


def rename(node: Node, names: dict[str, str]) -> Node:
    """The node reading other tensors."""
    if isinstance(node, (Constant, Bernoulli)):
        return node
    if isinstance(node, Function):
        return replace(node, args=tuple(names.get(a, a) for a in node.args))

    def read(operand: Operand) -> Operand:
        return Operand(names.get(operand.tensor, operand.tensor), operand.axes)

    terms = tuple(
        replace(term, left=read(term.left), right=term.right and read(term.right))
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


def _spell_constants(program: RealProgram) -> None:
    """Sums that are constant, and read with zeros around them, are tensors after all."""
    for index, node in enumerate(program.nodes):
        if isinstance(node, Sum) and not node.terms and node.out not in program.results():
            count = math.prod(program.shapes[node.out])
            program.nodes[index] = Constant(node.out, (float(node.constant),) * count)


def expand_linear(tensor: str, program: RealProgram) -> Sum:
    """The tensor as a sum of terms none of whose linear operands is itself a linear sum.

    Used to recognise patterns however the graph spells them.
    """
    producers = program.by_output()
    shape = program.shapes[tensor]
    result = view(tensor, tensor, identity(len(shape)))
    done = False
    while not done:
        done = True
        terms: list[Term] = []
        constant = result.constant
        for term in result.terms:
            inner = producers.get(term.left.tensor) if term.right is None else None
            parts = _expanded(term, inner, shape, program.shapes)
            if parts is None:
                terms.append(term)
                continue
            done = False
            terms.extend(parts[0])
            constant += parts[1]
        tidied = [tidy(t, shape, program.shapes) for t in terms]
        result = Sum(tensor, _collect(tidied), constant)
    return result


def _expanded(
    term: Term, inner: Node | None, shape: Shape, shapes: dict[str, Shape]
) -> tuple[list[Term], Fraction] | None:
    """A linear term of a linear sum as terms and a constant; None where it is none."""
    if not isinstance(inner, Sum) or any(t.right is not None for t in inner.terms):
        return None
    constant = Fraction(0)
    if inner.constant:
        rest = constant_part(term, 0, inner.constant, shape, shapes)
        if rest is None:
            return None
        constant = rest[1]
    parts = substitute(term, 0, inner, shape, shapes)
    return None if parts is None else (parts, constant)

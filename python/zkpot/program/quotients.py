"""Divisors: the axes that they have, and public factors taken out of them.

Requires: a fused real program with its softmaxes found.
Does: a divisor is computed along the axes that it has alone, and repeated along the others
(`Function.detail`). One whose terms carry public scalars, or are negative, is divided by the
coefficient and the scalar of its main term, and the quotient is multiplied back. So Adam's step
becomes a public scalar times ``m / (sqrt(v) + eps)``.
Ensures: the main term of a divisor has the coefficient 1 and no scalar.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.index import identity
from zkpot.program.real import Constant, Factors, Function, Node, Operand, RealProgram, Sum, Term

if TYPE_CHECKING:
    from zkpot.program.public import Public

#: Suffix of a quotient whose public factor is taken out.
PLAIN = "/plain"
#: Suffix of a divisor along its own axes.
COMPACT = "/compact"


def normalise_divisors(program: RealProgram) -> RealProgram:
    """Rewrite divisors in place, and note the factors that were taken out."""
    public, taken = program.public, program.factors
    for node in list(program.nodes):
        if not isinstance(node, Function) or node.kind != "Divide":
            continue
        producers = program.by_output()
        divisor = producers.get(node.args[1])
        if not isinstance(divisor, Sum) or node.out.endswith(PLAIN):
            continue
        main = next((t for t in divisor.terms if not is_one(producers, t.left.tensor)), None)
        if main is None:
            continue
        negative = divisor.constant <= 0 and all(t.coefficient < 0 for t in divisor.terms)
        if main.scalar is None and not negative:
            continue
        factor = -abs(main.coefficient) if negative else abs(main.coefficient)
        _rewrite(program, public, node, divisor, factor, main.scalar)
        taken[node.out + PLAIN] = (node.out, 1 / factor, public.inverse(main.scalar))
    _read_plain(program, public, taken)
    return program


def compact_divisors(program: RealProgram) -> RealProgram:
    """Compute divisors along the labels that their terms read alone, in place."""
    producers = program.by_output()
    for index, node in enumerate(program.nodes):
        if not isinstance(node, Function) or node.kind != "Divide":
            continue
        shape = program.shapes[node.out]
        if program.shapes[node.args[1]] != shape:
            continue
        divisor = producers.get(node.args[1])
        labels = tuple(range(len(shape)))
        if isinstance(divisor, Sum) and divisor.terms:
            read = {a for t in divisor.terms for o in t.operands() for a in o.names}
            labels = tuple(label for label in labels if label in read)
        if not isinstance(divisor, Sum) or len(labels) == len(shape):
            program.nodes[index] = replace(node, detail=labels)
            continue
        compact = f"{node.out}/divisor{COMPACT}"
        program.shapes[compact] = tuple(shape[label] for label in labels)
        terms = tuple(_renumbered(term, labels, len(shape)) for term in divisor.terms)
        program.nodes[index] = replace(node, args=(node.args[0], compact), detail=labels)
        program.nodes.insert(index, Sum(compact, terms, divisor.constant))
        return compact_divisors(program)
    return program


def _renumbered(term: Term, labels: tuple[int, ...], rank: int) -> Term:
    names = {label: number for number, label in enumerate(labels)}
    names |= {rank + i: len(labels) + i for i in range(len(term.summed))}
    right = None if term.right is None else term.right.renamed(names)
    return replace(term, left=term.left.renamed(names), right=right)


def is_one(producers: dict[str, Node], tensor: str) -> bool:
    """Whether a tensor is a constant that stands for a public number."""
    node = producers.get(tensor)
    return isinstance(node, Constant) or (isinstance(node, Sum) and not node.terms)


def _rewrite(
    program: RealProgram,
    public: Public,
    node: Function,
    divisor: Sum,
    factor: Fraction,
    scalar: str | None,
) -> None:
    inverse = public.inverse(scalar)
    terms = [
        replace(t, coefficient=t.coefficient / factor, scalar=public.times(t.scalar, inverse))
        for t in divisor.terms
    ]
    constant = divisor.constant / factor
    new: list[Node] = []
    if constant and inverse is not None:
        one = f"{node.out}/constant"
        program.shapes[one] = ()
        new.append(Sum(one, (), Fraction(1)))
        terms.append(Term(constant, Operand(one, ()), scalar=inverse))
        constant = Fraction(0)
    bottom, quotient = f"{node.out}/divisor{PLAIN}", node.out + PLAIN
    shape = program.shapes[node.out]
    program.shapes[bottom] = program.shapes[divisor.out]
    program.shapes[quotient] = shape
    new.append(Sum(bottom, tuple(terms), constant))
    new.append(replace(node, args=(node.args[0], bottom), out=quotient))
    term = Term(1 / factor, Operand(quotient, identity(len(shape))), scalar=inverse)
    new.append(Sum(node.out, (term,)))
    place = program.nodes.index(node)
    program.nodes[place : place + 1] = new


def _read_plain(program: RealProgram, public: Public, taken: Factors) -> None:
    """Terms that scale a quotient scale the plain one, by the product of both scalars."""
    plain = {source: (name, c, scalar) for name, (source, c, scalar) in taken.items()}
    for index, node in enumerate(program.nodes):
        if not isinstance(node, Sum):
            continue
        terms = []
        for term in node.terms:
            found = plain.get(term.left.tensor) if term.right is None else None
            if found is None:
                terms.append(term)
                continue
            name, coefficient, scalar = found
            terms.append(
                Term(
                    term.coefficient * coefficient,
                    Operand(name, term.left.axes),
                    scalar=public.times(term.scalar, scalar),
                )
            )
        program.nodes[index] = replace(node, terms=tuple(terms))

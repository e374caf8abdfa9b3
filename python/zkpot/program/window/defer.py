"""Weights that do not exist inside a window.

After i steps a weight is ``a W + b V - sum of c_i A_i^T D_i``: its first value and momentum, and
the gradients since then, with public factors. A product ``X W_i`` is therefore that with the first
values, less ``(X A_i^T) D_i`` for each earlier step. What has to be committed is the block
``X A_i^T``, the batch squared, in place of a new weight (docs/design-notes.md).

Requires: a program that `unroll` made, and states whose updates are linear in gradients that are
products, read in products alone, by axes.
Ensures: the same function over the reals; the states have one sum each, at the window's end.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

from zkpot.program.algebra import MAX_TERMS, fuse
from zkpot.program.formula import STEP, evaluate, names_in
from zkpot.program.index import Index, identity
from zkpot.program.public import Affine, formula, plus
from zkpot.program.real import Operand, RealProgram, Sum, Term, whole
from zkpot.program.substitution import substitute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.graph import Shape
    from zkpot.program.public import Public
    from zkpot.program.real import Node

#: Rates and a step at which the sign of a public number is looked at.
_SMALL_RATE, _LATE_STEP = 2.0**-20, 1000.0

#: Shares of a public number that are left out: of a state's next value, which adds up from window
#: to window, and of what a step inside of a window reads.
_EXACT, _INSIDE = 2.0**-24, 2.0**-9

#: What a state's value is made of: terms without factors, and their public factors.
Expansion = dict[Term, Affine]


def defer(
    program: RealProgram, states: tuple[str, ...], rates: Mapping[str, float] | None = None
) -> list[str] | None:
    """Let states exist at the ends of the window alone, in place.

    Args:
        program: unrolled.
        states: a weight and what its update keeps, such as a momentum.
        rates: usual learning rates of the window's steps; what is negligible at them is left out.
            Without them nothing is.

    Returns:
        The blocks that are new; None where the states cannot, and the program is as it was.
    """
    deferral = _Deferral(program, states, rates)
    nodes = deferral.rewrite()
    if nodes is None:
        return None
    program.nodes = nodes
    program.shapes.update(deferral.shapes)
    for state in states:
        del program.chains[state]
    fuse(program)
    return deferral.blocks


class _Deferral:
    def __init__(
        self,
        program: RealProgram,
        states: tuple[str, ...],
        rates: Mapping[str, float] | None,
    ) -> None:
        self._program = program
        self._rates = rates
        self._producers = program.by_output()
        self._expansions: dict[str, Expansion] = {
            state: {whole(state, program.shapes[state]): {None: Fraction(1)}} for state in states
        }
        self._values = {value for state in states for value in program.chains[state][:-1]}
        self._ends = {program.next[state] for state in states}
        self.blocks: list[str] = []
        self.shapes: dict[str, Shape] = {}
        self._made: list[Node] = []

    def rewrite(self) -> list[Node] | None:
        """The nodes afterwards; None where a state's values are read in another way."""
        nodes: list[Node] = []
        for node in self._program.nodes:
            if node.out in self._ends:
                terms = self._written(self._expand(node.out))
                if len(terms) > MAX_TERMS:
                    return None
                nodes.append(Sum(node.out, tuple(terms)))
                continue
            if node.out in self._values or not self._reads(node):
                nodes.append(node)
                continue
            new = self._deferred(node) if isinstance(node, Sum) else None
            if new is None:
                return None
            nodes += [*self._made, new]
            self._made.clear()
        return nodes

    def _reads(self, node: Node) -> bool:
        return any(tensor in self._values for tensor in node.inputs())

    def _expand(self, tensor: str) -> Expansion:
        """A tensor as what it is made of linearly: first values, gradients and other tensors."""
        if tensor in self._expansions:
            return self._expansions[tensor]
        public, shape = self._program.public, self._program.shapes[tensor]
        node = self._producers.get(tensor)
        found: Expansion = {}
        if not isinstance(node, Sum) or node.constant:
            found[whole(tensor, shape)] = {None: Fraction(1)}
        else:
            for term in node.terms:
                factor: Affine = {term.scalar: term.coefficient}
                bare = replace(term, coefficient=Fraction(1), scalar=None)
                inner: Expansion = {bare: {None: Fraction(1)}}
                if bare == whole(term.left.tensor, shape):
                    inner = self._expand(term.left.tensor)
                for base, own in inner.items():
                    found[base] = plus(found.get(base, {}), public.multiply(factor, own))
        kept = {base: self._without_small(factor, _EXACT) for base, factor in found.items()}
        self._expansions[tensor] = kept
        return kept

    def _without_small(self, factor: Affine, share: float) -> Affine:
        """A public number without those of its summands that are a small share of the largest.

        Decays multiply what they leave, so a window's numbers would have exponentially many.
        """
        if self._rates is None:
            return factor
        sizes = {key: abs(float(value)) * self._size(key) for key, value in factor.items()}
        least = share * max(sizes.values(), default=0.0)
        return {key: value for key, value in factor.items() if sizes[key] >= least}

    def _size(self, key: str | None) -> float:
        """The largest value of a product at the usual rates, early and late in training."""
        if key is None:
            return 1.0
        values = {name: (self._rates or {}).get(name, 1.0) for name in names_in(key)}
        return max(abs(evaluate(key, {**values, STEP: step})) for step in (1.0, _LATE_STEP))

    def _written(self, expansion: Expansion) -> list[Term]:
        return [
            replace(base, coefficient=coefficient, scalar=scalar)
            for base, factor in expansion.items()
            for coefficient, scalar in _factors(self._program.public, factor)
        ]

    def _deferred(self, node: Sum) -> Sum | None:
        terms: list[Term] = []
        for term in node.terms:
            read = [o.tensor in self._values for o in term.operands()]
            if not any(read):
                terms.append(term)
                continue
            if all(read) and term.right is not None:
                return None
            made = self._replaced(node, term, read.index(True))
            if made is None:
                return None
            terms += made
        return replace(node, terms=tuple(terms)) if len(terms) <= MAX_TERMS else None

    def _replaced(self, node: Sum, term: Term, side: int) -> list[Term] | None:
        """A term that reads a state's value as terms that do not."""
        program, shape = self._program, self._program.shapes[node.out]
        weight = term.operands()[side]
        made: list[Term] = []
        products: list[tuple[Term, Affine]] = []
        for base, exact in self._expand(weight.tensor).items():
            # A decay inside of a window would cost ten bits of every product.
            factor = self._without_small(exact, _INSIDE)
            if base.right is not None and term.right is not None:
                products.append((base, factor))
                continue
            inner = Sum(weight.tensor, (base,))
            parts = substitute(term, side, inner, shape, program.shapes)
            if parts is None:
                return None
            made += self._times(parts, factor)
        if not products:
            return made
        blocks = self._blocks(node, term, side, products)
        return None if blocks is None else made + blocks

    def _times(self, terms: list[Term], factor: Affine) -> list[Term]:
        """Terms times a public number."""
        public = self._program.public
        return [
            replace(
                term,
                coefficient=term.coefficient * coefficient,
                scalar=public.times(term.scalar, scalar),
            )
            for term in terms
            for coefficient, scalar in _factors(public, factor)
        ]

    def _blocks(
        self, node: Sum, term: Term, side: int, products: list[tuple[Term, Affine]]
    ) -> list[Term] | None:
        """The other operand times each gradient: first with the factor that shares its labels."""
        shape = self._program.shapes[node.out]
        rank, lengths = len(shape), term.lengths(shape)
        weight, other = term.operands()[side], term.operands()[1 - side]
        labels = [index.plain for index in weight.axes]
        if None in labels:
            return None
        contracted = {label for label in labels if label is not None and label >= rank}
        if not contracted or not contracted <= other.names:
            return None
        kept = [label for label in sorted(other.names) if label not in contracted]
        # Labels of the gradients' own sums come after those of the term.
        first = rank + len(term.summed)
        pairs: list[tuple[Operand, Operand, Affine, int]] = []
        for base, factor in products:
            if len(base.summed) != 1:
                return None
            names = {axis: label for axis, label in enumerate(labels) if label is not None}
            names[len(labels)] = first
            ends = [operand.renamed(names) for operand in base.operands()]
            if contracted <= ends[1].names:
                ends.reverse()
            if not contracted <= ends[0].names or contracted & ends[1].names:
                return None
            if ends[0].names != contracted | {first} or first not in ends[1].names:
                return None
            pairs.append((ends[0], ends[1], factor, base.summed[0]))
        rows = self._rows(node.out, [p[0] for p in pairs], [p[3] for p in pairs], first)
        if rows is None:
            return None
        total = sum(pair[3] for pair in pairs)
        block = self._block(node.out, other, rows, kept, contracted, total, lengths, first)
        made: list[Term] = []
        start = 0
        for _, end, factor, length in pairs:
            made += self._times(
                [_times_block(block, kept, start, end, length, term, rank, first)], factor
            )
            start += length
        return made

    def _named(self, name: str) -> str:
        """A name that no tensor has."""
        taken = (self._program.shapes, self.shapes)
        numbered = (f"{name}{number}" for number in count())
        return next(free for free in numbered if not any(free in shapes for shapes in taken))

    def _rows(
        self, reader: str, ends: list[Operand], lengths: list[int], label: int
    ) -> Operand | None:
        """The factors of all gradients along one axis: a slice of one tensor, or put together."""
        (axis,) = (a for a, index in enumerate(ends[0].axes) if label in index.names)
        offsets = [end.axes[axis].offset for end in ends]
        starts = [sum(lengths[:number]) for number in range(len(ends))]
        alike = all(
            end.tensor == ends[0].tensor and offset - offsets[0] == start
            for end, offset, start in zip(ends, offsets, starts, strict=True)
        )
        if alike:
            return ends[0]
        if any(index.plain is None for end in ends for index in end.axes):
            return None
        own = self._program.shapes[ends[0].tensor]
        shape = (*own[:axis], sum(lengths), *own[axis + 1 :])
        name = self._named(f"{reader}/rows")
        terms = []
        for end, start in zip(ends, starts, strict=True):
            if end.axes != ends[0].axes:
                return None
            places = list(identity(len(shape)))
            places[axis] = Index(((axis, 1),), -start)
            terms.append(Term(Fraction(1), Operand(end.tensor, tuple(places))))
        self.shapes[name] = shape
        self._made.append(Sum(name, tuple(terms)))
        return Operand(name, ends[0].axes)

    def _block(
        self,
        name: str,
        other: Operand,
        rows: Operand,
        kept: list[int],
        contracted: set[int],
        total: int,
        lengths: dict[int, int],
        first: int,
    ) -> str:
        """``other`` times the rows, over the labels that they share; axes are `kept`, then rows."""
        shape = (*(lengths[label] for label in kept), total)
        rank = len(shape)
        names = {label: axis for axis, label in enumerate(kept)} | {first: rank - 1}
        names |= {label: rank + number for number, label in enumerate(sorted(contracted))}
        out = self._named(f"{name}/block")
        self.shapes[out] = shape
        self.blocks.append(out)
        summed = tuple(lengths[label] for label in sorted(contracted))
        product = Term(Fraction(1), other.renamed(names), rows.renamed(names), None, summed)
        self._made.append(Sum(out, (product,)))
        return out


def _times_block(
    block: str,
    kept: list[int],
    start: int,
    end: Operand,
    length: int,
    term: Term,
    rank: int,
    first: int,
) -> Term:
    """A block's columns from `start` times the other factor of a gradient."""
    remaining = [label for label in (*kept, *sorted(end.names)) if label >= rank]
    order = list(dict.fromkeys(remaining))
    names = {label: rank + number for number, label in enumerate(order)}
    lengths = {rank + number: size for number, size in enumerate(term.summed)} | {first: length}
    axes = tuple(Index(((names.get(label, label), 1),)) for label in kept)
    columns = Index(((names[first], 1),), start)
    return Term(
        term.coefficient,
        Operand(block, (*axes, columns)),
        end.renamed(names),
        term.scalar,
        tuple(lengths[label] for label in order),
    )


def _factors(public: Public, factor: Affine) -> list[tuple[Fraction, str | None]]:
    """A public number as the factors of at most two terms: its constant, and one formula."""
    factor = {key: value for key, value in factor.items() if value}
    constant = factor.pop(None, Fraction(0))
    found: list[tuple[Fraction, str | None]] = [(constant, None)] if constant else []
    if len(factor) == 1:
        ((key, value),) = factor.items()
        found.append((value, key))
    elif factor:
        # The sign outside: a scalar is positive.
        sign = -1 if _is_negative(factor) else 1
        key = public.key({f"({formula({k: v * sign for k, v in factor.items()})})": Fraction(1)})
        found.append((Fraction(sign), key))
    return found


def _is_negative(factor: Affine) -> bool:
    """Whether a number is below zero where rates are small, as what a decay takes away is."""
    text = formula(factor)
    small = dict.fromkeys(names_in(text), _SMALL_RATE)
    return evaluate(text, {**small, STEP: _LATE_STEP}) < 0

"""Reshapes: every tensor is kept as finely split as its readers need it.

A flat axis is read by two labels through the index ``length * a + b``, but two axes are never
read by one label. So where a reshape merges axes, its output keeps them apart, and so does
whatever is computed from it, label by label; everything else is read through merged indices.
A reader that needs the axis whole after all (a window that slides over it, a slice that is not
aligned, pieces of another length) reads a **merged** copy of the tensor: a sum of one term for each
piece, ``sum over a of t[a, f - length * a]``.

Requires: a lowered program, before `algebra.fuse`.
Does: collects **cuts**, the strides at which an axis is split: a cut of a tensor's axis cuts the
labels that read it, a label's cut cuts the axis of the output; a state and its next value are cut
alike. Then rewrites every sum with the finer labels, and ``Reshape`` nodes as sums.
Ensures: no ``Reshape`` is left. The elements of every tensor, in row-major order, are what they
were; data fields keep their shapes. Or complains where a merged copy has too many pieces.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.algebra import MAX_TERMS
from zkpot.program.index import Index, affine, identity, place
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
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zkpot.program.graph import Shape
    from zkpot.program.operators import Complaints

#: Strides, each with 1 < stride < length, at which each axis of a tensor is split.
Cuts = list[set[int]]
#: An axis of a tensor that the node with this output reads merged: output, tensor, axis.
Reading = tuple[str, str, int]


def refine(program: RealProgram, complaints: Complaints) -> RealProgram:
    """Split axes where reshapes need it, in place."""
    if any(isinstance(n, Function) and n.kind == "Reshape" for n in program.nodes):
        collection = _Collection(program)
        collection.collect()
        _Rewriting(program, collection, complaints).rewrite()
    return program


def factors(length: int, cuts: Iterable[int]) -> Shape:
    """Lengths of the parts of an axis, the outermost first."""
    strides = [length, *sorted(cuts, reverse=True), 1]
    return tuple(a // b for a, b in itertools.pairwise(strides))


def compatible(length: int, cuts: Iterable[int]) -> bool:
    """Whether an axis can be cut at all of these strides."""
    chain = [1, *sorted(cuts), length]
    return all(b % a == 0 for a, b in itertools.pairwise(chain))


class _Collection:
    """Cuts of all tensors, grown until nothing changes, and what is read merged instead."""

    def __init__(self, program: RealProgram) -> None:
        self.program = program
        self.cuts: dict[str, Cuts] = {n: [set() for _ in s] for n, s in program.shapes.items()}
        self.merged: set[Reading] = set()
        self.fixed = set(program.roles.data)
        self.changed = False

    def collect(self) -> None:
        """Follow the cuts from reshapes to everything that reads them."""
        self.changed = True
        while self.changed:
            self.changed = False
            for node in self.program.nodes:
                if isinstance(node, Sum):
                    for term in node.terms:
                        self._through_term(node.out, term)
                elif isinstance(node, Function):
                    self._through_function(node)
            for state, new in self.program.next.items():
                for axis in range(len(self.cuts[state])):
                    for a, b in ((state, new), (new, state)):
                        self._cut(b, axis, self.cuts[a][axis])

    def _cut(self, tensor: str, axis: int, strides: Iterable[int]) -> bool:
        """Cut an axis where that is compatible with its other cuts; whether it is."""
        if tensor in self.fixed:
            return False
        together = self.cuts[tensor][axis].union(strides)
        if not compatible(self.program.shapes[tensor][axis], together):
            return False
        if together != self.cuts[tensor][axis]:
            self.cuts[tensor][axis] = together
            self.changed = True
        return True

    def _merge(self, reading: Reading) -> None:
        if reading not in self.merged:
            self.merged.add(reading)
            self.changed = True

    def _through_term(self, out: str, term: Term) -> None:
        shape = self.program.shapes[out]
        labels = self.labels(out, term)
        for label in range(len(shape)):
            # What the output cannot take was merged.
            self._cut(out, label, labels[label])

    def labels(self, out: str, term: Term) -> dict[int, set[int]]:
        """Cuts of a term's labels: the output's, and those that reading the operands needs.

        Operands that cannot be read so are marked as merged.
        """
        shape = self.program.shapes[out]
        lengths = term.lengths(shape)
        labels = {label: set[int]() for label in lengths}
        labels |= {label: set(cuts) for label, cuts in enumerate(self.cuts[out])}
        for operand in term.operands():
            for axis, index in enumerate(operand.axes):
                cuts = self.cuts[operand.tensor][axis]
                if not cuts or (out, operand.tensor, axis) in self.merged:
                    continue
                length = self.program.shapes[operand.tensor][axis]
                wanted = {label: set(labels[label]) for label in index.names}
                for cut in cuts:
                    for label, stride in label_cuts(index, cut, lengths):
                        wanted[label].add(stride)
                fits = all(compatible(lengths[a], strides) for a, strides in wanted.items())
                if fits:
                    parts, finer = split_labels({a: lengths[a] for a in wanted}, wanted)
                    found = split_index(finely(index, parts), factors(length, cuts), finer)
                    fits = found is not None
                if fits:
                    labels |= wanted
                else:
                    self._merge((out, operand.tensor, axis))
        return labels

    def _through_function(self, node: Function) -> None:
        if node.kind == "Reshape":
            self._through_reshape(node)
            return
        for arg in node.args:
            for axis, own in enumerate(self.cuts[arg]):
                if not own or (node.out, arg, axis) in self.merged:
                    continue
                if axis >= len(self.cuts[node.out]) or not self._cut(node.out, axis, own):
                    self._merge((node.out, arg, axis))

    def _through_reshape(self, node: Function) -> None:
        (source,) = node.args
        before, after = self.program.shapes[source], self.program.shapes[node.out]
        strides = _strides(before)
        positions = set(strides)
        spans = list(zip(range(len(after)), _strides(after), after, strict=True))
        for axis, own in enumerate(self.cuts[source]):
            if (node.out, source, axis) in self.merged:
                continue
            inside = {strides[axis] * cut for cut in own}
            if all(self._takes(node.out, span, inside) for span in spans):
                positions |= inside
            else:
                self._merge((node.out, source, axis))
        for span in spans:
            axis, stride, length = span
            self._cut(
                node.out, axis, {p // stride for p in positions if stride < p < stride * length}
            )

    def _takes(self, out: str, span: tuple[int, int, int], positions: set[int]) -> bool:
        """Whether an axis of a reshape's output can be cut at these strides of the whole."""
        axis, stride, length = span
        inside = {p for p in positions if stride < p < stride * length}
        cuts = {p // stride for p in inside} | self.cuts[out][axis]
        return all(p % stride == 0 for p in inside) and compatible(length, cuts)


def _strides(shape: Shape) -> list[int]:
    """The number of elements from one place of an axis to the next."""
    return [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]


def label_cuts(index: Index, cut: int, lengths: Mapping[int, int]) -> list[tuple[int, int]]:
    """Labels, and strides at which they must be cut, to read an axis that is cut at `cut`.

    A label that already steps over whole pieces, or stays inside of one, needs none.
    """
    piece = cut * index.divisor
    return [
        (label, piece // abs(stride))
        for label, stride in index.labels
        if stride % piece and piece % stride == 0 and lengths[label] * abs(stride) > piece
    ]


#: For each label its finer labels, with what each counts for in it.
Parts = dict[int, list[tuple[int, int]]]


def split_labels(
    lengths: Mapping[int, int], cuts: Mapping[int, set[int]]
) -> tuple[Parts, dict[int, int]]:
    """Finer labels in place of those that are cut, and their lengths."""
    parts: Parts = {}
    finer: dict[int, int] = {}
    for label, length in lengths.items():
        parts[label] = []
        steps = [*sorted(cuts[label], reverse=True), 1]
        for step, size in zip(steps, factors(length, cuts[label]), strict=True):
            parts[label].append((len(finer), step))
            finer[len(finer)] = size
    return parts, finer


def finely(index: Index, parts: Parts) -> Index:
    """An index with finer labels."""
    strides = {part: stride * step for label, stride in index.labels for part, step in parts[label]}
    return affine(strides, index.offset, index.divisor)


class _Rewriting:
    """Sums and shapes with the cuts that were collected."""

    def __init__(
        self, program: RealProgram, collection: _Collection, complaints: Complaints
    ) -> None:
        self.program, self.collection, self.complaints = program, collection, complaints
        self.cuts = collection.cuts
        self.before = dict(program.shapes)
        self.nodes: list[Node] = []

    def rewrite(self) -> None:
        """Rewrite every node."""
        program = self.program
        # While the shapes are the old ones.
        labels = {
            (node.out, number): self.collection.labels(node.out, term)
            for node in program.nodes
            if isinstance(node, Sum)
            for number, term in enumerate(node.terms)
        }
        for name, shape in self.before.items():
            program.shapes[name] = _cut_shape(shape, self.cuts[name])
        for node in program.nodes:
            if isinstance(node, Sum):
                terms = tuple(
                    self._term(node.out, term, labels[node.out, number])
                    for number, term in enumerate(node.terms)
                )
                self.nodes.append(Sum(node.out, terms, node.constant))
            elif isinstance(node, (Constant, Bernoulli)):
                self.nodes.append(node)
            else:
                self._function(node)
        program.nodes = self.nodes

    def _term(self, out: str, term: Term, labels: Mapping[int, set[int]]) -> Term:
        lengths = term.lengths(self.before[out])
        parts, finer = split_labels(lengths, labels)
        operands = []
        for operand in term.operands():
            tensor, cuts = self._source(out, operand.tensor)
            axes: list[Index] = []
            for index, length, own in zip(
                operand.axes, self.before[operand.tensor], cuts, strict=True
            ):
                split = split_index(finely(index, parts), factors(length, own), finer)
                assert split is not None, "what cannot be split was merged"
                axes.extend(split)
            operands.append(Operand(tensor, tuple(axes)))
        rank = len(self.program.shapes[out])
        return Term(
            term.coefficient,
            operands[0],
            operands[1] if len(operands) > 1 else None,
            term.scalar,
            tuple(finer.values())[rank:],
        )

    def _source(self, out: str, tensor: str) -> tuple[str, Cuts]:
        """The tensor that a node reads, with merged axes where it needs them, and its cuts."""
        cuts, shape = self.cuts[tensor], self.before[tensor]
        root = tensor
        whole = [a for a in range(len(cuts)) if (out, tensor, a) in self.collection.merged]
        for axis in whole:
            merged = f"{root}/merged {','.join(str(a) for a in whole if a <= axis)}"
            left = [set() if a == axis else own for a, own in enumerate(cuts)]
            if merged not in self.program.shapes:
                self._add_merged(tensor, merged, shape, cuts, axis)
            tensor, cuts = merged, left
        return tensor, cuts

    def _add_merged(self, source: str, out: str, shape: Shape, cuts: Cuts, axis: int) -> None:
        """Add the tensor with one axis whole: a term for each place of all its parts but one."""
        parts = factors(shape[axis], cuts[axis])
        kept = parts.index(max(parts))
        if (pieces := shape[axis] // parts[kept]) > MAX_TERMS:
            self.complaints.form(
                source, "Reshape", f"axis {axis} of '{source}' would be merged from {pieces} pieces"
            )
        strides = _strides(parts)
        wide = [own if a != axis else set[int]() for a, own in enumerate(cuts)]
        result = _cut_shape(shape, wide)
        first = sum(len(own) + 1 for own in cuts[:axis])
        terms = []
        others = [range(1) if p == kept else range(n) for p, n in enumerate(parts)]
        for places in itertools.product(*others):
            offset = -sum(p * s for p, s in zip(places, strides, strict=True))
            own = [place(p) for p in places]
            own[kept] = affine({first: 1}, offset, strides[kept])
            before = identity(first)
            after = identity(len(result))[first + 1 :]
            terms.append(Term(Fraction(1), Operand(source, (*before, *own, *after))))
        self.program.shapes[out] = result
        self.nodes.append(Sum(out, tuple(terms)))

    def _function(self, node: Function) -> None:
        """The function, and its arguments in a form that is split like the output."""
        args = []
        for arg in node.args:
            source, cuts = self._source(node.out, arg)
            common = min(len(cuts), len(self.cuts[node.out]))
            wanted = [*self.cuts[node.out][:common], *cuts[common:]]
            if node.kind == "Reshape" or wanted == cuts:
                args.append(source)
                continue
            name = f"{source}/split for {node.out}"
            shape = _cut_shape(self.before[arg], wanted)
            self.nodes.append(view(source, name, _merged(shape, self.program.shapes[source])))
            self.program.shapes[name] = shape
            args.append(name)
        if node.kind == "Reshape":
            axes = _merged(self.program.shapes[node.out], self.program.shapes[args[0]])
            self.nodes.append(view(args[0], node.out, axes))
        else:
            self.nodes.append(replace(node, args=tuple(args)))


def _cut_shape(shape: Shape, cuts: Cuts) -> Shape:
    axes = zip(shape, cuts, strict=True)
    return tuple(part for length, own in axes for part in factors(length, own))


def _merged(fine: Shape, coarse: Shape) -> tuple[Index, ...]:
    """How axes of the shape `coarse` are read by labels of the shape `fine`.

    Both have the same elements, and every axis of `coarse` is a product of axes of `fine`.
    """
    if fine == coarse:
        return identity(len(fine))
    axes = []
    for unit, length in zip(_strides(coarse), coarse, strict=True):
        own = {
            label: stride // unit
            for label, stride in enumerate(_strides(fine))
            if fine[label] > 1 and unit <= stride < unit * length
        }
        axes.append(affine(own))
    return tuple(axes)


def split_index(
    index: Index, parts: Sequence[int], lengths: Mapping[int, int]
) -> list[Index] | None:
    """The index of an axis as one for each part of it; None where a part's would leave its part.

    Outside of the axis the outermost part's index is outside too.
    """
    result: list[Index] = []
    offset, divisor = index.offset, index.divisor
    left = dict(index.labels)
    for size in reversed(parts[1:]):
        piece = size * divisor
        inner = {label: stride for label, stride in left.items() if stride % piece}
        low, high = affine(inner).span(lengths)
        # Of all equal offsets, the one that keeps the part's index in its piece.
        start = offset % piece
        start -= (start + low) // piece * piece
        if start + high >= piece:
            return None
        result.append(affine(inner, start, divisor))
        left = {label: stride // piece for label, stride in left.items() if label not in inner}
        offset, divisor = (offset - start) // piece, 1
    result.append(affine(left, offset, divisor))
    return result[::-1]

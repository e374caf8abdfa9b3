"""Claims, and the rules that rewrite them until only committed regions and products are left.

docs/spec/protocol.md, 'Claims and their rewriting'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zkpot.reference.bernoulli import draw
from zkpot.reference.verifier.arithmetization import (
    FINAL_STATE,
    QUANTITY,
    REGION,
    TENSOR,
    Arithmetization,
    Relation,
    Target,
)
from zkpot.reference.verifier.channel import Form, constant
from zkpot.reference.verifier.field import (
    ONE,
    ZERO,
    Element,
    Vector,
    add,
    embed,
    eq_table,
    integers,
    multiply,
    ones,
    product,
    sum_of,
    vector,
)
from zkpot.reference.verifier.hashes import derive_key
from zkpot.reference.verifier.layout import axis_bits
from zkpot.reference.verifier.program import (
    Bernoulli,
    Constant,
    Index,
    Operand,
    Stride,
    Sum,
    Term,
    plain,
)

# What a term reads: a target, with an index for each of its axes.
Read = tuple[Target, list[Index]]

INITIAL_CONTEXT = "zkpot/v1/initial"


@dataclass(frozen=True)
class PublicInputs:
    """What is public about a link's steps.

    Args:
        rows: For each row of each batch the shard's position in the link and the row in it.
        scalars: `[scalar][step]`.
        outputs: The public totals.
        counted: How many rows count in them.
        seed: Of the states that come in, if they have one.
        schedule_seed: What random tensors are drawn from.
        first_step: Number of the first step in the run.
    """

    rows: list[tuple[int, int]]
    scalars: list[list[int]]
    outputs: list[int]
    counted: int
    seed: bytes | None
    schedule_seed: bytes
    first_step: int


@dataclass(frozen=True)
class Part:
    """`coefficient * <weights, region>` in a claim; one vector an axis, or `eq` at a point."""

    claim: int
    region: int
    coefficient: Element
    weights: list[Vector] | None
    point: list[Element] | None = None


@dataclass(frozen=True)
class SharedAxis:
    """An axis of both factors, with its weights if it has some."""

    length: int
    weights: Vector | None


@dataclass(frozen=True)
class Window:
    """An axis of a factor: its index, the shared labels' numbers, the other labels' weights."""

    index: Index
    length: int
    shared: dict[int, int]
    own: dict[int, Vector]

    def weights(self, shared: Sequence[Vector]) -> Vector:
        """The axis' weights, given those of the shared labels."""
        known = self.own | {label: shared[number] for label, number in self.shared.items()}
        return read_weights(self.index, self.length, known)


@dataclass(frozen=True)
class ProductFactor:
    """A factor and the windows of its axes."""

    target: Target
    axes: list[Window]


@dataclass(frozen=True)
class Product:
    """`coefficient * sum over shared axes of weights * left * right` in a claim."""

    claim: int
    coefficient: Element
    shared: list[SharedAxis]
    left: ProductFactor
    right: ProductFactor

    @property
    def variables(self) -> int:
        """Variables of its sumcheck."""
        return sum(axis_bits(axis.length) for axis in self.shared)

    def factor_weights(self, point: Sequence[Element]) -> tuple[list[Vector], list[Vector]]:
        """Weights of the claims on both factors; the left one has those of the shared axes."""
        rest = list(point)
        plain, weighted = [], []
        for axis in self.shared:
            bits = axis_bits(axis.length)
            at, rest = eq_table(rest[:bits], axis.length), rest[bits:]
            plain.append(at)
            weighted.append(at if axis.weights is None else multiply(at, axis.weights))

        def expand(factor: ProductFactor, shared: list[Vector]) -> list[Vector]:
            return [window.weights(shared) for window in factor.axes]

        return expand(self.left, weighted), expand(self.right, plain)


def read_weights(index: Index, length: int, known: Mapping[int, Vector]) -> Vector:
    """Weights of an axis that is read at an index, from those of its labels.

    Place `i` gets the products of the labels' weights wherever the index is `i`; places outside of
    the axis are zeros, which weigh nothing.
    """
    numerators, factors = np.array([index.offset]), vector([ONE])
    for part in index.labels:
        own = known[part.label]
        numerators = np.add.outer(numerators, part.stride * np.arange(len(own))).reshape(-1)
        factors = multiply(np.repeat(factors, len(own), axis=0), np.tile(own, (len(factors), 1)))
    places, rest = np.divmod(numerators, index.divisor)
    inside = (rest == 0) & (places >= 0) & (places < length)
    weights = np.zeros((length, 3), dtype=np.uint64)
    for chosen, at in _distinct_rows(
        list(zip(np.flatnonzero(inside), places[inside], strict=True))
    ):
        weights[at] = add(weights[at], factors[chosen])
    return weights


def outer_product(weights: Sequence[Vector]) -> Vector:
    """The product of vectors, one an axis, row-major."""
    result = vector([ONE])
    for weight in weights:
        spread = np.repeat(result, len(weight), axis=0)
        result = multiply(spread, np.tile(weight, (len(result), 1)))
    return result


def everywhere(weights: Sequence[Vector]) -> Element:
    """The sum of a product of vectors over all places."""
    return product(sum_of(weight) for weight in weights)


def initial_values(seed: bytes, state: int, bound: int, count: int) -> np.ndarray:
    """What a public seed gives for a state, row-major (statement.md, 'Origin')."""
    if bound == 0:
        return np.zeros(count, dtype=np.int64)
    output = derive_key(INITIAL_CONTEXT, seed + state.to_bytes(4, "little"), 8 * count)
    words = np.frombuffer(output, dtype="<u8").astype(object)
    return np.asarray((words * (2 * bound + 1) >> 64) - bound, dtype=np.int64)


class Claims:
    """All claims of a link: values, parts on regions, and products that wait."""

    def __init__(self, system: Arithmetization, inputs: PublicInputs) -> None:
        self.system, self.program, self.inputs = system, system.program, inputs
        self.values: list[Form] = []
        self.parts: list[Part] = []
        self.products: list[Product] = []
        self._fields = {field.tensor: i for i, field in enumerate(self.program.data)}
        self._states = {state.tensor: i for i, state in enumerate(self.program.states)}

    def open(self, value: Form) -> int:
        """Opens a claim and returns its number."""
        self.values.append(value)
        return len(self.values) - 1

    def subtract(self, claim: int, amount: Element) -> None:
        """Moves a public term to a claim's value."""
        self.values[claim] = self.values[claim] - constant(amount)

    def add(self, claim: int, coefficient: Element, target: Target, weights: list[Vector]) -> None:
        """Adds `coefficient * <weights, target>`, rewritten, to a claim."""
        if not coefficient:
            return
        kind, number = target
        if kind == REGION:
            self._add_region(claim, coefficient, number, weights)
        elif kind == QUANTITY:
            self._add_quantity(claim, coefficient, number, weights)
        elif kind == FINAL_STATE:
            self._add_final_state(claim, coefficient, number, weights)
        else:
            self._add_tensor(claim, coefficient, number, weights)

    def add_block(
        self, claim: int, coefficient: Element, region: int, point: list[Element]
    ) -> None:
        """Adds `coefficient * <eq(point), region>` for a region of one block."""
        factor, inner = self.system.layout.regions[region].within_block(point)
        self.parts.append(Part(claim, region, coefficient * factor, None, inner))

    def add_relation(self, relation: Relation, point: Sequence[Sequence[Element]]) -> None:
        """Opens the claim of a relation at the relations' point."""
        domain = [
            eq_table(own[: axis_bits(length)], length)
            for length, own in zip(relation.lengths, point, strict=False)
        ]
        claim = self.open(constant(0))
        self.subtract(claim, everywhere(domain) * embed(relation.constant))
        for term in relation.terms:
            coefficient = embed(term.coefficient)
            factors = [term.left] if term.right is None else [term.left, term.right]
            labels = dict(enumerate(domain))
            if term.index is not None and term.index < len(domain):
                # Along a label of the domain the index may weigh a term that lacks it, too.
                own = domain[term.index]
                labels[term.index] = multiply(own, integers(range(len(own))))
            for factor in factors:
                # The region of a scalar has an axis that the scalar lacks.
                lengths = self.system.lengths_of(factor.target) or [1]
                for label, length in zip(factor.labels, lengths, strict=False):
                    labels.setdefault(label, ones(length))
            read = [(f.target, [plain(label) for label in f.labels]) for f in factors]
            if len(read) == 2:
                self._add_product(claim, coefficient, read[0], read[1], labels, len(domain))
                continue
            weights = self._weights(read[0], labels)
            for axis, label in enumerate(term.left.labels):
                if label == term.index and label >= len(domain):
                    weights[axis] = multiply(weights[axis], integers(range(len(weights[axis]))))
            absent = _absent(labels, len(domain), read)
            self.add(claim, coefficient * absent, term.left.target, weights)

    def add_outputs(self) -> None:
        """Opens a claim for each public total ('Public totals')."""
        system, batch = self.system, self.program.batch
        full, rest = divmod(self.inputs.counted, batch)
        # A link without training has none.
        for output, total in zip(self.program.outputs, self.inputs.outputs, strict=False):
            claim = self.open(constant(total))
            lengths = self.program.over_steps(output.tensor, system.steps)
            for first, count, rows in ((0, full, batch), (full, 1, rest)):
                if count == 0 or rows == 0:
                    continue
                weights = [ones(length) for length in lengths]
                weights[0] = _picks(first, count, system.steps)
                weights[1] = _picks(0, rows, batch)
                self.add(claim, ONE, (TENSOR, output.tensor), weights)

    def add_initial(self, point: Sequence[Sequence[Element]]) -> None:
        """Opens a claim for each state that comes from a public seed."""
        if self.inputs.seed is None:
            return
        for state, region in enumerate(self.system.states_in):
            lengths = self.system.layout.regions[region].lengths
            padded = [*point, *([[]] * len(lengths))]
            weights = [
                eq_table(own[: axis_bits(length)], length)
                for length, own in zip(lengths, padded, strict=False)
            ]
            count = int(np.prod(lengths))
            bound = self.program.states[state].initial
            drawn = integers(initial_values(self.inputs.seed, state, bound, count))
            claim = self.open(constant(sum_of(multiply(outer_product(weights), drawn))))
            self.add(claim, ONE, (REGION, region), weights)

    def _weights(self, factor: Read, labels: Mapping[int, Vector]) -> list[Vector]:
        """The vectors of a factor's axes, from those of the labels."""
        target, axes = factor
        lengths = self.system.lengths_of(target) or [1]
        return [
            read_weights(index, length, labels)
            for index, length in zip(axes, lengths, strict=False)
        ]

    def _add_region(
        self, claim: int, coefficient: Element, region: int, weights: list[Vector]
    ) -> None:
        self.parts.append(Part(claim, region, coefficient, weights or [ones(1)]))

    def _add_quantity(
        self, claim: int, coefficient: Element, number: int, weights: list[Vector]
    ) -> None:
        quantity = self.system.quantities[number]
        self.subtract(claim, coefficient * everywhere(weights) * embed(quantity.lo))
        for region, shift, _ in quantity.digits:
            self._add_region(claim, coefficient * embed(1 << shift), region, weights)

    def _add_tensor(
        self, claim: int, coefficient: Element, tensor: int, weights: list[Vector]
    ) -> None:
        system = self.system
        if tensor in self._fields:
            self._add_data(claim, coefficient, self._fields[tensor], weights)
        elif tensor in self._states:
            self._add_state(claim, coefficient, self._states[tensor], weights)
        elif ("tensor", tensor, 0) in system.by_name:
            number = system.by_name["tensor", tensor, 0]
            self._add_quantity(claim, coefficient, number, weights)
        elif tensor in system.table_outputs:
            self._add_region(claim, coefficient, system.table_outputs[tensor], weights)
        else:
            node = self.program.nodes[system.producers[tensor]]
            if isinstance(node, Constant):
                known = multiply(outer_product(weights[1:]), integers(node.values))
                self.subtract(claim, coefficient * sum_of(weights[0]) * sum_of(known))
                return
            if isinstance(node, Bernoulli):
                self.subtract(claim, coefficient * self._weigh_random(node, weights))
                return
            assert isinstance(node, Sum)
            self._add_sum(claim, coefficient, node, weights, node.terms)

    def _weigh_random(self, node: Bernoulli, weights: list[Vector]) -> Element:
        """The weighted sum of a random tensor's elements over all steps."""
        seed, shape = self.inputs.schedule_seed, self.program.tensors[node.out].shape
        steps = [
            draw(seed, self.inputs.first_step + t, node.ordinal, node.numerator, node.bits, shape)
            for t in range(len(weights[0]))
        ]
        ones = np.flatnonzero(np.stack(steps).reshape(-1))
        return sum_of(outer_product(weights)[ones])

    def _add_sum(
        self,
        claim: int,
        coefficient: Element,
        node: Sum,
        weights: list[Vector],
        terms: Sequence[Term],
    ) -> None:
        self.subtract(claim, coefficient * everywhere(weights) * embed(node.constant))
        for term in terms:
            self._add_term(claim, coefficient, term, node.summed, weights)

    def _add_data(
        self, claim: int, coefficient: Element, number: int, weights: list[Vector]
    ) -> None:
        steps, batch = weights[:2]
        each = multiply(np.repeat(steps, len(batch), axis=0), np.tile(batch, (len(steps), 1)))
        for position, shard in enumerate(self.system.shards):
            rows = np.zeros((shard.rows, 3), dtype=np.uint64)
            read = [(i, row) for i, (of, row) in enumerate(self.inputs.rows) if of == position]
            for places, chosen in _distinct_rows(read):
                rows[chosen] = add(rows[chosen], each[places])
            region = self.system.shards_in[position][number]
            self._add_region(claim, coefficient, region, [rows, *weights[2:]])

    def _add_state(
        self, claim: int, coefficient: Element, number: int, weights: list[Vector]
    ) -> None:
        state, region = self.program.states[number], self.system.states_in[number]
        steps, rest = weights[0], weights[1:]
        found = self.program.accumulation(number)
        if state.next == state.tensor and found is None:
            self._add_region(claim, coefficient * sum_of(steps), region, rest)
        elif found is None:
            first = Element(*(int(part) for part in steps[0]))
            self._add_region(claim, coefficient * first, region, rest)
            earlier = np.concatenate([steps[1:], np.zeros((1, 3), dtype=np.uint64)])
            self._add_tensor(claim, coefficient, state.next, [earlier, *rest])
        else:
            self._add_region(claim, coefficient * sum_of(steps), region, rest)
            suffix, later = ZERO, []
            for row in steps[::-1]:
                later.append(suffix)
                suffix = suffix + Element(*(int(part) for part in row))
            self._add_increments(claim, coefficient, found, [vector(later[::-1]), *rest])

    def _add_final_state(
        self, claim: int, coefficient: Element, number: int, weights: list[Vector]
    ) -> None:
        state, region = self.program.states[number], self.system.states_in[number]
        found = self.program.accumulation(number)
        steps = self.system.steps
        if state.next == state.tensor:
            self._add_region(claim, coefficient, region, weights)
        elif found is not None:
            self._add_region(claim, coefficient, region, weights)
            self._add_increments(claim, coefficient, found, [ones(steps), *weights])
        else:
            last = _picks(steps - 1, 1, steps)
            self._add_tensor(claim, coefficient, state.next, [last, *weights])

    def _add_increments(
        self, claim: int, coefficient: Element, found: tuple[int, int], weights: list[Vector]
    ) -> None:
        node, own = self.program.nodes[found[0]], found[1]
        assert isinstance(node, Sum)
        terms = [term for index, term in enumerate(node.terms) if index != own]
        self._add_sum(claim, coefficient, node, weights, terms)

    def _add_term(
        self,
        claim: int,
        coefficient: Element,
        term: Term,
        summed: Sequence[int],
        weights: Sequence[Vector],
    ) -> None:
        """A term of a Sum whose output has the given weights, steps first."""
        coefficient, domain = coefficient * embed(term.coefficient), list(weights)
        if term.scalar is not None:
            domain[0] = multiply(domain[0], integers(self.inputs.scalars[term.scalar]))
        labels = dict(enumerate([*domain, *(ones(length) for length in summed)]))
        left = _with_steps(term.left)
        if term.right is not None:
            right = _with_steps(term.right)
            self._add_product(claim, coefficient, left, right, labels, len(domain))
        else:
            factor = coefficient * _absent(labels, len(domain), [left])
            self.add(claim, factor, left[0], self._weights(left, labels))

    def _add_product(
        self,
        claim: int,
        coefficient: Element,
        left: Read,
        right: Read,
        labels: Mapping[int, Vector],
        domain: int,
    ) -> None:
        """A product of two factors; the first `domain` labels have weights, others are summed."""
        coefficient = coefficient * _absent(labels, domain, [left, right])
        if not coefficient:
            return
        common = sorted(_names(left) & _names(right))
        shared = [
            SharedAxis(len(labels[label]), labels[label] if label < domain else None)
            for label in common
        ]

        def factor(of: Read) -> ProductFactor:
            windows = [
                Window(
                    index,
                    length,
                    {label: common.index(label) for label in index.names if label in common},
                    {label: labels[label] for label in index.names if label not in common},
                )
                for index, length in zip(of[1], self.system.lengths_of(of[0]), strict=True)
            ]
            return ProductFactor(of[0], windows)

        self.products.append(Product(claim, coefficient, shared, factor(left), factor(right)))


def _with_steps(operand: Operand) -> Read:
    """An operand of a step as a target over steps: its labels make room for the step's."""
    axes = [
        Index([Stride(s.label + 1, s.stride) for s in i.labels], i.offset, i.divisor)
        for i in operand.axes
    ]
    return (TENSOR, operand.tensor), [plain(0), *axes]


def _names(factor: Read) -> set[int]:
    return {label for index in factor[1] for label in index.names}


def _absent(labels: Mapping[int, Vector], domain: int, factors: Sequence[Read]) -> Element:
    """The total weight of the domain's labels that no factor has."""
    used = set().union(*(_names(factor) for factor in factors))
    return everywhere([labels[label] for label in range(domain) if label not in used])


def _picks(first: int, count: int, length: int) -> Vector:
    """Ones in `count` places from `first`, zeros elsewhere."""
    places = np.arange(length)
    return integers(((places >= first) & (places < first + count)).astype(np.int64))


def _distinct_rows(
    read: Sequence[tuple[int, int]],
) -> Iterator[tuple[list[int], list[int]]]:
    """Places and rows in groups in which each row occurs once."""
    groups: list[dict[int, int]] = []
    seen: dict[int, int] = {}
    for place, row in read:
        number = seen.get(row, 0)
        seen[row] = number + 1
        if number == len(groups):
            groups.append({})
        groups[number][row] = place
    for group in groups:
        yield list(group.values()), list(group.keys())

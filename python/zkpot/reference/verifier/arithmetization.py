"""What a link commits to, looks up and relates, from the program and the link's public shape.

docs/spec/protocol.md, 'What is committed', 'Quantities and digits', 'Columns', 'Relations'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

from zkpot.reference.verifier.functions import places
from zkpot.reference.verifier.interval import HALF, Interval
from zkpot.reference.verifier.layout import (
    MAX_VARIABLES,
    RANDOM_ENTRIES,
    Layout,
    Region,
    axis_bits,
    padded,
)
from zkpot.reference.verifier.program import (
    ArgMax,
    Bernoulli,
    Constant,
    Divide,
    Lookup,
    Max,
    OneHot,
    Positive,
    Program,
    Rescale,
    Root,
    Sum,
    Term,
    plainly,
)
from zkpot.reference.verifier.refusal import require
from zkpot.reference.verifier.statement import ABSENT, HIDING, OWNER, SEAL, TRAINING, Statement

MASK_ROWS = 8
MAX_MASKS = 1 << 18
NEVER_SPLIT, ALWAYS_SPLIT = 4, 22
WITNESS, FIRST_STATES, LAST_STATES, SHARD, COPY = range(5)

# What a relation or a claim is about: a kind and a number.
TENSOR, QUANTITY, REGION, FINAL_STATE = range(4)
Target = tuple[int, int]


@dataclass
class Quantity:
    """An integer tensor whose range is proven; digits are `(region, shift, width)`."""

    name: tuple[str, int, int]
    lo: int
    bits: int
    lengths: list[int]
    scale: int = 0
    digits: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class LookedUp:
    """A tensor of lookups; `slot` are the places of its fractions, once they are placed."""

    table: int
    argument: Target
    first: int
    outputs: list[int]
    slot: Region = field(default_factory=lambda: Region(0, [1], 0, 1))


@dataclass
class LookupTable:
    """A range table (`function` missing) or a table of the program."""

    bits: int
    function: int | None
    multiplicity: int = -1


@dataclass(frozen=True)
class Factor:
    """A target with labels for its axes."""

    target: Target
    labels: tuple[int, ...]


@dataclass(frozen=True)
class RelationTerm:
    """`coefficient * left * right`; along `index` also times the index."""

    coefficient: int
    left: Factor
    right: Factor | None = None
    index: int | None = None


@dataclass(frozen=True)
class Relation:
    """`constant + sum of terms = 0` on a domain of these lengths."""

    name: str
    lengths: list[int]
    terms: list[RelationTerm]
    constant: int


def choose_digits(counts: dict[int, int]) -> dict[int, list[int]]:
    """How each width is split, from the number of integers of each width."""
    left, halves = dict(counts), {}
    while left:
        bits = max(left)
        count = left.pop(bits)
        low, high = -(-bits // 2), bits // 2
        cheaper = 2 * count + (1 << low) < count + (1 << bits)
        split = bits > NEVER_SPLIT and (bits > ALWAYS_SPLIT or cheaper)
        halves[bits] = (low, high) if split else None
        if split:
            left[low] = left.get(low, 0) + count
            left[high] = left.get(high, 0) + count
    digits: dict[int, list[int]] = {}
    for bits in sorted(halves):
        parts = halves[bits]
        digits[bits] = [bits] if parts is None else digits[parts[0]] + digits[parts[1]]
    return digits


class Arithmetization:
    """The constraint system of one link.

    Args:
        program: Checked.
        intervals: Of its tensors, from the check.
        statement: Gives the public shape.
        masks: Number of sent scalars on the hiding channel; None on the clear one.
    """

    def __init__(
        self,
        program: Program,
        intervals: Sequence[Interval],
        statement: Statement,
        masks: int | None,
    ) -> None:
        self.program, self.intervals = program, intervals
        self.kind, self.steps = statement.kind, statement.steps
        self.shards = statement.shards
        self.layout = Layout()
        # Role and number of each polynomial.
        self.polynomials: list[tuple[int, int]] = [(WITNESS, 0)]
        self.quantities: list[Quantity] = []
        self.tables: list[LookupTable] = []
        self.lookups: list[LookedUp] = []
        self.lookup_variables = 0
        self.relations: list[Relation] = []
        self.masks: int | None = None
        self.states_in: list[int] = []
        self.states_out: list[int] = []
        self.shards_in: list[list[int]] = []
        self.shards_out: list[list[int]] = []
        self.table_outputs: dict[int, int] = {}
        self.producers = {
            out: index for index, node in enumerate(program.nodes) for out in node.outputs
        }
        self.states = statement.states
        self._add_polynomials()
        if self.kind != SEAL:
            self._add_columns()
        has_columns = bool(self.lookups or self.tables)
        if masks is not None:
            require(masks <= MAX_MASKS, "proof: too many masked scalars")
            self.masks = self.layout.add(0, [1, MASK_ROWS, padded(masks + RANDOM_ENTRIES)])
        self.by_name = {q.name: i for i, q in enumerate(self.quantities)}
        self._add_relations()
        if not has_columns and masks is None:
            self.polynomials.pop(0)
            for region in self.layout.regions:
                region.polynomial -= 1
        limit = (1 << MAX_VARIABLES) - 2 * RANDOM_ENTRIES
        for polynomial in range(len(self.polynomials)):
            own = (r.size for r in self.layout.regions if r.polynomial == polynomial)
            require(sum(own) <= limit, "link: a committed polynomial is too large")
            self.layout.place(polynomial)
        if self.lookups:
            self._place_fractions()

    @property
    def witness(self) -> bool:
        """Whether the link has a witness polynomial."""
        return self.polynomials[:1] == [(WITNESS, 0)]

    def lengths_of(self, target: Target) -> list[int]:
        """Lengths of a target's axes."""
        kind, number = target
        if kind == TENSOR:
            return self.program.over_steps(number, self.steps)
        if kind == QUANTITY:
            return self.quantities[number].lengths
        if kind == REGION:
            return self.layout.regions[number].lengths
        return self.program.tensors[self.program.states[number].tensor].shape

    def relation_variables(self) -> list[int]:
        """Coordinates of the relations' point, by axis position."""
        depth = max((len(relation.lengths) for relation in self.relations), default=0)
        return [
            max(axis_bits(r.lengths[axis]) for r in self.relations if len(r.lengths) > axis)
            for axis in range(depth)
        ]

    def _add_polynomials(self) -> None:
        program, layout = self.program, self.layout
        if self.states is not None:
            for role, regions in ((FIRST_STATES, self.states_in), (LAST_STATES, self.states_out)):
                self.polynomials.append((role, 0))
                for state in program.states:
                    shape = program.tensors[state.tensor].shape
                    regions.append(layout.add(len(self.polynomials) - 1, shape))
        for position, shard in enumerate(self.shards):
            for role, shards in ((SHARD, self.shards_in), (COPY, self.shards_out)):
                fields: list[int] = []
                if role == SHARD or shard.after != ABSENT:
                    self.polynomials.append((role, position))
                    for data in program.data:
                        shape = [shard.rows, *program.tensors[data.tensor].shape[1:]]
                        fields.append(layout.add(len(self.polynomials) - 1, shape))
                shards.append(fields)

    def _wanted(self) -> list[Quantity]:
        """All quantities of the link, in order."""
        program, wanted = self.program, []

        def want(
            kind: str, number: int, lo: int, bits: int, lengths: list[int], of: int = 0
        ) -> None:
            wanted.append(Quantity((kind, number, of), lo, bits, lengths))

        for index, node in enumerate(program.nodes if self.kind == TRAINING else []):
            if isinstance(node, (Sum, Constant, Bernoulli, Lookup)):
                continue
            over = program.over_steps(node.out, self.steps)
            if isinstance(node, Root):
                bits = (2 * self.intervals[node.out].hi - 1).bit_length()
                want("root remainder", index, 0, bits, over)
                want("root room", index, 0, bits, over)
            elif isinstance(node, Positive):
                argument = self.intervals[node.input]
                bits = max(argument.hi - 1, -argument.lo, 1).bit_length()
                want("magnitude", index, 0, bits, over)
            elif isinstance(node, ArgMax):
                spread = self.intervals[node.max].hi - self.intervals[node.input].lo
                largest = (max(spread, 0) + 1) * places(program, node.input, node.max) - 1
                want("gap", index, 0, max(largest, 1).bit_length(), over)
            elif isinstance(node, Rescale):
                want("remainder", index, 0, node.shift, over)
            elif isinstance(node, Max):
                full = program.over_steps(node.input, self.steps)
                spread = self.intervals[node.out].hi - self.intervals[node.input].lo
                want("choice", index, 0, 1, full)
                if self.looked_up_gap(node) is None:
                    want("gap", index, 0, max(spread, 1).bit_length(), full)
            elif isinstance(node, Divide):
                bits = (2 * self.intervals[node.denominator].hi - 1).bit_length()
                want("division remainder", index, 0, bits, over)
                want("division room", index, 0, bits, over)
            for out in node.outputs:
                declared = program.tensors[out].range
                assert declared is not None
                lengths = program.over_steps(out, self.steps)
                want("tensor", out, declared.lo, declared.bits, lengths)
        for index, state in enumerate(program.states):
            tensor = program.tensors[state.tensor]
            assert tensor.range is not None
            if self.states == OWNER:
                want("first state", index, tensor.range.lo, tensor.range.bits, tensor.shape)
            if self.kind == TRAINING and state.next != state.tensor:
                want("final state", index, tensor.range.lo, tensor.range.bits, tensor.shape)
        for position, shard in enumerate(self.shards):
            for number, data in enumerate(program.data if shard.source == OWNER else []):
                tensor = program.tensors[data.tensor]
                assert tensor.range is not None
                shape = [shard.rows, *tensor.shape[1:]]
                want("shard", position, tensor.range.lo, tensor.range.bits, shape, number)
        return wanted

    def _add_columns(self) -> None:
        wanted = self._wanted()
        counts: dict[int, int] = {}
        for quantity in wanted:
            weight = 1 if self._committed_region(quantity.name) is None else 2
            counts[quantity.bits] = counts.get(quantity.bits, 0) + weight * prod(quantity.lengths)
        digits = choose_digits(counts)
        whole = {bits for bits, widths in digits.items() if len(widths) == 1}
        remainders = [q.bits for q in wanted if q.name[0] == "remainder" and q.bits in whole]
        widest = max(remainders, default=0)
        for quantity in wanted:
            room = widest - quantity.bits
            kind, node, _ = quantity.name
            if room > 0 and kind == "gap":
                quantity.bits = widest
            if (
                room > 0
                and kind == "remainder"
                and quantity.bits in whole
                and self._fits(node, room)
            ):
                quantity.scale, quantity.bits = room, widest
            region = self._committed_region(quantity.name)
            if region is not None and quantity.bits in whole:
                own = self._table(quantity.bits, None)
                self.lookups.append(LookedUp(own, (REGION, region), quantity.lo, []))
            else:
                self._add_digits(quantity, digits[quantity.bits])
        for node_ in self.program.nodes if self.kind == TRAINING else []:
            if isinstance(node_, Lookup):
                self._add_function(node_)
        for table in self.tables:
            table.multiplicity = self.layout.add(0, [1, 1 << table.bits])

    def _place_fractions(self) -> None:
        """Fractions stand at their region's places in the witness, or at places behind it."""
        behind = Layout()
        elsewhere = []
        for lookup in self.lookups:
            kind, number = lookup.argument
            lookup.slot = self.layout.regions[number if kind == REGION else lookup.outputs[0]]
            if lookup.slot.polynomial != 0:
                elsewhere.append((lookup, behind.add(0, lookup.slot.lengths)))
        start = self.layout.random[0]
        most = start + sum(r.size for r in behind.regions)
        most += max((r.block for r in behind.regions), default=0)
        require(most <= 1 << MAX_VARIABLES, "link: too many lookups")
        end = behind.arrange(0, start)
        for lookup, number in elsewhere:
            lookup.slot = behind.regions[number]
        self.lookup_variables = max(axis_bits(end), self.layout.variables[0])

    def _committed_region(self, name: tuple[str, int, int]) -> int | None:
        """Where a quantity stands, if in a polynomial that comes in or goes out."""
        kind, number, of = name
        if kind == "first state":
            return self.states_in[number]
        if kind == "final state":
            return self.states_out[number]
        return self.shards_in[number][of] if kind == "shard" else None

    def _fits(self, node: int, room: int) -> bool:
        """Whether a Rescale's relation, times `2^room`, stays within half the field."""
        rescale = self.program.nodes[node]
        assert isinstance(rescale, Rescale)
        wide = max(
            self.intervals[rescale.input].magnitude,
            self.intervals[rescale.out].magnitude << rescale.shift,
        )
        fits = (wide + (1 << rescale.shift)) << room < HALF
        return fits and rescale.shift + room <= 48

    def _table(self, bits: int, function: int | None) -> int:
        for index, table in enumerate(self.tables):
            if table.function == function and (function is not None or table.bits == bits):
                return index
        self.tables.append(LookupTable(bits, function))
        return len(self.tables) - 1

    def _add_digits(self, quantity: Quantity, widths: list[int]) -> None:
        shift = 0
        for width in widths:
            region = self.layout.add(0, quantity.lengths)
            table = self._table(width, None)
            self.lookups.append(LookedUp(table, (REGION, region), 0, []))
            quantity.digits.append((region, shift, width))
            shift += width
        self.quantities.append(quantity)

    def _add_function(self, node: Lookup) -> None:
        function = self.program.tables[node.table]
        table = self._table(function.bits, node.table)
        outputs = []
        for out in node.outs:
            region = self.layout.add(0, self.program.over_steps(out, self.steps))
            self.table_outputs[out] = region
            outputs.append(region)
        argument = (TENSOR, node.input)
        self.lookups.append(LookedUp(table, argument, function.first, outputs))

    def looked_up_gap(self, node: Max) -> int | None:
        """The tensor `out - input` that a table from zero looks up, if there is one."""
        rank = len(self.program.tensors[node.input].shape)
        axes = list(range(rank))
        kept = len(self.program.tensors[node.out].shape)
        largest = Term(1, None, plainly(node.out, axes[:kept]), None)
        each = Term(-1, None, plainly(node.input, axes), None)
        for lookup in self.program.nodes:
            if not isinstance(lookup, Lookup) or lookup.input not in self.producers:
                continue
            gap = self.program.nodes[self.producers[lookup.input]]
            if not isinstance(gap, Sum) or gap.constant != 0:
                continue
            shapes = [self.program.tensors[t].shape for t in (gap.out, node.input)]
            found = gap.terms in ([largest, each], [each, largest]) and shapes[0] == shapes[1]
            if found and self.program.tables[lookup.table].first == 0:
                return gap.out
        return None

    def _relate(
        self, name: str, lengths: list[int], terms: list[RelationTerm], constant: int = 0
    ) -> None:
        self.relations.append(Relation(name, lengths, terms, constant))

    def _quantity(self, kind: str, number: int, of: int = 0) -> Target:
        return QUANTITY, self.by_name[kind, number, of]

    def _add_relations(self) -> None:
        for index, node in enumerate(self.program.nodes if self.kind == TRAINING else []):
            if isinstance(node, Root):
                self._add_root(index, node)
            elif isinstance(node, Positive):
                self._add_positive(index, node)
            elif isinstance(node, ArgMax):
                self._add_arg_max(index, node)
            elif isinstance(node, Rescale):
                self._add_rescale(index, node)
            elif isinstance(node, Max):
                self._add_max(index, node)
            elif isinstance(node, OneHot):
                self._add_one_hot(node)
            elif isinstance(node, Divide):
                self._add_divide(index, node)
        for index, state in enumerate(self.program.states if self.states is not None else []):
            self._add_state(index, self.program.tensors[state.tensor].shape)
        for position, shard in enumerate(self.shards):
            for number, data in enumerate(self.program.data):
                lengths = [shard.rows, *self.program.tensors[data.tensor].shape[1:]]
                rank, opened = len(lengths), (REGION, self.shards_in[position][number])
                if shard.after != ABSENT:
                    copy = _term(1, (REGION, self.shards_out[position][number]), rank)
                    self._relate("ShardCopy", lengths, [copy, _term(-1, opened, rank)])
                if ("shard", position, number) in self.by_name:
                    proven = _term(-1, self._quantity("shard", position, number), rank)
                    self._relate("ShardRange", lengths, [_term(1, opened, rank), proven])

    def _add_rescale(self, index: int, node: Rescale) -> None:
        lengths = self.program.over_steps(node.out, self.steps)
        rank, remainder = len(lengths), self._quantity("remainder", index)
        scale = self.quantities[remainder[1]].scale
        terms = [
            _term(1 << scale, (TENSOR, node.input), rank),
            _term(-(1 << node.shift + scale), (TENSOR, node.out), rank),
            _term(-1, remainder, rank),
        ]
        self._relate("Rescale", lengths, terms, 1 << node.shift - 1 + scale)

    def _add_one_hot(self, node: OneHot) -> None:
        lengths = self.program.over_steps(node.input, self.steps)
        rank = len(lengths)
        out = _term(1, (TENSOR, node.out), rank + 1)
        weighted = RelationTerm(1, out.left, None, rank)
        self._relate("OneHotSum", lengths, [out], -1)
        self._relate("OneHotClass", lengths, [weighted, _term(-1, (TENSOR, node.input), rank)])

    def _add_max(self, index: int, node: Max) -> None:
        full = self.program.over_steps(node.input, self.steps)
        lengths = self.program.over_steps(node.out, self.steps)
        rank, looked_up = len(full), self.looked_up_gap(node)
        gap = self._quantity("gap", index) if looked_up is None else (TENSOR, looked_up)
        choice = _term(1, self._quantity("choice", index), rank)
        gaps = _term(-1, gap, rank)
        if looked_up is None:
            largest = _term(1, (TENSOR, node.out), len(lengths))
            self._relate("MaxGap", full, [largest, _term(-1, (TENSOR, node.input), rank), gaps])
        self._relate("MaxChoice", lengths, [choice], -1)
        self._relate("MaxAttained", lengths, [RelationTerm(1, choice.left, gaps.left)])

    def _add_arg_max(self, index: int, node: ArgMax) -> None:
        full = self.program.over_steps(node.input, self.steps)
        lengths = self.program.over_steps(node.max, self.steps)
        rank, kept = len(full), len(lengths)
        count = places(self.program, node.input, node.max)
        choice = _term(1, (TENSOR, node.out), rank)
        gap = _term(-1, self._quantity("gap", index), rank)
        largest = _term(count, (TENSOR, node.max), kept)
        terms = [largest, _term(-count, (TENSOR, node.input), rank), gap]
        # The choice summed over labels of its own, which the domain lacks.
        labels = (*range(kept), *range(rank, rank + rank - kept))
        summed = Factor(choice.left.target, labels)
        for axis in range(kept, rank):
            stride = prod(full[axis + 1 :])
            terms.append(RelationTerm(-stride, summed, None, labels[axis]))
            terms.append(RelationTerm(stride, summed, None, axis))
        self._relate("ArgMaxChoice", lengths, [choice], -1)
        self._relate("ArgMaxGap", full, terms)
        self._relate("ArgMaxAttained", lengths, [RelationTerm(1, choice.left, gap.left)])

    def _add_positive(self, index: int, node: Positive) -> None:
        lengths = self.program.over_steps(node.out, self.steps)
        rank = len(lengths)
        value = _term(-1, (TENSOR, node.input), rank)
        bit = _term(-1, (TENSOR, node.out), rank)
        magnitude = _term(-1, self._quantity("magnitude", index), rank)
        product = RelationTerm(2, bit.left, value.left)
        self._relate("Positive", lengths, [product, value, bit, magnitude])

    def _add_root(self, index: int, node: Root) -> None:
        lengths = self.program.over_steps(node.out, self.steps)
        rank = len(lengths)
        out = _term(1, (TENSOR, node.out), rank)
        radicand = _term(1 << node.shift, (TENSOR, node.input), rank)
        remainder = _term(-1, self._quantity("root remainder", index), rank)
        room = _term(-1, self._quantity("root room", index), rank)
        square = RelationTerm(-1, out.left, out.left)
        self._relate("Root", lengths, [radicand, out, square, remainder])
        self._relate("RootRemainder", lengths, [RelationTerm(2, out.left), remainder, room], -1)

    def _add_divide(self, index: int, node: Divide) -> None:
        lengths = self.program.over_steps(node.out, self.steps)
        rank = len(lengths)
        # The steps come first.
        labels = (0, *(axis + 1 for axis in node.axes))
        denominator = RelationTerm(1, Factor((TENSOR, node.denominator), labels))
        out = _term(1, (TENSOR, node.out), rank)
        remainder = _term(-1, self._quantity("division remainder", index), rank)
        room = _term(-1, self._quantity("division room", index), rank)
        numerator = _term(2 << node.shift, (TENSOR, node.numerator), rank)
        product = RelationTerm(-2, denominator.left, out.left)
        twice = RelationTerm(2, denominator.left)
        self._relate("Divide", lengths, [numerator, denominator, product, remainder])
        self._relate("DivideRemainder", lengths, [twice, remainder, room], -1)

    def _add_state(self, index: int, lengths: list[int]) -> None:
        rank = len(lengths)
        # The region of a scalar has one axis that no domain has.
        out = _term(1, (REGION, self.states_out[index]), max(rank, 1))
        if self.kind == TRAINING:
            source = _term(-1, (FINAL_STATE, index), rank)
        else:
            source = _term(-1, (REGION, self.states_in[index]), max(rank, 1))
        self._relate("FinalState", lengths, [out, source])
        if ("first state", index, 0) in self.by_name:
            first = _term(1, (REGION, self.states_in[index]), max(rank, 1))
            proven = _term(-1, self._quantity("first state", index), rank)
            self._relate("FirstStateRange", lengths, [first, proven])
        if ("final state", index, 0) in self.by_name:
            proven = _term(-1, self._quantity("final state", index), rank)
            self._relate("FinalStateRange", lengths, [out, proven])


def _term(coefficient: int, target: Target, rank: int) -> RelationTerm:
    return RelationTerm(coefficient, Factor(target, tuple(range(rank))))


def masks_of(statement: Statement, sent: int) -> int | None:
    """The number of masks: that of the sent scalars, on the hiding channel."""
    return sent if statement.channel == HIDING else None

"""The rules of a program and the interval of each of its tensors.

docs/spec/arithmetic.md, 'Program', 'No wrap-around'. Everything that a link's proof rests on is
checked here: the Rust checker is not asked.
"""

from __future__ import annotations

from math import prod

from zkpot.reference.verifier.functions import check_function
from zkpot.reference.verifier.interval import FAR, Interval
from zkpot.reference.verifier.program import (
    Bernoulli,
    Constant,
    Lookup,
    OneHot,
    Operand,
    Program,
    Rescale,
    Sum,
    Term,
)
from zkpot.reference.verifier.refusal import Refusal, require
from zkpot.reference.verifier.support import meeting

MAX_CLAIMS = 1 << 18
MAX_READ = 1 << 30
LABELS = 16
MAX_PLACES = 1 << 20
MAX_STRIDE = 1 << 28


NOTHING = Interval(0, 0)


def check(program: Program) -> list[Interval]:
    """The interval of each tensor of a program that keeps all rules.

    Raises:
        Refusal: It breaks one.
    """
    require(program.arithmetic == 3, "program: unknown version of the arithmetic")
    _check_tensors(program)
    _check_producers(program)
    _check_tables(program)
    known: list[Interval | None] = [
        None if t.range is None else Interval(t.range.lo, t.range.hi) for t in program.tensors
    ]
    _widen_states(program, known)
    for node in program.nodes:
        if isinstance(node, Sum):
            known[node.out] = _check_sum(program, node, known)
        elif isinstance(node, Constant):
            known[node.out] = _check_constant(program, node)
        elif isinstance(node, Bernoulli):
            known[node.out] = _check_probability(node)
        else:
            _check_node(program, node, [i or NOTHING for i in known])
    _check_states(program)
    _check_claims(program)
    if program.monitor is not None:
        monitor = program.monitor
        fits = all(shown < len(program.tensors) for shown in monitor.predictions)
        fits = fits and monitor.target < len(program.data)
        require(fits, "program: the monitor names what does not exist")
        each = len(monitor.predictions) == program.window
        require(each, "program: the monitor names one prediction for each training step")
    intervals = [interval for interval in known if interval is not None]
    require(len(intervals) == len(known), "program: a tensor is computed by no node")
    _check_outputs(program, intervals)
    _check_random(program)
    return intervals


def output_interval(
    program: Program, intervals: list[Interval], output: int, steps: int
) -> Interval:
    """What the ranges allow of an output's total over some steps."""
    tensor = program.outputs[output].tensor
    elements = prod(program.tensors[tensor].shape)
    return intervals[tensor].times(elements * steps).hull(NOTHING)


def _distinct(names: list[str], what: str) -> None:
    require(len(set(names)) == len(names), f"program: two {what} have one name")


def _check_tensors(program: Program) -> None:
    require(len(program.tensors) <= 1 << 16 and len(program.nodes) <= 1 << 16, "program: too large")
    require(program.batch > 0 and 0 < program.max_steps <= 1 << 20, "program: batch or max_steps")
    equal = 0 < program.window <= 1 << 10 and program.batch % program.window == 0
    require(equal, "program: a window has training steps of equal batches")
    _distinct([t.name for t in program.tensors], "tensors")
    roles = [field.name for field in program.data] + [state.name for state in program.states]
    _distinct(roles + [scalar.name for scalar in program.scalars], "roles")
    for tensor in program.tensors:
        fits = len(tensor.shape) <= 8 and 0 < prod(tensor.shape) <= 1 << 28
        fits = fits and max(tensor.shape, default=1) <= 1 << 20
        require(fits, f"program: shape of '{tensor.name}'")
        require(tensor.scale.numerator > 0 and tensor.scale.denominator > 0, "program: a scale")
        if tensor.range is not None:
            fits = 1 <= tensor.range.bits <= 48 and abs(tensor.range.lo) <= FAR
            require(fits, f"program: range of '{tensor.name}'")
    for scalar in program.scalars:
        fits = scalar.lo <= scalar.hi and max(abs(scalar.lo), abs(scalar.hi)) <= FAR
        require(fits, f"program: limits of '{scalar.name}'")


def _check_producers(program: Program) -> None:
    produced: set[int] = set()

    def produce(tensor: int, committed: bool) -> None:
        require(tensor < len(program.tensors), "program: no such tensor")
        require(tensor not in produced, "program: a tensor is computed twice")
        produced.add(tensor)
        ranged = program.tensors[tensor].range is not None
        require(ranged == committed, "program: committed tensors alone have ranges")

    for field in program.data:
        produce(field.tensor, True)
        shape = program.tensors[field.tensor].shape
        require(shape[:1] == [program.batch], "program: the first axis of data is the batch")
    for state in program.states:
        produce(state.tensor, True)
    for node in program.nodes:
        for tensor in node.inputs:
            require(tensor in produced, "program: a tensor is read before it is computed")
        for tensor in node.outputs:
            produce(tensor, not isinstance(node, Sum | Constant | Bernoulli))


def _check_tables(program: Program) -> None:
    for table in program.tables:
        fits = 1 <= table.bits <= 22 and abs(table.first) <= FAR and 1 <= len(table.columns) <= 4
        require(fits, f"program: table '{table.name}'")
        for column in table.columns:
            fits = len(column) == 1 << table.bits and all(abs(value) <= FAR for value in column)
            require(fits, f"program: a column of table '{table.name}'")
        ends = [-1, *(gap.end for gap in table.gaps)]
        fits = all(gap.rows and gap.row > end for gap, end in zip(table.gaps, ends, strict=False))
        fits = fits and ends[-1] <= 1 << table.bits and table.first_listed < 1 << table.bits
        require(fits, f"program: gaps of table '{table.name}'")
        for column in table.columns:
            fits = all(column[row] == column[table.first_listed] for row in table.unlisted)
            require(fits, f"program: a column in the gaps of table '{table.name}'")


def _widen_states(program: Program, known: list[Interval | None]) -> None:
    growing = {
        state.tensor
        for index, state in enumerate(program.states)
        if program.accumulation(index) is not None
    }
    for index, state in enumerate(program.states):
        found = program.accumulation(index)
        if found is None:
            continue
        node = program.nodes[found[0]]
        assert isinstance(node, Sum)
        lengths = _label_lengths(program, node)
        step = Interval(node.constant, node.constant)
        for position, term in enumerate(node.terms):
            if position == found[1]:
                continue
            declared = program.tensors[term.left.tensor].range
            if declared is None or term.left.tensor in growing or term.right is not None:
                raise Refusal("program: a state's update adds committed tensors, nothing else")
            left = Interval(declared.lo, declared.hi)
            step = step + _term_interval(program, term, lengths, node.out, left, None)
        start = known[state.tensor] or NOTHING
        end = step.times(program.max_steps) + start
        known[state.tensor] = end.hull(start).within_field(state.name)


def _label_lengths(program: Program, node: Sum) -> list[int]:
    """Lengths of a sum's labels: the output's axes, then the summed ones."""
    lengths = [*program.tensors[node.out].shape, *node.summed]
    require(len(lengths) <= LABELS, "program: a sum has at most 16 labels")
    fits = all(0 < length <= 1 << 28 for length in node.summed)
    require(fits, "program: the length of a summed label")
    for operand in (o for t in node.terms for o in (t.left, t.right) if o is not None):
        shape = program.tensors[operand.tensor].shape
        require(len(shape) == len(operand.axes), "program: one index an axis")
        labels = operand.labels
        require(all(label < len(lengths) for label in labels), "program: no such label")
        require(len(set(labels)) == len(labels), "program: a label is repeated")
        for index in operand.axes:
            fits = index.divisor > 0 and abs(index.offset) <= MAX_STRIDE
            fits = fits and all(0 < abs(s.stride) <= MAX_STRIDE for s in index.labels)
            require(fits, "program: a stride, offset or divisor")
            places = prod(lengths[label] for label in index.names)
            fits = len(index.labels) <= 1 or places <= MAX_PLACES
            require(fits, "program: the labels of an axis have more than 2^20 places")
    return lengths


def _operand_interval(
    program: Program, operand: Operand, lengths: list[int], values: Interval
) -> Interval:
    """What an operand gives: also zero where it is read outside of its axes."""
    axes = zip(operand.axes, program.tensors[operand.tensor].shape, strict=True)
    covered = all(index.covers(axis, lengths) for index, axis in axes)
    return values if covered else values.hull(NOTHING)


def _term_interval(
    program: Program,
    term: Term,
    lengths: list[int],
    out: int,
    left: Interval,
    right: Interval | None,
) -> Interval:
    rank = len(program.tensors[out].shape)
    used = {*term.left.labels, *(term.right.labels if term.right else [])}
    bound = _operand_interval(program, term.left, lengths, left)
    if term.right is not None and right is not None:
        bound = bound * _operand_interval(program, term.right, lengths, right)
    summed = prod(lengths[label] for label in used if label >= rank)
    bound = bound.times(summed).times(term.coefficient)
    if term.scalar is not None:
        scalar = program.scalars[term.scalar]
        bound = bound * Interval(scalar.lo, scalar.hi)
    return bound


def _check_constant(program: Program, node: Constant) -> Interval:
    elements = prod(program.tensors[node.out].shape)
    name = program.tensors[node.out].name
    fits = elements <= MAX_PLACES and len(node.values) == elements
    require(fits, f"program: the number of values of '{name}'")
    interval = Interval(min(node.values), max(node.values))
    require(interval.magnitude <= FAR, f"program: a value of '{name}'")
    return interval


def _check_probability(node: Bernoulli) -> Interval:
    possible = 1 <= node.bits <= 16 and node.numerator < 1 << node.bits and node.numerator % 2 == 1
    require(possible, "program: a probability is an odd number of 2^bits, of 1 to 16 bits")
    return Interval(0, 1)


def _check_random(program: Program) -> None:
    """Bounds the random elements that a link's claims read (arithmetic.md, 'Program')."""
    drawn = [node for node in program.nodes if isinstance(node, Bernoulli)]
    require(not drawn or program.reading == 0, "program: reads in order, and draws")
    ordinals = {node.ordinal for node in drawn}
    require(len(ordinals) == len(drawn), "program: two random tensors have one ordinal")
    claims = [0] * len(program.tensors)
    for output in program.outputs:
        claims[output.tensor] += 1
    for node in reversed(program.nodes):
        for tensor in node.inputs:
            claims[tensor] += claims[node.out] if isinstance(node, Sum) else 1
    read = sum(prod(program.tensors[node.out].shape) * claims[node.out] for node in drawn)
    require(read * program.max_steps <= MAX_READ, "program: more than 2^30 random elements")


def _check_sum(program: Program, node: Sum, known: list[Interval | None]) -> Interval:
    name = program.tensors[node.out].name
    require(1 <= len(node.terms) <= 64, f"program: '{name}' has 1 to 64 terms")
    lengths = _label_lengths(program, node)
    intervals = []

    def interval(operand: Operand) -> Interval:
        return known[operand.tensor] or NOTHING

    for term in node.terms:
        require(0 < abs(term.coefficient) <= FAR, f"program: a coefficient in '{name}'")
        fits = term.scalar is None or term.scalar < len(program.scalars)
        require(fits, f"program: '{name}' names a scalar that does not exist")
        right = None if term.right is None else interval(term.right)
        one = _term_interval(program, term, lengths, node.out, interval(term.left), right)
        intervals.append(one)
    bound: Interval | None = None
    for group in meeting(program, node, lengths):
        met = [intervals[number] for number in group]
        own = sum(met, Interval(node.constant, node.constant))
        bound = own if bound is None else bound.hull(own)
        size = abs(node.constant) + sum(one.magnitude for one in met)
        Interval(0, size).within_field(name)
    assert bound is not None
    return bound.within_field(name)


def _check_node(program: Program, node: object, known: list[Interval]) -> None:
    def shape(tensor: int) -> list[int]:
        return program.tensors[tensor].shape

    if type(node) is Rescale:
        name = program.tensors[node.out].name
        fits = shape(node.input) == shape(node.out) and 1 <= node.shift <= 48
        require(fits, f"program: rescale '{name}'")
        half = Interval(0, 1 << node.shift)
        (known[node.input] + half).within_field(name)
        (known[node.out].times(1 << node.shift) + half).within_field(name)
    elif isinstance(node, Lookup):
        require(node.table < len(program.tables), "program: no such table")
        table = program.tables[node.table]
        fits = len(node.outs) == len(table.columns)
        require(fits, f"program: one output a column of '{table.name}'")
        for out, column in zip(node.outs, table.columns, strict=True):
            declared = program.tensors[out].range
            fits = declared is not None and declared.lo <= min(column) <= max(column) <= declared.hi
            fits = fits and shape(out) == shape(node.input)
            require(fits, f"program: the range or shape of an output of '{table.name}'")
    elif type(node) is OneHot:
        name = program.tensors[node.out].name
        fits = shape(node.out)[:-1] == shape(node.input) and len(shape(node.out)) > 0
        fits = fits and shape(node.out)[-1] >= 2
        declared = program.tensors[node.out].range
        fits = fits and declared is not None and (declared.lo, declared.bits) == (0, 1)
        require(fits, f"program: one-hot '{name}'")
    else:
        check_function(program, node, known)


def _check_states(program: Program) -> None:
    require(len(program.states) > 0, "program: no states")
    fixed = {f.tensor for f in program.data} | {s.tensor for s in program.states}
    for index, state in enumerate(program.states):
        require(state.next < len(program.tensors), "program: no such tensor")
        now, later = program.tensors[state.tensor], program.tensors[state.next]
        require(now.shape == later.shape, f"program: state '{state.name}' keeps its shape")
        fits = len(state.shape) <= 8 and prod(state.shape) == prod(now.shape)
        require(fits, f"program: state '{state.name}' has another size outside")
        allowed = now.range
        fits = allowed is not None and state.initial >= 0
        fits = fits and allowed is not None and allowed.lo <= -state.initial <= allowed.hi
        fits = fits and allowed is not None and state.initial <= allowed.hi
        require(fits, f"program: where '{state.name}' starts")
        frozen = state.next == state.tensor
        if later.range is None:
            carried = program.accumulation(index) is not None
        else:
            carried = frozen or (later.range == now.range and state.next not in fixed)
        require(carried, f"program: the next value of '{state.name}'")


def _check_claims(program: Program) -> None:
    """Bounds the claims that nested sums and products make (arithmetic.md, 'Program')."""
    claims = [1] * len(program.tensors)
    total = 0
    for node in program.nodes:
        if isinstance(node, Sum):
            claims[node.out] = sum(claims[tensor] for tensor in node.inputs)
        total += sum(claims[tensor] for tensor in node.inputs)
        total += sum(claims[o.tensor] for o in program.outputs if o.tensor in node.outputs)
        require(total <= MAX_CLAIMS, "program: more than 2^18 claims")


def _check_outputs(program: Program, intervals: list[Interval]) -> None:
    require(len(program.outputs) <= 16, "program: more than 16 outputs")
    _distinct([output.name for output in program.outputs], "outputs")
    for index, output in enumerate(program.outputs):
        require(output.tensor < len(program.tensors), "program: no such tensor")
        shape = program.tensors[output.tensor].shape
        require(shape[:1] == [program.batch], "program: the first axis of an output is the batch")
        output_interval(program, intervals, index, program.max_steps).within_field(output.name)

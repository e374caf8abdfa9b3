"""From real numbers to integers: units, ranges, and where to round.

Requires: a fused real program with its softmaxes found, and a calibration.
Does, in order: gives data, states and learning rates their units; walks the nodes, giving each
sum the unit that needs the smallest coefficients; rounds (``Rescale``) where a tensor is read
non-linearly or multiplied and is wider than `Options.bits` and two; rounds each gradient once,
straight from its accumulator into the update of its state.
Ensures: a program that the checker accepts, or :class:`~zkpot.errors.ProgramTooWide`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.errors import InputError, ProgramTooWide, UnsupportedOperator
from zkpot.program import tables
from zkpot.program.cost import TYPICAL_STEPS, cost
from zkpot.program.emit import LARGEST_RANGE, Builder
from zkpot.program.ranges import Interval, Range, signed
from zkpot.program.rational import ceil_log2, floor_log2, nearest, power
from zkpot.program.real import Function, Operand, RealProgram, Sum, Term, identity
from zkpot.program.softmax import BELOW_MAX
from zkpot.program.states import (
    MODES,
    Adjustments,
    Plan,
    Rate,
    Update,
    plan_rate,
    plan_states,
    take_apart,
)
from zkpot.program.units import Alignment, align, align_to, mantissa, short, unit_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.calibrate import Calibration
    from zkpot.program.options import Options

#: Half-up rounding of fewer bits than this is visibly biased.
LEAST_SHIFT = 4
#: Factors of secondary terms may lose precision down to this before a program is refused.
LEAST_COEFFICIENT_BITS = 6
#: A tensor may be read as it is if it is no more than this wider than `Options.bits`.
SPARE_BITS = 2
#: Binary places below which a softmax suffers.
LOGIT_BITS = 6
#: Binary places that a softmax adds to its exponentials.
SOFTMAX_SHIFT = 16
#: Data that are multiples of this many binary places are kept exactly.
EXACT_DATA_BITS = 12
#: Suffix of a sum before it is rounded.
WIDE = "/wide"
UPDATE = "update."


@dataclass
class Notes:
    """What people should know about the chosen numbers."""

    rescales: list[dict[str, Any]] = field(default_factory=list)
    approximations: list[dict[str, Any]] = field(default_factory=list)
    rates: list[dict[str, Any]] = field(default_factory=list)
    updates: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fixed:
    """A program, what was chosen for its tensors by name, and notes.

    `best` is the most economical way of adding to weights that was allowed.
    """

    json: dict[str, Any]
    units: dict[str, Fraction]
    ranges: dict[str, Range]
    intervals: dict[str, Interval]
    notes: Notes
    best: str


def fix(
    program: RealProgram,
    calibration: Calibration,
    data: Mapping[str, np.ndarray],
    rates: dict[str, float],
    options: Options,
) -> Fixed:
    """Assign units, in each way of adding to weights, and keep the program that costs least.

    Where none fits the field, factors that are no powers of two get fewer bits.

    Args:
        program: the fused program.
        calibration: maxima by ONNX name.
        data: the arrays that training will read, by tensor name.
        rates: default learning rates by tensor name.
        options: precision.

    Raises:
        ProgramTooWide: an accumulator can reach half the field.
        UnsupportedOperator: a state is updated in a way that cannot be proven.
    """
    updates = {state: take_apart(program, state) for state in program.next}
    planned = {name: plan_rate(name, value, options) for name, value in rates.items()}
    modes = MODES if options.rate_outside else MODES[-1:]
    refused: ProgramTooWide | None = None
    for bits in range(options.coefficient_bits, LEAST_COEFFICIENT_BITS - 1, -2):
        found: list[Fixed] = []
        for steps in options.link_lengths():
            if any(f.best == modes[0] for f in found):
                break  # Shorter links gain nothing.
            tried = replace(options, coefficient_bits=bits, max_steps=steps)
            for best in modes:
                try:
                    found.append(
                        _settle(program, calibration, data, planned, tried, steps, updates, best)
                    )
                except ProgramTooWide as error:
                    refused = error
        if found:
            # The first of equals has the longest links.
            return min(found, key=lambda fixed: cost(fixed.json).elements(TYPICAL_STEPS))
    assert refused is not None
    raise refused


def _settle(
    program: RealProgram,
    calibration: Calibration,
    data: Mapping[str, np.ndarray],
    rates: dict[str, Rate],
    options: Options,
    max_steps: int,
    updates: dict[str, Update],
    best: str,
) -> Fixed:
    """Repeat the assignment until the states' units are those that their updates want."""
    adjustments = Adjustments()
    for attempt in range(12):
        plans = plan_states(
            program, updates, calibration, rates, adjustments, options, max_steps, best
        )
        fixer = _Fixer(program, calibration, data, rates, options, max_steps, updates, plans, best)
        fixed = fixer.run()
        # Odd parts can chase each other through a weight decay; coefficients settle that.
        if not fixer.learn(adjustments, odd=attempt < 3):
            return fixed
    raise UnsupportedOperator("the units of the states depend on each other without end")


class _Fixer:
    def __init__(
        self,
        program: RealProgram,
        calibration: Calibration,
        data: Mapping[str, np.ndarray],
        rates: dict[str, Rate],
        options: Options,
        max_steps: int,
        updates: dict[str, Update],
        plans: dict[str, Plan],
        best: str,
    ) -> None:
        self.best = best
        self.program = program
        self.calibration = calibration
        self.data = data
        self.rates = rates
        self.options = options
        self.updates = updates
        self.plans = plans
        self.notes = Notes()
        self.odd: dict[str, Fraction] = {}
        self.coarser: dict[str, int] = {}
        self.producers = program.by_output()
        self.state_of = {
            new: state for state, new in program.next.items() if updates[state].kind != "frozen"
        }
        batch = program.shapes[program.roles.data[0]][0]
        self.build = Builder(program.name, batch, max_steps)
        self.tolerance = Fraction(1, 2 ** (options.coefficient_bits + 1))
        self.update_tolerance = Fraction(1, 2 ** min(options.update_bits, options.coefficient_bits))
        self.masks = {
            n.out for n in program.nodes if isinstance(n, Function) and n.kind in ("Step", "OneHot")
        }
        self.narrow = self._read_narrowly()

    def run(self) -> Fixed:
        for name in self.program.roles.data:
            self._data(name)
        for state, plan in self.plans.items():
            self.build.tensor(
                state, self.program.shapes[state], plan.unit, plan.range, plan.interval
            )
        for name in self.program.roles.scalars:
            self._rate(name)
        for node in self.program.nodes:
            if isinstance(node, Function):
                self._function(node)
            elif node.out in self.state_of:
                self._next_state(self.state_of[node.out])
            else:
                self._sum(node)
        for state, new in self.program.next.items():
            target = state if self.updates[state].kind == "frozen" else new
            self.build.json["states"].append(
                {
                    "name": state,
                    "tensor": self.build.ids[state],
                    "next": self.build.ids[target],
                }
            )
        units = {state: self.build.units[state] for state in self.program.next}
        build = self.build
        return Fixed(build.json, units, build.ranges, build.intervals, self.notes, self.best)

    # ---- inputs ------------------------------------------------------------------------

    def _override(self, name: str) -> int | None:
        return self.options.scales.get(name)

    def _labels(self, name: str) -> int | None:
        """Number of classes, where the field is read as class numbers alone."""
        classes = None
        pending = [name]
        while pending:
            tensor = pending.pop()
            for node in self.program.nodes:
                if tensor not in node.inputs():
                    continue
                if isinstance(node, Function) and node.kind == "OneHot":
                    classes = self.program.shapes[node.out][-1]
                elif isinstance(node, Sum) and node.terms == (
                    Term(Fraction(1), node.terms[0].left),
                ):
                    pending.append(node.out)
                else:
                    return None
        return classes

    def _data(self, name: str) -> None:
        array = np.asarray(self.data[name])
        classes = self._labels(name)
        if classes is not None:
            values = array.astype(np.float64)
            bad = (values < 0) | (values >= classes) | (values != np.floor(values))
            if bad.any():
                row = int(np.argwhere(bad)[0][0])
                raise InputError(
                    f"data field '{name}': row {row} has the label {values[bad][0]:g}; "
                    f"labels are the integers 0 to {classes - 1}"
                )
            unit, committed = Fraction(1), Range(0, max(1, (classes - 1).bit_length()))
        else:
            unit, committed = self._data_scale(name, array)
        id_ = self.build.tensor(name, self.program.shapes[name], unit, committed)
        self.build.json["data"].append({"name": name, "tensor": id_})

    def _data_scale(self, name: str, array: np.ndarray) -> tuple[Fraction, Range]:
        least, greatest = float(np.min(array)), float(np.max(array))
        largest = max(-least, greatest) or 1.0
        magnitude = self.options.bits - 1 - self.options.headroom
        override = self._override(name)
        exact = _exact_bits(array)
        if override is not None:
            unit = power(-override)
        elif exact is not None and Fraction(largest) * power(exact) <= power(magnitude + 2):
            unit = power(-exact)
        else:
            # Few levels, as of an image, need no more places than tell them apart four times over.
            levels = len(np.unique(array[:1024]))
            unit = unit_for(largest, min(magnitude, (levels - 1).bit_length() + 2))
        # One bit of headroom: the rows that training reads are here to look at.
        steps = nearest(Fraction(largest) / unit)
        bits = max(1, steps.bit_length() + 1)
        return unit, signed(bits + 1) if least < 0 else Range(0, bits)

    def _rate(self, name: str) -> None:
        rate = self.rates[name]
        self.build.scalar(name, rate.fraction_bits, 0, rate.hi)
        self.notes.rates.append(
            {
                "name": name,
                "default": rate.value,
                "integer": rate.integer,
                "fraction_bits": rate.fraction_bits,
                "relative_error": rate.error,
            }
        )

    # ---- sums --------------------------------------------------------------------------

    def _read_narrowly(self) -> dict[str, str]:
        """Tensors that must not be wide, and why: ``function`` or ``product``."""
        narrow: dict[str, str] = {}
        for node in self.program.nodes:
            if isinstance(node, Function):
                if node.kind in ("Step", "Max"):
                    narrow[node.args[0]] = "function"
                continue
            for term in node.terms:
                if term.right is None:
                    continue
                pair = (term.left.tensor, term.right.tensor)
                if any(t in self.masks for t in pair):
                    continue
                for tensor in pair:
                    narrow.setdefault(tensor, "product")
        return narrow

    def _natural(self, term: Term) -> Fraction:
        """The real value of one unit of a term."""
        value = term.coefficient
        for operand in term.operands():
            value *= self.build.units[operand.tensor]
        return value if term.scalar is None else value * self.rates[term.scalar].unit

    def _approximated(self, name: str, alignment: Alignment) -> None:
        if alignment.error:
            self.notes.approximations.append(
                {"tensor": name, "relative_error": float(alignment.error)}
            )

    def _sum(self, node: Sum) -> None:
        shape = self.program.shapes[node.out]
        naturals = [self._natural(t) for t in node.terms]
        alignment = align(naturals, self.tolerance)
        self._approximated(node.out, alignment)
        reason = self.narrow.get(node.out)
        interval = self._bound(node, alignment)
        if reason is None or interval.bits <= self.options.bits + SPARE_BITS:
            self._emit(node.out, shape, alignment, node)
            return
        largest = self.calibration.largest(node.out)
        magnitude = self.options.bits - 1 - self.options.headroom
        override = self._override(node.out)
        committed = signed(self.options.bits)
        if override is not None:
            shift = floor_log2(power(-override) / alignment.unit)
        elif largest == 0:
            # Nothing is known of a tensor that was always zero: keep its most significant bits.
            shift = max(1, interval.bits - self.options.bits)
        else:
            shift = ceil_log2(Fraction(largest) / alignment.unit / power(magnitude))
        alignment, shift = _admissible(alignment, shift)
        self._emit(node.out + WIDE, shape, alignment, node)
        unit = alignment.unit * power(shift)
        self._rescale(node.out, shape, unit, committed, shift, largest)

    def _bound(self, node: Sum, alignment: Alignment) -> Interval:
        """The interval of a sum before it is added to the program."""
        probe = replace_builder(self.build)
        return probe.sum(
            node.out,
            self.program.shapes[node.out],
            alignment.unit,
            list(zip(alignment.coefficients, node.terms, strict=True)),
            tables.constant(node.constant, alignment.unit),
        )

    def _emit(self, name: str, shape: tuple[int, ...], alignment: Alignment, node: Sum) -> None:
        constant = tables.constant(node.constant, alignment.unit)
        terms = list(zip(alignment.coefficients, node.terms, strict=True))
        self.build.sum(name, shape, alignment.unit, terms, constant)

    def _rescale(
        self,
        name: str,
        shape: tuple[int, ...],
        unit: Fraction,
        committed: Range,
        shift: int,
        largest: float,
    ) -> None:
        source = name + WIDE
        if shift > LARGEST_RANGE:
            raise ProgramTooWide(
                f"node '{name}': {shift} bits would be rounded away and may be {LARGEST_RANGE}; "
                "take bits off the scales of its inputs"
            )
        self.build.tensor(name, shape, unit, committed)
        self.build.node(
            "Rescale", input=self.build.ids[source], out=self.build.ids[name], shift=shift
        )
        self.notes.rescales.append(
            {
                "tensor": name,
                "elements": math.prod(shape),
                "shift": shift,
                "bits": committed.bits,
                "calibrated_bits": _bits_of(largest, unit),
            }
        )

    # ---- states ------------------------------------------------------------------------

    def _next_state(self, state: str) -> None:
        plan, update = self.plans[state], self.updates[state]
        new = self.program.next[state]
        self.notes.updates[state] = plan.mode
        if plan.mode == "replace":
            self._round_update(state, new, update.terms, self.calibration.largest(state))
            return
        added, scalar = UPDATE + state, None
        if plan.mode == "rounded":
            self._round_update(state, added, update.terms, self.calibration.largest_change(state))
        else:
            scalar = update.terms[0].scalar
            assert scalar is not None
            if plan.mode == "borrowed":
                added = update.terms[0].left.tensor
            else:
                terms = tuple(replace(t, scalar=None) for t in update.terms)
                largest = self.calibration.largest_change(state) / self.rates[scalar].value
                self._round_update(state, added, terms, largest)
        shape = self.program.shapes[state]
        axes = identity(len(shape))
        terms_of_next = [
            (1, Term(Fraction(1), Operand(state, axes))),
            (update.sign, Term(Fraction(1), Operand(added, axes), None, scalar)),
        ]
        self.build.sum(new, shape, plan.unit, terms_of_next)

    def _round_update(self, state: str, out: str, terms: tuple[Term, ...], largest: float) -> None:
        """Round a gradient, once, into the tensor that its state takes in."""
        plan, shape = self.plans[state], self.program.shapes[state]
        node = Sum(out, terms, self.updates[state].constant)
        naturals = [self._natural(t) for t in terms]
        main = self._main_term(terms)
        # An error of the unit acts like one of the learning rate.
        self.odd[state] = short(mantissa(abs(naturals[main])), self.update_tolerance)
        alignment = align_to(naturals, plan.delta_unit, self.update_tolerance)
        shift = floor_log2(plan.delta_unit / alignment.unit)
        if 0 < shift < LEAST_SHIFT:
            # A coarser result is rounded from more bits.
            self.coarser[state] = LEAST_SHIFT - shift
        alignment, shift = _admissible(alignment, shift, coarsen=False)
        self._approximated(out, alignment)
        self._emit(out + WIDE, shape, alignment, node)
        self._rescale(out, shape, plan.delta_unit, plan.delta, shift, largest)

    def learn(self, adjustments: Adjustments, *, odd: bool) -> bool:
        """Carry over what this assignment taught; whether it was anything new."""
        before = (dict(adjustments.odd), dict(adjustments.coarser))
        if odd:
            adjustments.odd.update(self.odd)
        for state, bits in self.coarser.items():
            adjustments.coarser[state] = adjustments.coarser.get(state, 0) + bits
        return before != (adjustments.odd, adjustments.coarser)

    def _main_term(self, terms: tuple[Term, ...]) -> int:
        """The term that decides a state's unit: the gradient rather than a decay."""
        for index, term in enumerate(terms):
            if term.right is not None:
                return index
        for index, term in enumerate(terms):
            if term.left.tensor not in self.program.roles.states:
                return index
        return 0

    # ---- functions ---------------------------------------------------------------------

    def _function(self, node: Function) -> None:
        rule = {
            "Step": self._step,
            "Max": self._max,
            "OneHot": self._one_hot,
            "Exp": self._exp,
            "Divide": self._divide,
        }[node.kind]
        rule(node)

    def _enclosing(self, tensor: str) -> Range:
        """The range of a committed tensor, or the smallest one around a sum's interval."""
        known = self.build.ranges.get(tensor)
        interval = self.build.intervals[tensor]
        if known is not None and known.interval() == interval:
            return known
        return signed(interval.bits)

    def _step(self, node: Function) -> None:
        argument = node.args[0]
        table = self.build.table(tables.step_table(self._enclosing(argument)))
        self.build.tensor(node.out, self.program.shapes[node.out], Fraction(1), Range(0, 1))
        self.build.node(
            "Lookup", input=self.build.ids[argument], table=table, outs=[self.build.ids[node.out]]
        )

    def _max(self, node: Function) -> None:
        argument = node.args[0]
        unit = self.build.units[argument]
        self.build.tensor(node.out, self.program.shapes[node.out], unit, self._enclosing(argument))
        self.build.node("Max", input=self.build.ids[argument], out=self.build.ids[node.out])

    def _one_hot(self, node: Function) -> None:
        self.build.tensor(node.out, self.program.shapes[node.out], Fraction(1), Range(0, 1))
        self.build.node("OneHot", input=self.build.ids[node.args[0]], out=self.build.ids[node.out])

    def _exp(self, node: Function) -> None:
        argument = node.args[0]
        logits = argument.removesuffix(BELOW_MAX)
        # A maximum less its elements is at least 0 and below the length of their range.
        bits = self._enclosing(logits).bits
        unit = self.build.units[argument]
        if unit > power(-LOGIT_BITS):
            self.notes.warnings.append(
                f"'{logits}' has fewer than {LOGIT_BITS} binary places: its softmax is coarse; "
                "compile with more bits"
            )
        table = tables.exp_table(unit, bits)
        places = tables.EXP_FRACTION_BITS
        self.build.tensor(node.out, self.program.shapes[node.out], power(-places), Range(1, places))
        self.build.node(
            "Lookup",
            input=self.build.ids[argument],
            table=self.build.table(table),
            outs=[self.build.ids[node.out]],
        )

    def _divide(self, node: Function) -> None:
        top, bottom = node.args
        # With two or more classes the sum exceeds each of its elements, so that the quotient
        # stays below 2^16 (see `exp_table`).
        self.build.tensor(
            node.out, self.program.shapes[node.out], power(-SOFTMAX_SHIFT), Range(0, SOFTMAX_SHIFT)
        )
        self.build.node(
            "Divide",
            numerator=self.build.ids[top],
            denominator=self.build.ids[bottom],
            out=self.build.ids[node.out],
            shift=SOFTMAX_SHIFT,
        )


def replace_builder(build: Builder) -> Builder:
    """A builder that knows the same tensors, to try a sum out."""
    probe = Builder("probe", 1, 1)
    probe.ids, probe.shapes, probe.units = dict(build.ids), dict(build.shapes), dict(build.units)
    probe.intervals = dict(build.intervals)
    probe.scalar_ids, probe.scalar_intervals = build.scalar_ids, build.scalar_intervals
    return probe


def _admissible(alignment: Alignment, shift: int, *, coarsen: bool = True) -> tuple[Alignment, int]:
    """A shift that the rules allow.

    A sum that is coarse already is multiplied up, so that rounding is exact; otherwise at least
    four bits are rounded away, because half-up rounding of fewer is visibly biased.
    """
    if shift >= LEAST_SHIFT or (shift > 0 and not coarsen):
        return alignment, shift
    if shift > 0:
        return alignment, LEAST_SHIFT
    up = 1 - shift
    finer = replace(
        alignment,
        unit=alignment.unit / power(up),
        coefficients=tuple(c << up for c in alignment.coefficients),
    )
    return finer, 1


def _exact_bits(array: np.ndarray) -> int | None:
    """Fewest binary places that hold every value exactly, if `EXACT_DATA_BITS` suffice."""
    bits = 0
    for start in range(0, len(array), 1024):
        rows = array[start : start + 1024].astype(np.float64)
        while not np.array_equal(np.ldexp(rows, bits), np.floor(np.ldexp(rows, bits))):
            bits += 1
            if bits > EXACT_DATA_BITS:
                return None
    return bits


def _bits_of(largest: float, unit: Fraction) -> int:
    """Bits of a signed integer that holds the calibrated maximum."""
    steps = Fraction(largest) / unit
    return 1 + (max(0, ceil_log2(steps)) if steps > 0 else 0)

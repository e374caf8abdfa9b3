"""How each state is carried, and in which units.

A weight is accumulated: its next value is the weight itself plus a committed tensor, so the
proof never commits weights inside a link. What is added is, in order of preference,

- ``borrowed``: the learning rate times a state that is committed anyway (a momentum);
- ``rated``: the learning rate times the rounded gradient;
- ``rounded``: the rounded product of learning rate and gradient.

The first two leave the rate's bits to the weight, whose unit becomes finer by them, and whose
bound over a link wider. A momentum is replaced: its next value is committed with the same
range. A frozen tensor is its own next value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.errors import InputError, ProgramTooWide, UnsupportedOperator
from zkpot.program.fixed_point.tails import widening
from zkpot.program.index import identity
from zkpot.program.ranges import Interval, Range, signed
from zkpot.program.rational import ceil_log2, floor_log2, nearest, power
from zkpot.program.real import Function, Operand, RealProgram, Sum, Term
from zkpot.program.units import unit_for

if TYPE_CHECKING:
    from zkpot.program.calibrate import Calibration
    from zkpot.program.fixed_point.adjustments import Adjustments
    from zkpot.program.options import Options

#: Prefix of what is rounded to be added to a state.
UPDATE = "update."
#: A weight keeps this many bits below a step of size one times the learning rate.
RULE_4_BITS = 10
#: Significant bits of a learning rate that is no power of two.
RATE_BITS = 10
#: Bits of a state that a root is taken of, and of one that is divided by a root.
SQUARE_BITS, MOMENT_BITS = 40, 24
#: Binary places that a weight may have beyond that.
SPARE_BITS = 1


@dataclass(frozen=True)
class Update:
    """A next state, taken apart.

    `kind` is ``accumulate``, ``replace`` or ``frozen``. For ``accumulate``, next = state +
    sign * (terms + constant); for ``replace``, next = terms + constant.
    """

    kind: str
    sign: int
    terms: tuple[Term, ...]
    constant: Fraction


@dataclass(frozen=True)
class Plan:
    """Units and ranges of a state.

    `mode` is ``frozen``, ``replace``, ``borrowed``, ``rated`` or ``rounded``. `delta_unit` and
    `delta` are unit and range of the tensor that is rounded for the next value, and `coarsest` is
    the coarsest that this unit may be, or None where its own precision is all that counts.
    """

    mode: str
    unit: Fraction
    range: Range
    delta_unit: Fraction
    delta: Range
    interval: Interval
    coarsest: Fraction | None = None


@dataclass(frozen=True)
class Rate:
    """A learning rate: its default, and the integers that stand for it."""

    value: float
    integer: int
    fraction_bits: int
    hi: int

    @property
    def unit(self) -> Fraction:
        """The real value of one integer step."""
        return power(-self.fraction_bits)

    @property
    def error(self) -> float:
        """Relative error of the default."""
        return float(abs(self.integer * self.unit - Fraction(self.value)) / Fraction(self.value))


def plan_rate(name: str, value: float, options: Options, least: float | None = None) -> Rate:
    """Integers for a learning rate, `Options.rate_bits` of them significant at its default.

    A public scalar that changes from step to step goes from `least` to `value`, and has them at the
    one and room for the other.

    Raises:
        InputError: the default is not positive and finite.
    """
    if not value > 0 or not math.isfinite(value):
        raise InputError(f"the default of '{name}' is {value:g}; a learning rate is positive")
    exact = power(floor_log2(Fraction(value))) == Fraction(value) and least in (None, value)
    bits = options.rate_bits or (1 if exact else RATE_BITS)
    if least is not None and 0 < least < value:
        bits += ceil_log2(Fraction(value) / Fraction(least))
    places = bits - 1 - floor_log2(Fraction(value))
    integer = nearest(Fraction(value) * power(places))
    highest = math.ceil(Fraction(value) * power(places) * options.rate_headroom)
    return Rate(value, integer, places, highest)


def take_apart(program: RealProgram, state: str, number: int = -1) -> Update:
    """The update of a state, one of several in a window, by default the last.

    Raises:
        UnsupportedOperator: the next value is neither the state nor a sum.
    """
    chain = program.chain(state)
    new, before = chain[1:][number], chain[:-1][number]
    if new == state:
        return Update("frozen", 1, (), Fraction(0))
    node = program.by_output().get(new)
    if not isinstance(node, Sum):
        kind = node.kind if isinstance(node, Function) else "another input or a constant"
        raise UnsupportedOperator(
            f"the next value of '{state}' is {kind}; "
            "supported are sums, as SGD with momentum makes them"
        )
    itself = Operand(before, identity(len(program.shapes[state])))
    own = [
        t
        for t in node.terms
        if t.left == itself and t.right is None and t.scalar is None and t.coefficient == 1
    ]
    rest = tuple(t for t in node.terms if t not in own)
    if not own:
        return Update("replace", 1, node.terms, node.constant)
    if not rest and node.constant == 0:
        return Update("frozen", 1, (), Fraction(0))
    sign = -1 if rest and rest[0].coefficient < 0 else 1
    return Update(
        "accumulate", sign, tuple(t.scaled(Fraction(sign)) for t in rest), node.constant * sign
    )


#: Ways to add to a weight, most economical first; each may fall back to the next.
MODES = ("borrowed", "rated", "rounded")


def update_mode(
    update: Update, updates: dict[str, Update], following: dict[str, str], best: str
) -> str:
    """The best way to add to a weight, no better than `best`.

    `following` maps next values to their states.
    """
    scalars = {t.scalar for t in update.terms}
    uniform = len(scalars) == 1 and None not in scalars and update.constant == 0
    if not uniform or best == "rounded":
        return "rounded"
    first = update.terms[0]
    borrowed = following.get(first.left.tensor)
    alone = len(update.terms) == 1 and first.right is None and first.coefficient == 1
    if (
        best == "borrowed"
        and alone
        and borrowed is not None
        and updates[borrowed].kind == "replace"
        and first.left.axes == identity(len(first.left.axes))
    ):
        return "borrowed"
    return "rated"


def plan_states(
    program: RealProgram,
    updates: dict[str, Update],
    calibration: Calibration,
    rates: dict[str, Rate],
    adjustments: Adjustments,
    options: Options,
    max_steps: int,
    best: str,
) -> dict[str, Plan]:
    """Units and ranges of every state.

    An accumulated state's unit follows from the tensor that is added to it, whose unit is the
    finest in which its largest calibrated value, with headroom, fits `options.bits`; where that
    leaves a weight fewer than 10 + log2(1/lr) binary places, the tensor gets more bits instead.
    """
    plans: dict[str, Plan] = {}
    following = {program.next[s]: s for s in updates}
    for state, update in updates.items():
        if update.kind != "accumulate":
            plans[state] = _not_accumulated(
                program, state, update, calibration, adjustments, options
            )
    for state, update in updates.items():
        if update.kind != "accumulate":
            continue
        mode = update_mode(update, updates, following, best)
        if state in options.scales:
            mode = "rounded"
        if mode == "borrowed":
            lent = plans[following[update.terms[0].left.tensor]]
            delta_unit, delta, coarsest = lent.unit, lent.range, None
        else:
            delta_unit, delta, coarsest = _increment(
                program, state, update, mode, calibration, rates, adjustments, options
            )
        unit, factor = delta_unit, Interval(1, 1)
        if mode != "rounded":
            rate = rates[str(update.terms[0].scalar)]
            unit, factor = delta_unit * rate.unit, Interval(0, rate.hi)
        bits = _bits_for(calibration.largest(state), unit, options.headroom)
        committed = signed(max(options.state_bits, bits))
        # In a link, a weight may drift by one full update a step, or several in a window.
        updates_a_step = len(program.chain(state)) - 1
        step = (delta.interval() * factor).times(update.sign * updates_a_step)
        start = committed.interval()
        interval = (start + step.times(max_steps)).hull(start)
        plans[state] = Plan(mode, unit, committed, delta_unit, delta, interval, coarsest)
    return {state: plans[state] for state in updates}


def wanted_quotients(
    program: RealProgram, updates: dict[str, Update], plans: dict[str, Plan]
) -> dict[str, Fraction]:
    """Units of quotients that are, times a scalar, all that is added to a weight."""
    producers = program.by_output()
    wanted = {}
    for state, update in updates.items():
        if plans[state].mode != "rated" or len(update.terms) != 1:
            continue
        (term,) = update.terms
        source = producers.get(term.left.tensor)
        plain = term.right is None and term.coefficient == 1
        if plain and isinstance(source, Function) and source.kind == "Divide":
            wanted[source.out] = plans[state].delta_unit
    return wanted


def _roots(program: RealProgram) -> tuple[set[str], set[str]]:
    """What roots are taken of, and what is divided, through views and sums."""
    producers = program.by_output()
    radicands: set[str] = set()
    dividends: set[str] = set()
    for node in program.nodes:
        if isinstance(node, Function) and node.kind in ("Root", "Divide"):
            found = radicands if node.kind == "Root" else dividends
            found.add(node.args[0])
            source = producers.get(node.args[0])
            if isinstance(source, Sum):
                found.update(t.left.tensor for t in source.terms if t.right is None)
    return radicands, dividends


def squares_kept(program: RealProgram, plans: dict[str, Plan]) -> dict[str, Fraction]:
    """Tensors whose squares go into a state that roots are taken of: gradients, in Adam.

    With each the real number that, as a square, is one unit of the state.
    """
    radicands = _roots(program)[0]
    states = {new: state for state, new in program.next.items() if {state, new} & radicands}
    return {
        term.left.tensor: plans[states[node.out]].unit / abs(term.coefficient)
        for node in program.nodes
        if isinstance(node, Sum) and node.out in states
        for term in node.terms
        if term.right is not None and term.left.tensor == term.right.tensor
    }


def _not_accumulated(
    program: RealProgram,
    state: str,
    update: Update,
    calibration: Calibration,
    adjustments: Adjustments,
    options: Options,
) -> Plan:
    largest = calibration.largest(state)
    odd = adjustments.odd.get(state, Fraction(1))
    bits = options.momentum_bits if update.kind == "replace" else options.bits
    if update.kind == "replace":
        radicands, dividends = _roots(program)
        if {state, program.next[state]} & radicands:
            bits = max(bits, SQUARE_BITS)
        elif {state, program.next[state]} & dividends:
            bits = max(bits, MOMENT_BITS)
    override = options.scales.get(state)
    if override is None:
        wider = widening(calibration.tail(program.next[state]))
        unit = unit_for(largest or 1.0, bits - 1 - options.headroom + wider.below, odd)
        bits += wider.bits
        unit *= power(adjustments.coarser.get(state, 0))
    else:
        unit = odd * power(-override)
        bits = max(bits, _bits_for(largest, unit, options.headroom))
    committed = signed(bits)
    return Plan(update.kind, unit, committed, unit, committed, committed.interval())


def _increment(
    program: RealProgram,
    state: str,
    update: Update,
    mode: str,
    calibration: Calibration,
    rates: dict[str, Rate],
    adjustments: Adjustments,
    options: Options,
) -> tuple[Fraction, Range, Fraction | None]:
    """Unit and range of the rounded tensor that is added to a weight, and its coarsest unit.

    Raises:
        ProgramTooWide: in this mode it is larger than the range that was asked for.
    """
    bits = options.bits
    if {state, program.next[state]} & _roots(program)[0]:
        bits = max(bits, SQUARE_BITS - 8)
    odd = adjustments.odd.get(state, Fraction(1))
    used = [rates[t.scalar] for t in update.terms if t.scalar is not None]
    change = calibration.largest_change(state)
    if mode == "rated":
        change /= used[0].value
    limit = options.ranges.get(UPDATE + state)
    if limit is not None:
        if change > limit:
            raise ProgramTooWide(
                f"range of '{UPDATE}{state}': its values reach {change:.4g} in the float run, "
                f"more than {limit:g}"
            )
        change = limit * 2.0**-options.headroom
    override = options.scales.get(state)
    coarsest = None
    if override is not None:
        unit = odd * power(-override)
    else:
        wider = widening(calibration.tail_of_changes(state))
        unit = unit_for(change or 2.0**-8, bits - 1 - options.headroom + wider.below, odd)
        bits += wider.bits
        if used and mode == "rounded":
            slowest = min(r.value for r in used)
            places = RULE_4_BITS + math.ceil(-math.log2(slowest))
            coarsest = odd * power(-places)
            # Finer than this buys no accuracy and makes every remainder of the layer longer.
            unit = max(unit, coarsest / power(SPARE_BITS))
        unit *= power(adjustments.coarser.get(state, 0))
        if coarsest is not None:
            unit = min(unit, coarsest)
        if state in adjustments.finer:
            unit = coarsest = unit / power(adjustments.finer[state])
    return unit, signed(max(bits, _bits_for(change, unit, options.headroom))), coarsest


def _bits_for(largest: float, unit: Fraction, headroom: int) -> int:
    """Bits of a signed range that holds `largest` with headroom."""
    steps = Fraction(largest) / unit
    return 1 + headroom + (max(0, ceil_log2(steps)) if steps > 0 else 0)

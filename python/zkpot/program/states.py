"""How each state is carried, and in which units.

A weight is accumulated: its next value is the weight itself plus one committed update, so the
proof never commits weights inside a link. A momentum is replaced: its next value is committed
with the same range. A frozen tensor is its own next value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.errors import UnsupportedOperator
from zkpot.program.ranges import Interval, Range, signed
from zkpot.program.rational import ceil_log2, power
from zkpot.program.real import Operand, RealProgram, Sum, Term, identity
from zkpot.program.units import unit_for

if TYPE_CHECKING:
    from zkpot.program.calibrate import Calibration
    from zkpot.program.options import Options

#: A weight keeps this many bits below a step of size one times the learning rate.
RULE_4_BITS = 10


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
    """Unit and ranges of a state; `delta` is the range of its update or next value."""

    unit: Fraction
    range: Range
    delta: Range | None
    interval: Interval


@dataclass
class Adjustments:
    """What a first assignment of scales taught: odd parts of units, and coarser units."""

    odd: dict[str, Fraction] = field(default_factory=dict)
    coarser: dict[str, int] = field(default_factory=dict)


def take_apart(program: RealProgram, state: str) -> Update:
    """The update of a state.

    Raises:
        UnsupportedOperator: the next value is neither the state nor a sum.
    """
    new = program.next[state]
    if new == state:
        return Update("frozen", 1, (), Fraction(0))
    node = program.by_output().get(new)
    if not isinstance(node, Sum):
        kind = "another input" if node is None else node.kind
        raise UnsupportedOperator(
            f"the next value of '{state}' is {kind}; "
            "supported are sums, as SGD with momentum makes them"
        )
    itself = Operand(state, identity(len(program.shapes[state])))
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


def plan_states(
    program: RealProgram,
    updates: dict[str, Update],
    calibration: Calibration,
    rates: dict[str, float],
    adjustments: Adjustments,
    options: Options,
) -> dict[str, Plan]:
    """Units and ranges of every state.

    An accumulated state's unit is the finest in which its largest calibrated update, with
    headroom, fits `options.bits`; where that leaves fewer than 10 + log2(1/lr) binary places,
    the update gets more bits instead.
    """
    plans = {}
    for state, update in updates.items():
        odd = adjustments.odd.get(state, Fraction(1))
        largest = calibration.largest(state)
        override = options.scales.get(state)
        if update.kind == "accumulate":
            used = [rates[t.scalar] for t in update.terms if t.scalar in rates]
            plans[state] = _accumulated(
                largest,
                calibration.largest_change(state),
                min(used) if used else 0.0,
                odd,
                override,
                adjustments.coarser.get(state, 0),
                options,
            )
            continue
        bits = options.momentum_bits if update.kind == "replace" else options.bits
        unit = unit_for(largest or 1.0, bits - 1 - options.headroom, odd)
        if override is not None:
            unit = odd * power(-override)
            bits = max(bits, _bits_for(largest, unit, options.headroom))
        committed = signed(bits)
        delta = committed if update.kind == "replace" else None
        plans[state] = Plan(unit, committed, delta, committed.interval())
    return plans


def _bits_for(largest: float, unit: Fraction, headroom: int) -> int:
    """Bits of a signed range that holds `largest` with headroom."""
    steps = Fraction(largest) / unit
    return 1 + headroom + (max(0, ceil_log2(steps)) if steps > 0 else 0)


def _accumulated(
    largest: float,
    change: float,
    rate: float,
    odd: Fraction,
    override: int | None,
    coarser: int,
    options: Options,
) -> Plan:
    if override is not None:
        unit = odd * power(-override)
    else:
        unit = unit_for(change or 2.0**-8, options.bits - 1 - options.headroom, odd)
        unit *= power(coarser)
        if rate > 0:
            coarsest = odd * power(-(RULE_4_BITS + math.ceil(-math.log2(rate))))
            unit = min(unit, coarsest)
    delta = signed(max(options.bits, _bits_for(change, unit, options.headroom)))
    bits = max(options.state_bits, _bits_for(largest, unit, options.headroom))
    committed = signed(bits)
    # In a link, a weight may drift by one full update a step.
    drift = options.max_steps * -delta.lo
    interval = Interval(committed.lo - drift, committed.hi + drift)
    return Plan(unit, committed, delta, interval)

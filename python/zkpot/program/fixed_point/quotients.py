"""Roots and quotients: binary places from the calibration, integers that stay inside the field."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.errors import InputError, ProgramTooWide, UnsupportedOperator
from zkpot.program.fixed_point.argument import ARGUMENT, aligned, narrowed
from zkpot.program.fixed_point.largest import largest_of
from zkpot.program.fixed_point.tables import add_divisor
from zkpot.program.quotients import is_one
from zkpot.program.ranges import LIMIT, Range, signed
from zkpot.program.rational import ceil_log2, floor_log2, power
from zkpot.program.units import unit_for

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.real import Function

#: Bits of a root, and of a quotient whose dividend is one everywhere: what they multiply or
#: divide afterwards has fewer.
PRECISE_BITS = 20
#: A root is below 2^31, a divisor below 2^46, a shift at most 48.
ROOT_LIMIT, DIVISOR_LIMIT, LARGEST_SHIFT = 31, 46, 48


def add_root(draft: Draft, node: Function) -> None:
    """Add a square root in a unit that is a power of two.

    Raises:
        ProgramTooWide: what it is taken of leaves no room.
    """
    build, shape = draft.build, draft.program.shapes[node.out]
    largest = largest_of(draft, node.out) or 1.0
    wanted = unit_for(largest, PRECISE_BITS - draft.options.headroom)
    override = draft.options.scales.get(node.out)
    places = override if override is not None else -floor_log2(wanted)
    # The radicand in squared units of the root, over a power of two.
    radicand = aligned(draft, node.args[0], node.out + "/radicand")
    shift = 2 * places + floor_log2(build.units[radicand])
    bound = build.intervals[radicand].magnitude
    if shift < 0 or bound << max(0, shift + 1) >= LIMIT:
        if node.out + ARGUMENT in draft.options.ranges:
            raise InputError(
                f"range of '{node.out}{ARGUMENT}': it follows from the root's scale; give "
                f"'{node.out}' fewer fraction bits"
            )
        bits = 2 * PRECISE_BITS + 2
        radicand = narrowed(draft, radicand, power(-2 * places), signed(bits), node.out)
        shift = 2 * places + floor_log2(build.units[radicand])
    if not 0 <= shift <= LARGEST_SHIFT:
        raise ProgramTooWide(
            f"node '{node.out}': its root has {shift} binary places more than its argument and may "
            f"have 0 to {LARGEST_SHIFT}; give it another scale"
        )
    bits = min(ROOT_LIMIT - 1, max(PRECISE_BITS, draft.options.bits))
    build.tensor(node.out, shape, power(-places), Range(1, bits))
    build.node("Root", input=build.ids[radicand], out=build.ids[node.out], shift=shift)


def add_quotient(draft: Draft, node: Function) -> None:
    """Add a quotient, in the unit that its calibration asks for.

    Raises:
        ProgramTooWide: dividend or divisor leave no room.
        UnsupportedOperator: nothing says that the divisor is positive.
    """
    build, shape = draft.build, draft.program.shapes[node.out]
    top, bottom = node.args
    one = _is_one(draft, top)
    largest = largest_of(draft, node.out) or 1.0
    bits = PRECISE_BITS if one else draft.options.bits
    wanted = draft.wanted.get(node.out)
    unit = unit_for(largest, bits - 1 - draft.options.headroom) if wanted is None else wanted
    override = draft.options.scales.get(node.out)
    unit = power(-override) if override is not None else unit
    bottom = _positive(draft, bottom, node.out)
    ratio = build.units[top] / build.units[bottom]
    shift = floor_log2(ratio / unit)
    if shift < 0:
        bottom = _multiple(draft, bottom, 1 << -shift, node.out)
        shift = 0
    if shift > LARGEST_SHIFT or build.intervals[bottom].hi >> DIVISOR_LIMIT:
        raise ProgramTooWide(
            f"node '{node.out}': dividend and divisor are too far apart; give it another scale"
        )
    unit = build.units[top] / build.units[bottom] / power(shift)
    steps = Fraction(largest) / unit
    held = 1 + draft.options.headroom + max(0, ceil_log2(steps) if steps > 0 else 0)
    build.tensor(node.out, shape, unit, signed(max(bits, held)))
    build.node(
        "Divide",
        numerator=build.ids[top],
        denominator=build.ids[bottom],
        axes=list(node.detail),
        out=build.ids[node.out],
        shift=shift,
    )


def _is_one(draft: Draft, tensor: str) -> bool:
    return is_one(draft.program.by_output(), tensor)


def _positive(draft: Draft, bottom: str, name: str) -> str:
    """The divisor, at least one unit."""
    if draft.build.intervals[bottom].lo >= 1:
        return bottom
    largest = largest_of(draft, bottom)
    if largest == 0:
        raise UnsupportedOperator(
            f"node '{name}' (Div): nothing says that its divisor '{bottom}' is positive"
        )
    draft.notes.warnings.append(
        f"the divisor '{bottom}' of '{name}' may be negative by its range: a negative value stops "
        "a run, and what rounds to zero is one unit"
    )
    return add_divisor(draft, bottom, name)


def _multiple(draft: Draft, tensor: str, factor: int, name: str) -> str:
    build = draft.build
    out = f"{name}/scaled_divisor"
    term = draft.whole(tensor)
    build.sum(out, build.shapes[tensor], build.units[tensor] / factor, [(factor, term)])
    return out

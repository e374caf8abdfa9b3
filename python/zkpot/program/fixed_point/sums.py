"""Sums: their units, and whether they are rounded."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program import tables
from zkpot.program.emit import Builder
from zkpot.program.fixed_point.largest import largest_of
from zkpot.program.fixed_point.readers import only_moves
from zkpot.program.fixed_point.rounding import WIDE, add_rounded
from zkpot.program.fixed_point.shifts import admissible
from zkpot.program.ranges import signed
from zkpot.program.rational import ceil_log2, floor_log2, nearest, power, split
from zkpot.program.units import Alignment, align

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.ranges import Interval
    from zkpot.program.real import Sum

#: A tensor may be read as it is if it is no more than this wider than it would be when rounded.
SPARE_BITS = 2
#: The same of elements that were rounded before and are only moved, as a concatenation's are.
MOVED_BITS = 6
#: A tensor whose squares a state adds up has no more bits than this.
SQUARED_BITS = 24
#: A unit is made finer by no more bits than this for a constant.
_FINEST = 40
#: The greatest odd numerator or denominator of a unit that dropout's factors may leave.
_LARGEST_FACTOR = 1 << 16


def add_sum(draft: Draft, node: Sum) -> None:
    """Add a sum that is no state's next value; rounded where it must be narrow and is not."""
    shape, options = draft.program.shapes[node.out], draft.options
    if not node.terms:
        unit = abs(node.constant) or Fraction(1)
        values = [int(node.constant / unit)] * math.prod(shape)
        draft.build.constant(node.out, shape, unit, values)
        return
    tolerance = Fraction(1, 2 ** (options.coefficient_bits + 1))
    alignment = _of_dropout(draft, node) or align([draft.natural(t) for t in node.terms], tolerance)
    alignment = _room_for_constant(draft, node, alignment, tolerance)
    draft.approximated(node.out, alignment)
    interval = _bound(draft, node, alignment)
    largest = largest_of(draft, node.out)
    wider = draft.widening(node.out)
    finer = wider.below + _finer_for_squares(draft, node.out, largest, wider.below)
    bits = options.bits + wider.above + finer
    spare = MOVED_BITS if only_moves(node, draft.program.shapes) else SPARE_BITS
    if node.out not in draft.narrow or interval.bits <= bits + spare:
        add_aligned(draft.build, node.out, shape, alignment, node)
        return
    magnitude = options.bits - 1 - options.headroom + finer
    override = options.scales.get(node.out)
    if override is not None:
        shift = floor_log2(power(-override) / alignment.unit)
    elif largest == 0:
        # Nothing is known of a tensor that was always zero: keep its most significant bits.
        shift = max(1, interval.bits - bits)
    else:
        shift = ceil_log2(Fraction(largest) / alignment.unit / power(magnitude))
    alignment, shift = admissible(alignment, shift)
    add_aligned(draft.build, node.out + WIDE, shape, alignment, node)
    unit = alignment.unit * power(shift)
    add_rounded(draft, node.out, shape, unit, signed(bits), shift, largest)


def _finer_for_squares(draft: Draft, tensor: str, largest: float, below: int) -> int:
    """Bits by which a tensor is finer whose squares a state adds up for a root, as Adam's does.

    An element is divided by its own usual size, so one that is a thousandth of the largest counts
    as much. One unit of it moves the state by about one unit: what is finer would add nothing to
    the root, and count for too much over it.
    """
    if tensor not in draft.squares or not largest:
        return 0
    places = ceil_log2(Fraction(largest)) - -(-ceil_log2(draft.squares[tensor]) // 2)
    coarse = draft.options.bits - 1 - draft.options.headroom + below
    return max(0, min(places - coarse, SQUARED_BITS - draft.options.bits - below))


def _of_dropout(draft: Draft, node: Sum) -> Alignment | None:
    """The unit in which dropout's factor costs nothing: ``1 / (1 - p)`` becomes a part of it.

    None for other sums, and where such factors have piled up.
    """
    if len(node.terms) != 1 or node.constant:
        return None
    (term,) = node.terms
    natural = draft.natural(term)
    if not any(draft.is_random(operand.tensor) for operand in term.operands()):
        return None
    numerator, denominator, _ = split(abs(natural))
    if max(numerator, denominator) > _LARGEST_FACTOR:
        return None
    return Alignment(abs(natural), (1 if natural > 0 else -1,), Fraction(0))


def _room_for_constant(
    draft: Draft, node: Sum, alignment: Alignment, tolerance: Fraction
) -> Alignment:
    """A finer unit where the constant would be lost in that of the terms."""
    if not node.constant:
        return alignment
    largest = Fraction(largest_of(draft, node.out))
    allowed = max(abs(node.constant) * tolerance, largest / power(draft.options.bits + SPARE_BITS))
    finer = 0
    while finer < _FINEST:
        unit = alignment.unit / power(finer)
        if abs(nearest(node.constant / unit) * unit - node.constant) <= allowed:
            break
        finer += 1
    coefficients = tuple(c << finer for c in alignment.coefficients)
    return replace(alignment, unit=alignment.unit / power(finer), coefficients=coefficients)


def add_aligned(
    build: Builder, name: str, shape: tuple[int, ...], alignment: Alignment, node: Sum
) -> Interval:
    """Add a sum in the unit of its alignment; returns its interval."""
    constant = tables.constant(node.constant, alignment.unit)
    terms = list(zip(alignment.coefficients, node.terms, strict=True))
    return build.sum(name, shape, alignment.unit, terms, constant)


def _bound(draft: Draft, node: Sum, alignment: Alignment) -> Interval:
    """The interval of a sum before it is added to the program."""
    build, probe = draft.build, Builder("probe", 1, 1)
    probe.ids, probe.shapes, probe.units = dict(build.ids), dict(build.shapes), dict(build.units)
    probe.intervals = dict(build.intervals)
    probe.scalar_ids, probe.scalar_intervals = build.scalar_ids, build.scalar_intervals
    return add_aligned(probe, node.out, draft.program.shapes[node.out], alignment, node)

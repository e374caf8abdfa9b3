"""Tensors as functions want them: narrow, or in a unit that is a power of two."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.errors import InputError, ProgramTooWide
from zkpot.program.fixed_point.largest import largest_of
from zkpot.program.fixed_point.rounding import WIDE, add_rounded
from zkpot.program.fixed_point.shifts import LEAST_SHIFT
from zkpot.program.ranges import LIMIT, signed
from zkpot.program.rational import ceil_log2, floor_log2, power, split
from zkpot.program.units import align_to, unit_for

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.ranges import Range

#: Suffix of what is rounded for a function to read it.
ARGUMENT = "/argument"
#: Bits of a factor that turns an odd unit into a power of two, finest first.
_FACTOR_BITS = (14, 11, 8)


def aligned(draft: Draft, tensor: str, name: str) -> str:
    """The tensor itself, or a multiple of it, in a unit that is a power of two.

    Raises:
        ProgramTooWide: no factor fits beside the tensor's bits.
    """
    build = draft.build
    unit = build.units[tensor]
    if split(unit)[:2] == (1, 1):
        return tensor
    for bits in _FACTOR_BITS:
        found = align_to([unit], Fraction(1), [Fraction(1, 2 ** (bits + 1))])
        bound = build.intervals[tensor].magnitude * abs(found.coefficients[0])
        if bound << 2 < LIMIT:
            draft.approximated(name, found)
            terms = [(found.coefficients[0], draft.whole(tensor))]
            build.sum(name, build.shapes[tensor], found.unit, terms)
            return name
    raise ProgramTooWide(
        f"node '{name}': there is no room to turn its argument into powers of two; "
        "compile with fewer bits"
    )


def range_given(draft: Draft, made: str, source: str) -> float | None:
    """The largest value that was asked for of a tensor that is rounded from another, less headroom.

    Raises:
        InputError: the source was larger in the float run.
    """
    limit = draft.options.ranges.get(made)
    if limit is None:
        return None
    largest = largest_of(draft, source)
    if largest > limit:
        raise InputError(
            f"range of '{made}': its values reach {largest:.4g} in the float run, "
            f"more than {limit:g}"
        )
    return limit * 2.0**-draft.options.headroom


def narrowed(draft: Draft, tensor: str, unit: Fraction, committed: Range, name: str) -> str:
    """The tensor rounded to a unit, a power of two times its own."""
    build = draft.build
    shift = floor_log2(unit / build.units[tensor])
    out = name + ARGUMENT
    up = max(0, 1 - shift) if shift < 1 else 0
    wide = out + WIDE
    term = [(1 << up, draft.whole(tensor))]
    build.sum(wide, build.shapes[tensor], build.units[tensor] / power(up), term)
    rounded = build.units[wide] * power(shift + up)
    largest = largest_of(draft, tensor)
    add_rounded(draft, out, build.shapes[tensor], rounded, committed, shift + up, largest)
    return out


def small(draft: Draft, tensor: str, bits: int, name: str) -> str:
    """The tensor itself where its range has no more than `bits` bits, else rounded to them."""
    build = draft.build
    if _bits(draft, tensor) <= bits:
        return tensor
    given = range_given(draft, name + ARGUMENT, tensor)
    largest = largest_of(draft, tensor) if given is None else given
    width = min(bits, draft.options.bits)
    if largest:
        magnitude = width - 1 - draft.options.headroom
        ratio = unit_for(largest, magnitude, Fraction(*split(build.units[tensor])[:2]))
        shift = max(LEAST_SHIFT, floor_log2(ratio / build.units[tensor]))
    else:
        shift = max(LEAST_SHIFT, build.intervals[tensor].bits - width)
    return narrowed(draft, tensor, build.units[tensor] * power(shift), signed(width), name)


def enclosing(draft: Draft, tensor: str) -> Range:
    """The range of a committed tensor, or the smallest one around a sum's interval and zero."""
    known = draft.build.ranges.get(tensor)
    interval = draft.build.intervals[tensor]
    if known is not None and known.interval() == interval:
        return known
    return signed(interval.bits)


def _bits(draft: Draft, tensor: str) -> int:
    """Bits of the smallest range around a tensor, wherever it begins."""
    known = draft.build.ranges.get(tensor)
    interval = draft.build.intervals[tensor]
    if known is not None and known.interval() == interval:
        return known.bits
    return max(1, ceil_log2(Fraction(interval.hi - interval.lo + 1)))

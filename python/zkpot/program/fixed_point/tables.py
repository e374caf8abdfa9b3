"""Functions of one tensor that tables compute, over the whole range of their argument."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.program.expression import describe, evaluate
from zkpot.program.fixed_point.argument import small
from zkpot.program.fixed_point.largest import largest_of
from zkpot.program.ranges import Range, signed
from zkpot.program.real import Function
from zkpot.program.units import scale_of, unit_for

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft

#: Arguments wider than this are rounded to `Options.bits` first.
ARGUMENT_BITS = 18
#: Columns of one table.
COLUMNS = 4


def add_table(draft: Draft, node: Function) -> None:
    """Add a table, with what else is looked up at the same argument."""
    build = draft.build
    if node.out in build.ids:
        return
    (source,) = node.args
    alike = [
        other
        for other in draft.program.nodes
        if isinstance(other, Function) and other.kind == "Table" and other.args == node.args
    ]
    argument = small(draft, source, ARGUMENT_BITS, node.out)
    for start in range(0, len(alike), COLUMNS):
        _add_columns(draft, argument, alike[start : start + COLUMNS])


def _add_columns(draft: Draft, argument: str, nodes: list[Function]) -> None:
    build = draft.build
    held = _enclosing(draft, argument)
    places = np.arange(held.lo, held.hi + 1, dtype=np.float64)
    unit = build.units[argument]
    reals = places * float(unit.numerator) / float(unit.denominator)
    columns, names = [], []
    for node in nodes:
        values, column_unit, committed, error = _column(draft, node, reals)
        build.tensor(node.out, draft.program.shapes[node.out], column_unit, committed)
        columns.append(values)
        names.append(f"{describe(node.detail)} in units of {_shown(column_unit)}")
        draft.notes.tables.append(
            {"tensor": node.out, "function": describe(node.detail), "rows": len(reals)} | error
        )
    table = {
        "name": f"x in units of {_shown(unit)}: {'; '.join(names)}",
        "first": held.lo,
        "bits": held.bits,
        "columns": columns,
    }
    outs = [build.ids[node.out] for node in nodes]
    build.node("Lookup", input=build.ids[argument], table=build.table(table), outs=outs)


def _enclosing(draft: Draft, tensor: str) -> Range:
    known = draft.build.ranges.get(tensor)
    interval = draft.build.intervals[tensor]
    if known is not None and known.interval() == interval:
        return known
    return signed(interval.bits)


def _column(
    draft: Draft, node: Function, reals: np.ndarray
) -> tuple[list[int], Fraction, Range, dict[str, float]]:
    """Values, unit and range of a function, and its error.

    What is larger than the calibrated maximum with its headroom is that: an argument whose value is
    so large is within its range, but was never near in the float run.
    """
    real = evaluate(node.detail, reals)
    missing = np.isnan(real)
    if missing.any() and not missing.all():
        # Arguments that the range admits and the function does not, as of a logarithm.
        known = np.flatnonzero(~missing)
        places = np.flatnonzero(missing)
        after = np.clip(np.searchsorted(known, places), 1, len(known) - 1)
        closer = places - known[after - 1] < known[after] - places
        real = np.array(real)
        real[places] = real[known[np.where(closer, after - 1, after)]]
        draft.notes.warnings.append(
            f"'{node.out}': {describe(node.detail)} has no value at "
            f"{float(reals[missing][0]):g}, which is in the range of its argument; the table has "
            "the nearest value there"
        )
    largest = largest_of(draft, node.out)
    finite = float(np.max(np.abs(real[np.isfinite(real)]), initial=0.0)) or 1.0
    most = min(finite, largest * 2.0**draft.options.headroom) if largest else finite
    override = draft.options.scales.get(node.out)
    bits = draft.options.bits
    unit = unit_for(most, bits - 1) if override is None else Fraction(2) ** -override
    clipped = np.clip(real, -most, most)
    scaled = clipped * float(unit.denominator) / float(unit.numerator)
    integers = np.floor(scaled + 0.5)
    if real.min() > 0:
        # A positive function stays one, so that it can divide.
        integers = np.maximum(integers, 1)
    lo, hi = int(integers.min()), int(integers.max())
    committed = Range(lo, max(1, (hi - lo).bit_length()))
    seen = np.abs(real) <= (largest or finite)
    steps = np.abs(np.diff(clipped))[seen[1:] & seen[:-1]]
    error: dict[str, Any] = {
        "rounding": float(unit) / 2,
        "argument": float(steps.max(initial=0.0)) / 2,
        "limit": most,
    }
    return [int(v) for v in integers], unit, committed, error


def add_least_one(draft: Draft, tensor: str, name: str) -> str:
    """``max(tensor, 1 unit)`` by a table."""
    build = draft.build
    argument = small(draft, tensor, ARGUMENT_BITS, f"{name}/divisor")
    held = _enclosing(draft, argument)
    values = [max(1, value) for value in range(held.lo, held.hi + 1)]
    table = {"name": "max(x, 1)", "first": held.lo, "bits": held.bits, "columns": [values]}
    out = f"{name}/positive_divisor"
    hi = max(held.hi, 1)
    committed = Range(1, max(1, (hi - 1).bit_length()))
    build.tensor(out, build.shapes[argument], build.units[argument], committed)
    build.node("Lookup", input=build.ids[argument], table=build.table(table), outs=[build.ids[out]])
    return out


def _shown(unit: Fraction) -> str:
    scale = scale_of(unit)
    ratio = f"{scale['numerator']}/{scale['denominator']} * " if unit.numerator != 1 else ""
    if unit.numerator == 1 and scale["denominator"] != 1:
        ratio = f"1/{scale['denominator']} * "
    return f"{ratio}2^-{scale['fraction_bits']}"

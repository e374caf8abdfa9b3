"""Functions of one tensor that tables compute, over the whole range of their argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.errors import UnsupportedOperator
from zkpot.program.expression import describe, evaluate
from zkpot.program.fixed_point.argument import enclosing, small
from zkpot.program.fixed_point.largest import largest_of
from zkpot.program.ranges import Range
from zkpot.program.rational import power
from zkpot.program.real import Function
from zkpot.program.units import scale_of, unit_for

if TYPE_CHECKING:
    from fractions import Fraction

    from zkpot.program.fixed_point.draft import Draft

#: Arguments wider than this are rounded to `Options.bits` first.
ARGUMENT_BITS = 18
#: Columns of one table.
COLUMNS = 4
#: A function whose values all lie this close above its limit is listed whole.
SPARE_BITS = 2


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
    held = enclosing(draft, argument)
    places = np.arange(held.lo, held.hi + 1, dtype=np.float64)
    unit = build.units[argument]
    reals = places * float(unit.numerator) / float(unit.denominator)
    columns = [_column(draft, node, reals) for node in nodes]
    listed = np.logical_and.reduce([column.listed for column in columns])
    if not listed.any():
        raise UnsupportedOperator(
            f"node '{nodes[0].out}': {describe(nodes[0].detail)} has no value for any argument "
            f"that the range of '{argument}' admits"
        )
    lists, names = [], []
    for node, column in zip(nodes, columns, strict=True):
        integers = np.where(listed, column.integers, column.integers[listed][0])
        lo, hi = int(integers.min()), int(integers.max())
        committed = Range(lo, max(1, (hi - lo).bit_length()))
        build.tensor(node.out, draft.program.shapes[node.out], column.unit, committed)
        lists.append(integers.astype(np.int64))
        names.append(f"{describe(node.detail)} in units of {_shown(column.unit)}")
        draft.notes.tables.append(_note(node, reals, listed, column))
    table = {
        "name": f"x in units of {_shown(unit)}: {'; '.join(names)}",
        "first": held.lo,
        "bits": held.bits,
        "columns": lists,
        "gaps": _gaps(listed),
    }
    outs = [build.ids[node.out] for node in nodes]
    build.node("Lookup", input=build.ids[argument], table=build.table(table), outs=outs)


def _gaps(listed: np.ndarray) -> list[dict[str, int]]:
    """Runs of rows that are not listed."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], listed, [True])).astype(np.int8)))
    pairs = edges.reshape(-1, 2).tolist()
    return [{"row": first, "rows": end - first} for first, end in pairs]


def _note(node: Function, reals: np.ndarray, listed: np.ndarray, column: _Column) -> dict[str, Any]:
    """What people should know of a table: its errors over all arguments that it lists."""
    real = column.real[listed]
    unit = float(column.unit)
    rounding = np.abs(column.integers[listed] * unit - real).max()
    # Of arguments whose value the float run came near.
    seen = listed & (np.abs(np.where(listed, column.real, 0)) <= column.largest)
    beside = seen[1:] & seen[:-1]
    steps = np.abs(np.diff(np.where(seen, column.real, 0)))[beside]
    ends = [f"{reals[gap['row']]:.4g}" for gap in _gaps(listed)[:1]]
    return {
        "tensor": node.out,
        "function": describe(node.detail),
        "rows": len(reals),
        "unlisted": int((~listed).sum()),
        "first_unlisted": ends[0] if ends else None,
        "rounding": float(rounding),
        "argument": float(steps.max(initial=0.0)) / 2,
        "limit": float(np.abs(real).max()),
    }


@dataclass(frozen=True)
class _Column:
    """A function over the range of its argument.

    `integers` are its values in units where `listed`; `largest` is the calibrated maximum.
    """

    real: np.ndarray
    integers: np.ndarray
    listed: np.ndarray
    unit: Fraction
    largest: float


def _column(draft: Draft, node: Function, reals: np.ndarray) -> _Column:
    """Values of a function, in the unit that its calibrated maximum and headroom ask for.

    Not listed are arguments where it has no value (a logarithm's below zero) or a larger one than
    its range admits: the calibrated maximum with its headroom, and up to `SPARE_BITS` more where
    the whole function fits. An argument that is not listed stops a run, as every value outside its
    range does. Nothing is clamped but values of a positive function below half a unit, which are
    one unit, so that it can divide.
    """
    real = evaluate(node.detail, reals)
    listed = np.isfinite(real)
    largest = largest_of(draft, node.out)
    finite = float(np.max(np.abs(real[listed]), initial=0.0)) or 1.0
    most = min(finite, largest * 2.0**draft.options.headroom) if largest else finite
    override = draft.options.scales.get(node.out)
    unit = unit_for(most, draft.options.bits - 1) if override is None else power(-override)
    if finite > most * 2.0**SPARE_BITS:
        listed &= np.abs(np.where(listed, real, 0)) <= most
    scaled = np.where(listed, real, 0) * float(unit.denominator) / float(unit.numerator)
    integers = np.floor(scaled + 0.5)
    if real[listed].min(initial=np.inf) > 0:
        integers = np.maximum(integers, 1)
    return _Column(real, integers, listed, unit, largest or finite)


def add_divisor(draft: Draft, tensor: str, name: str) -> str:
    """A tensor as a divisor: what rounds to zero is one unit, and a negative value has no entry."""
    build = draft.build
    argument = small(draft, tensor, ARGUMENT_BITS, f"{name}/divisor")
    held = enclosing(draft, argument)
    bits = max(1, held.hi.bit_length())
    values = [max(1, value) for value in range(1 << bits)]
    table = {"name": "a divisor", "first": 0, "bits": bits, "columns": [values]}
    out = f"{name}/positive_divisor"
    build.tensor(out, build.shapes[argument], build.units[argument], Range(1, bits))
    build.node("Lookup", input=build.ids[argument], table=build.table(table), outs=[build.ids[out]])
    return out


def _shown(unit: Fraction) -> str:
    scale = scale_of(unit)
    ratio = f"{scale['numerator']}/{scale['denominator']} * " if unit.numerator != 1 else ""
    if unit.numerator == 1 and scale["denominator"] != 1:
        ratio = f"1/{scale['denominator']} * "
    return f"{ratio}2^-{scale['fraction_bits']}"

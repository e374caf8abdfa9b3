"""The program as the checker reads it: JSON with tensors, nodes and tables by index."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.errors import ProgramTooWide, UnsupportedOperator
from zkpot.program.algebra import MAX_LABELS, slots
from zkpot.program.ranges import Interval, Range, sum_interval, term_interval
from zkpot.program.substitution import always_inside
from zkpot.program.support import meeting
from zkpot.program.units import scale_of

if TYPE_CHECKING:
    from zkpot.artifacts.draw import Draw
    from zkpot.program.graph import Shape
    from zkpot.program.index import Index
    from zkpot.program.real import Operand, Term

ARITHMETIC_VERSION = 3
#: Axes of a tensor; elements of a constant, and places that the labels of one axis name.
MAX_RANK, MAX_PLACES = 8, 1 << 20
#: Bits of a range, of a coefficient and of a rescale's shift, at most.
LARGEST_RANGE = 48


class Builder:
    """Collects the parts of a program and keeps the interval of every tensor."""

    def __init__(self, name: str, batch: int, max_steps: int) -> None:
        self.json: dict[str, Any] = {
            "arithmetic": ARITHMETIC_VERSION,
            "name": name,
            "batch": batch,
            "window": 1,
            "max_steps": max_steps,
            "tensors": [],
            "tables": [],
            "data": [],
            "states": [],
            "scalars": [],
            "nodes": [],
            "reading": "Shuffled",
            "outputs": [],
            "monitor": None,
        }
        self.ids: dict[str, int] = {}
        self.shapes: dict[str, Shape] = {}
        self.units: dict[str, Fraction] = {}
        self.ranges: dict[str, Range] = {}
        self.intervals: dict[str, Interval] = {}
        self.scalar_ids: dict[str, int] = {}
        self.scalar_intervals: dict[str, Interval] = {}
        self._tables: dict[tuple[object, ...], int] = {}

    def tensor(
        self,
        name: str,
        shape: Shape,
        unit: Fraction,
        committed: Range | None,
        interval: Interval | None = None,
    ) -> int:
        """Add a tensor; `interval` is given for sums and for states, which drift in a link."""
        if committed is not None and committed.bits > LARGEST_RANGE:
            raise ProgramTooWide(
                f"tensor '{name}' needs a range of {committed.bits} bits and may have "
                f"{LARGEST_RANGE}; take bits off its scale"
            )
        if len(shape) > MAX_RANK:
            raise UnsupportedOperator(
                f"tensor '{name}' has {len(shape)} axes, split as its reshapes need it, and may "
                f"have {MAX_RANK}; reshape less of it at once"
            )
        self.ids[name] = len(self.json["tensors"])
        self.shapes[name] = shape
        self.units[name] = unit
        if committed is not None:
            self.ranges[name] = committed
        known = interval or (committed.interval() if committed else None)
        if known is not None:
            self.intervals[name] = known
        self.json["tensors"].append(
            {
                "name": name,
                "shape": list(shape),
                "scale": scale_of(unit),
                "range": {"lo": committed.lo, "bits": committed.bits} if committed else None,
            }
        )
        return self.ids[name]

    def node(self, kind: str, **fields: Any) -> None:
        """Add a node."""
        self.json["nodes"].append({kind: fields})

    def table(self, table: dict[str, Any]) -> int:
        """Add a table, once."""
        # As bytes: tables have 65,536 rows, and programs thousands of places that ask for them.
        columns = [np.asarray(column, np.int64) for column in table["columns"]]
        content = tuple(column.tobytes() for column in columns)
        key = (table["name"], table["first"], table["bits"], content)
        if key not in self._tables:
            self._tables[key] = len(self.json["tables"])
            lists = [column.tolist() for column in columns]
            self.json["tables"].append({"gaps": [], **table, "columns": lists})
        return self._tables[key]

    def scalar(self, name: str, fraction_bits: int, lo: int, hi: int) -> None:
        """Add a public scalar."""
        self.scalar_ids[name] = len(self.json["scalars"])
        self.scalar_intervals[name] = Interval(lo, hi)
        self.json["scalars"].append(
            {"name": name, "fraction_bits": fraction_bits, "lo": lo, "hi": hi}
        )

    def sum(
        self,
        out: str,
        shape: Shape,
        unit: Fraction,
        terms: list[tuple[int, Term]],
        constant: int = 0,
    ) -> Interval:
        """Add a sum of terms with their integer coefficients; returns its interval.

        Raises:
            ProgramTooWide: its values can reach half the field.
        """
        rank = len(shape)
        lengths = slots([term for _, term in terms])
        if rank + len(lengths) > MAX_LABELS:
            raise UnsupportedOperator(f"node '{out}': its sum has more than {MAX_LABELS} axes")
        written = []
        intervals = []
        for coefficient, term in terms:
            if abs(coefficient) > 1 << LARGEST_RANGE:
                raise ProgramTooWide(
                    f"node '{out}': the scales of its terms are further than {LARGEST_RANGE} bits "
                    "apart; give one of them another scale"
                )
            names = _own_labels(term, rank, lengths)
            operands = term.operands()
            _check_places(out, term, shape)
            written.append(
                {
                    "coefficient": coefficient,
                    "scalar": None if term.scalar is None else self.scalar_ids[term.scalar],
                    "left": self._operand(operands[0], names),
                    "right": self._operand(operands[1], names) if len(operands) > 1 else None,
                }
            )
            intervals.append(
                term_interval(
                    coefficient,
                    None if term.scalar is None else self.scalar_intervals[term.scalar],
                    [self._read(o, term.lengths(shape)) for o in operands],
                    term.summed,
                )
            )
        groups = meeting([term for _, term in terms], shape, self.shapes)
        interval = sum_interval(out, intervals, constant, groups)
        self.tensor(out, shape, unit, None, interval)
        self.node("Sum", out=self.ids[out], summed=lengths, terms=written, constant=constant)
        return interval

    def constant(self, out: str, shape: Shape, unit: Fraction, values: list[int]) -> None:
        """Add a public tensor, the same in every step."""
        if len(values) > MAX_PLACES:
            raise UnsupportedOperator(
                f"the constant '{out}' has {len(values)} elements and may have {MAX_PLACES}; "
                "make it a data field or a frozen parameter"
            )
        self.tensor(out, shape, unit, None, Interval(min(values), max(values)))
        self.node("Constant", out=self.ids[out], values=values)

    def bernoulli(self, out: str, shape: Shape, draw: Draw) -> None:
        """Add a public random tensor, drawn anew in every step."""
        self.tensor(out, shape, Fraction(1), None, Interval(0, 1))
        drawn = {"ordinal": draw.ordinal, "numerator": draw.numerator, "bits": draw.bits}
        self.node("Bernoulli", out=self.ids[out], **drawn)

    def _read(self, operand: Operand, lengths: dict[int, int]) -> Interval:
        """What an operand gives: zero too where it is read outside of its tensor."""
        own = self.intervals[operand.tensor]
        return own if always_inside(operand, self.shapes, lengths) else own.hull(Interval(0, 0))

    def _operand(self, operand: Operand, names: dict[int, int]) -> dict[str, Any]:
        return {
            "tensor": self.ids[operand.tensor],
            "axes": [_index(index.renamed(names)) for index in operand.axes],
        }


def _own_labels(term: Term, rank: int, lengths: list[int]) -> dict[int, int]:
    """Which of a sum's summed labels, of these lengths, stand for a term's own."""
    names: dict[int, int] = {}
    for own, length in enumerate(term.summed, start=rank):
        names[own] = next(
            rank + i
            for i, n in enumerate(lengths)
            if n == length and rank + i not in names.values()
        )
    return names


def _check_places(out: str, term: Term, shape: Shape) -> None:
    lengths = term.lengths(shape)
    for operand in term.operands():
        for index in operand.axes:
            places = math.prod(lengths[label] for label in index.names)
            if len(index.labels) > 1 and places > MAX_PLACES:
                raise UnsupportedOperator(
                    f"node '{out}' merges axes of '{operand.tensor}' to {places} places and may "
                    f"merge {MAX_PLACES}; reshape less of it at once"
                )


def _index(index: Index) -> dict[str, Any]:
    return {
        "labels": [[label, stride] for label, stride in index.labels],
        "offset": index.offset,
        "divisor": index.divisor,
    }

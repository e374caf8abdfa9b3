"""The program as the checker reads it: JSON with tensors, nodes and tables by index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zkpot.errors import ProgramTooWide, UnsupportedOperator
from zkpot.program.ranges import Interval, Range, sum_interval, term_interval
from zkpot.program.units import scale_of

if TYPE_CHECKING:
    from fractions import Fraction

    from zkpot.program.graph import Shape
    from zkpot.program.real import Operand, Term

ARITHMETIC_VERSION = 1
_MAX_LABELS = 16
#: Bits of a range, of a coefficient and of a rescale's shift, at most.
LARGEST_RANGE = 48


class Builder:
    """Collects the parts of a program and keeps the interval of every tensor."""

    def __init__(self, name: str, batch: int, max_steps: int) -> None:
        self.json: dict[str, Any] = {
            "arithmetic": ARITHMETIC_VERSION,
            "name": name,
            "batch": batch,
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
        self._tables: dict[str, int] = {}

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
        key = f"{table['name']} from {table['first']}, {table['bits']} bits"
        if key not in self._tables:
            self._tables[key] = len(self.json["tables"])
            self.json["tables"].append(table)
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
        slots: list[int] = []
        written = []
        intervals = []
        for coefficient, term in terms:
            if abs(coefficient) > 1 << LARGEST_RANGE:
                raise ProgramTooWide(
                    f"node '{out}': the scales of its terms are further than {LARGEST_RANGE} bits "
                    "apart; give one of them another scale"
                )
            names = self._summed_labels(term, rank, slots)
            operands = term.operands()
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
                    [self.intervals[o.tensor] for o in operands],
                    [slots[label - rank] for label in names.values()],
                )
            )
        interval = sum_interval(out, intervals, constant)
        self.tensor(out, shape, unit, None, interval)
        self.node("Sum", out=self.ids[out], terms=written, constant=constant)
        return interval

    def _summed_labels(self, term: Term, rank: int, slots: list[int]) -> dict[int, int]:
        """Labels for a term's summed axes. A label has one length in the whole sum."""
        names: dict[int, int] = {}
        for operand in term.operands():
            for label, length in zip(operand.axes, self.shapes[operand.tensor], strict=True):
                if label < rank or label in names:
                    continue
                taken = set(names.values())
                free = [
                    rank + i for i, n in enumerate(slots) if n == length and rank + i not in taken
                ]
                if not free:
                    slots.append(length)
                    free = [rank + len(slots) - 1]
                names[label] = free[0]
        if rank + len(slots) > _MAX_LABELS:
            raise UnsupportedOperator(f"a sum has more than {_MAX_LABELS} axes in all")
        return names

    def _operand(self, operand: Operand, names: dict[int, int]) -> dict[str, Any]:
        return {
            "tensor": self.ids[operand.tensor],
            "axes": [names.get(label, label) for label in operand.axes],
        }

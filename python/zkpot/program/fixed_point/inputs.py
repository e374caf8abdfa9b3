"""Units and ranges of data fields and learning rates."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.errors import InputError
from zkpot.program.fixed_point.readers import classes_of
from zkpot.program.ranges import Range, signed
from zkpot.program.rational import nearest, power
from zkpot.program.units import unit_for

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft

#: Data that are multiples of this many binary places are kept exactly.
EXACT_DATA_BITS = 12


def add_field(draft: Draft, name: str) -> None:
    """Add a data field: class numbers as they are, anything else in a unit of its own.

    Raises:
        InputError: a label is none of the classes, or a range was asked for of class numbers.
    """
    array = np.asarray(draft.data[name])
    classes = classes_of(draft.program, name)
    if classes is not None:
        values = array.astype(np.float64)
        bad = (values < 0) | (values >= classes) | (values != np.floor(values))
        if bad.any():
            row = int(np.argwhere(bad)[0][0])
            raise InputError(
                f"data field '{name}': row {row} has the label {values[bad][0]:g}; "
                f"labels are the integers 0 to {classes - 1}"
            )
        if name in draft.options.ranges:
            raise InputError(
                f"range of '{name}': it holds the classes 0 to {classes - 1}, and has their range"
            )
        unit, committed = Fraction(1), Range(0, max(1, (classes - 1).bit_length()))
    else:
        unit, committed = _scale(draft, name, array)
    id_ = draft.build.tensor(name, draft.program.shapes[name], unit, committed)
    draft.build.json["data"].append({"name": name, "tensor": id_})


def add_rate(draft: Draft, name: str) -> None:
    """Add a learning rate."""
    rate = draft.rates[name]
    draft.build.scalar(name, rate.fraction_bits, 0, rate.hi)
    draft.notes.rates.append(
        {
            "name": name,
            "default": rate.value,
            "integer": rate.integer,
            "fraction_bits": rate.fraction_bits,
            "relative_error": rate.error,
        }
    )


def _scale(draft: Draft, name: str, array: np.ndarray) -> tuple[Fraction, Range]:
    least, greatest = float(np.min(array)), float(np.max(array))
    asked = draft.options.ranges.get(name)
    largest = asked or max(-least, greatest) or 1.0
    magnitude = draft.options.bits - 1 - draft.options.headroom
    override = draft.options.scales.get(name)
    exact = _exact_bits(array)
    if override is not None:
        unit = power(-override)
    elif exact is not None and Fraction(largest) * power(exact) <= power(magnitude + 2):
        unit = power(-exact)
    else:
        # Few levels, as of an image, need no more places than tell them apart four times over.
        levels = len(np.unique(array[:1024]))
        unit = unit_for(largest, min(magnitude, (levels - 1).bit_length() + 2))
    # One bit of headroom, or what was asked for: the rows that training reads are here to look at.
    steps = nearest(Fraction(largest) / unit)
    bits = max(1, steps.bit_length() + (asked is None))
    return unit, signed(bits + 1) if least < 0 else Range(0, bits)


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

"""Real arrays to integers and back, by a tensor's scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.errors import InputError, ValueOutOfRange
from zkpot.program.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

Program = dict[str, Any]

#: Data are converted in pieces of this many rows, to keep memory low.
ROWS_AT_ONCE = 4096


def quantise(
    values: np.ndarray,
    unit: Fraction,
    lo: int,
    bits: int,
    name: str,
    *,
    first_row: int | None = 0,
) -> np.ndarray:
    """Integers ``floor(value / unit + 1/2)``, checked against ``[lo, lo + 2^bits)``.

    Args:
        values: real numbers of any shape.
        unit: the real value of one integer step.
        lo: least admissible integer.
        bits: logarithm of the number of admissible integers.
        name: what error messages call the array.
        first_row: row of a dataset that the first axis starts at; None where it counts no rows.

    Returns:
        int64, same shape.

    Raises:
        InputError: a value is not finite.
        ValueOutOfRange: an integer is out of range; the message names place and value.
    """
    real = np.asarray(values, np.float64)
    if not np.all(np.isfinite(real)):
        raise InputError(
            f"'{name}' is not finite at {_place(~np.isfinite(real), first_row=first_row)}"
        )
    # Division by a power of two is exact; an odd numerator or denominator is applied first.
    scaled = real * float(unit.denominator) / float(unit.numerator)
    integers = np.floor(scaled + 0.5)
    bad = (integers < lo) | (integers >= lo + 2**bits)
    if bad.any():
        value = real[bad].flat[0] if real.ndim else float(real)
        place = _place(bad, first_row=first_row)
        low, high = float(lo * unit), float((lo + 2**bits - 1) * unit)
        raise ValueOutOfRange(
            f"'{name}' at {place} is {value:g}, outside [{low:g}, {high:g}]; "
            "compile the program with data that shows the whole range, or give it a scale"
        )
    return integers.astype(np.int64)


def _place(bad: np.ndarray, *, first_row: int | None) -> str:
    index = [int(i) for i in np.argwhere(bad)[0]] if bad.ndim else []
    if not index:
        return "its only element"
    if first_row is not None:
        rest = f", element {index[1:]}" if len(index) > 1 else ""
        return f"row {first_row + index[0]}{rest}"
    return f"element {index}"


def _tensor(program: Program, index: int) -> dict[str, Any]:
    tensor: dict[str, Any] = program["tensors"][index]
    return tensor


def quantise_data(program: Program, data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every data field as integers, ``[rows, ...row shape of the program]``, by field name.

    Rows may come in any shape with as many elements as the program's.

    Raises:
        InputError: a field is missing or its rows have another size.
        ValueOutOfRange: a value is outside the field's range.
    """
    fields = {}
    for field in program["data"]:
        name, tensor = field["name"], _tensor(program, field["tensor"])
        if name not in data:
            raise InputError(f"data field '{name}' is missing")
        array = np.asarray(data[name])
        row = tuple(tensor["shape"][1:])
        if array.ndim == 0 or int(np.prod(array.shape[1:])) != int(np.prod(row)):
            raise InputError(
                f"data field '{name}' has rows of shape {list(array.shape[1:])}; "
                f"the program wants {list(row)}"
            )
        rows = array.reshape((len(array), *row))
        integers = np.empty(rows.shape, np.int64)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            integers[start : start + ROWS_AT_ONCE] = quantise(
                rows[start : start + ROWS_AT_ONCE],
                unit_of(tensor["scale"]),
                tensor["range"]["lo"],
                tensor["range"]["bits"],
                name,
                first_row=start,
            )
        fields[name] = integers
    return fields


def quantise_states(program: Program, states: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every state as integers, in the shape of its tensor, by role name.

    Raises:
        InputError: a state is missing, has another shape, or is not finite.
        ValueOutOfRange: a value is outside the state's range.
    """
    result = {}
    for state in program["states"]:
        name, tensor = state["name"], _tensor(program, state["tensor"])
        if name not in states:
            raise InputError(f"state '{name}' is missing")
        array = np.asarray(states[name])
        if list(array.shape) != state["shape"]:
            raise InputError(
                f"state '{name}' has the shape {list(array.shape)}; "
                f"the program wants {state['shape']}"
            )
        result[name] = quantise(
            array.reshape(tensor["shape"]),
            unit_of(tensor["scale"]),
            tensor["range"]["lo"],
            tensor["range"]["bits"],
            name,
            first_row=None,
        )
    return result


def state_values(program: Program, states: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Integer states as float64 arrays of their own shapes, by role name. Exact below 2^53."""
    result = {}
    for state in program["states"]:
        unit = unit_of(_tensor(program, state["tensor"])["scale"])
        integers = np.asarray(states[state["name"]], np.float64)
        values = integers * float(unit.numerator) / float(unit.denominator)
        result[state["name"]] = values.reshape(state["shape"])
    return result


def state_dict(program: Program, states: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Parameters and buffers as float32 arrays under their torch names."""
    return {
        name.split(".", 1)[1]: values.astype(np.float32)
        for name, values in state_values(program, states).items()
        if name.startswith(("param.", "buffer."))
    }


def quantise_scalar(program: Program, name: str, value: float) -> int:
    """A public scalar as the integer of one step.

    Raises:
        InputError: no such scalar, or the value is not finite or far from a multiple of its unit.
        ValueOutOfRange: the integer is outside the scalar's range.
    """
    for scalar in program["scalars"]:
        if scalar["name"] != name:
            continue
        if not np.isfinite(value):
            raise InputError(f"'{name}' is {value}")
        unit = 2.0 ** -scalar["fraction_bits"]
        integer = int(np.floor(value / unit + 0.5))
        # A rate that fades away may end between zero and one unit of a fine one.
        least = max(abs(scalar["lo"]), abs(scalar["hi"])) * unit / 256
        if abs(integer * unit - value) > max(abs(value) / 8, least):
            raise InputError(
                f"'{name}' is {value:g}, which is no multiple of {unit:g}, the unit that the "
                "program has for it; compile with that learning rate, or with more rate_bits"
            )
        if not scalar["lo"] <= integer <= scalar["hi"]:
            raise ValueOutOfRange(
                f"'{name}' is {value:g}, outside [{scalar['lo'] * unit:g}, "
                f"{scalar['hi'] * unit:g}]; compile with a larger rate_headroom"
            )
        return integer
    known = ", ".join(s["name"] for s in program["scalars"]) or "none"
    raise InputError(f"the program has no public scalar '{name}'; it has: {known}")

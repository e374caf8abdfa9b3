"""Operators of a tensor and a constant: elements that meet the same number are computed together.

``Pow`` and ``Mod`` are functions of one variable for each exponent or divisor. Where a constant
has several, the elements are gathered by them and put back where they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.spelled.place import integers, number, positions

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.spelled.place import Body, Place

    #: Nodes from ``taken<n>`` and the constant ``number<n>`` to ``part<n>``, for a number.
    Function = Callable[[int, float], str]

#: Different numbers of one constant: each may take a table of its own.
MOST_NUMBERS = 16

#: TensorProto's types of floats.
_FLOATS = (1, 10, 11, 16)


def _by_number(place: Place, numbers: np.ndarray, function: Function) -> str | None:
    """The body; None where the shape is not static or there are too many numbers."""
    before = place.shape(0)
    distinct = [float(value) for value in np.unique(numbers)]
    if before is None or len(distinct) > MOST_NUMBERS:
        return None
    shape = np.broadcast_shapes(before, numbers.shape)
    spread = np.broadcast_to(numbers, shape).ravel()
    groups = [np.flatnonzero(spread == value) for value in distinct]
    parts = [
        f"""{positions(f"places{n}", group)}
        taken{n} = Gather <axis = 0> (flat, places{n})
        number{n} = {number(value)}
        {function(n, value)}"""
        for n, (value, group) in enumerate(zip(distinct, groups, strict=True))
    ]
    newline = "\n"
    return f"""(x, numbers) => (y) {{
        shape = {integers(shape)}
        spread = Expand (x, shape)
        row = {integers([-1])}
        flat = Reshape (spread, row)
        {newline.join(parts)}
        joined = Concat <axis = 0> ({", ".join(f"part{n}" for n in range(len(parts)))})
        {positions("back", np.argsort(np.concatenate(groups)))}
        sorted = Gather <axis = 0> (joined, back)
        y = Reshape (sorted, shape)
    }}"""


def several_exponents(exponents: np.ndarray | None) -> bool:
    """Whether a power is of a constant with different numbers; one number needs no groups."""
    return exponents is not None and len(np.unique(exponents)) > 1


def _power(place: Place) -> str | None:
    exponents = place.constant(1)
    if exponents is None or not several_exponents(exponents):
        return None
    return _by_number(place, exponents, _power_of)


def _power_of(n: int, exponent: float) -> str:
    if exponent:
        return f"part{n} = Pow (taken{n}, number{n})"
    return f"""length{n} = Shape (taken{n})
        part{n} = ConstantOfShape <value = float[1] {{1.0}}> (length{n})"""


def _remainder(place: Place) -> str | None:
    divisors = place.constant(1)
    kind = place.types[place.node.input[0]].tensor_type.elem_type
    if divisors is None or not np.all(divisors) or kind not in _FLOATS:
        return None
    truncated = bool(place.attribute("fmod", 0))
    return _by_number(place, divisors, _truncated if truncated else _floored)


def _floored(n: int, _: float) -> str:
    """``x - d floor(x / d)``, of the divisor's sign."""
    return f"""ratio{n} = Div (taken{n}, number{n})
        whole{n} = Floor (ratio{n})
        multiple{n} = Mul (whole{n}, number{n})
        part{n} = Sub (taken{n}, multiple{n})"""


def _truncated(n: int, _: float) -> str:
    """``x - d trunc(x / d)``, of the sign of x."""
    return f"""ratio{n} = Div (taken{n}, number{n})
        size{n} = Abs (ratio{n})
        below{n} = Floor (size{n})
        sign{n} = Sign (ratio{n})
        whole{n} = Mul (sign{n}, below{n})
        multiple{n} = Mul (whole{n}, number{n})
        part{n} = Sub (taken{n}, multiple{n})"""


BODIES: dict[str, Body] = {"Mod": _remainder, "Pow": _power}

"""``Shrink``: what is nearer to zero than a bound is zero, the rest comes nearer by an offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.spelled.place import number

if TYPE_CHECKING:
    from zkpot.program.spelled.place import Body, Place


def _shrink(place: Place) -> str:
    """``(above + below) x - (above - below) bias``, of two bits, one of which is zero."""
    bound, bias = place.attribute("lambd", 0.5), place.attribute("bias", 0.0)
    return f"""(x) => (y) {{
        highest = {number(bound)}
        lowest = {number(-bound)}
        bias = {number(bias)}
        over = Greater (x, highest)
        under = Less (x, lowest)
        above = Cast <to = 1> (over)
        below = Cast <to = 1> (under)
        outside = Add (above, below)
        kept = Mul (x, outside)
        side = Sub (above, below)
        offset = Mul (side, bias)
        y = Sub (kept, offset)
    }}"""


BODIES: dict[str, Body] = {"Shrink": _shrink}

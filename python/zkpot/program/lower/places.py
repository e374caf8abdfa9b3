"""Places of maxima as numbers, where something else than one-hot rows is made of them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import plain
from zkpot.program.lower.layout import change_shape
from zkpot.program.lower.maxima import first_maximum
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.lower.context import Lowering


def spell_place(low: Lowering, name: str) -> None:
    """The sum over a row of ``place * [it is the first maximum]``."""
    argument = low.places[name]
    hot = first_maximum(low, argument)
    shape = low.program.shapes[hot]
    rank, length = len(shape), shape[-1]
    ramp = low.add_constant(f"{name}/numbers", np.arange(length, dtype=np.float64))
    term = Term(
        Fraction(1),
        Operand(hot, plain(range(rank))),
        Operand(ramp, plain([rank - 1])),
        summed=(length,),
    )
    rows = low.define(f"{name}/rows", shape[:-1], [term])
    change_shape(low, rows, name, low.shape(name))

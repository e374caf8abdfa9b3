"""A fixed-point program under construction, with what was decided beforehand."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.emit import Builder
from zkpot.program.fixed_point.program import Notes
from zkpot.program.fixed_point.readers import read_narrowly

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from zkpot.program.calibrate import Calibration
    from zkpot.program.fixed_point.states import Plan, Rate, Update
    from zkpot.program.options import Options
    from zkpot.program.real import RealProgram, Term
    from zkpot.program.units import Alignment


class Draft:
    """What the rules of this folder share.

    Attributes:
        build: the program so far.
        notes: for people.
        narrow: tensors that must be rounded where they are wide.
        odd: odd parts that states' units want, for the next attempt.
        coarser: bits by which states' units should be coarser, likewise.
        finer: bits by which they should be finer, where they may not be coarser.
    """

    def __init__(
        self,
        program: RealProgram,
        calibration: Calibration,
        data: Mapping[str, np.ndarray],
        rates: dict[str, Rate],
        options: Options,
        max_steps: int,
        updates: dict[str, Update],
        plans: dict[str, Plan],
    ) -> None:
        self.program = program
        self.calibration = calibration
        self.data = data
        self.rates = rates
        self.options = options
        self.updates = updates
        self.plans = plans
        self.build = Builder(program.name, program.shapes[program.roles.data[0]][0], max_steps)
        self.notes = Notes()
        self.narrow = read_narrowly(program)
        self.odd: dict[str, Fraction] = {}
        self.coarser: dict[str, int] = {}
        self.finer: dict[str, int] = {}

    def natural(self, term: Term) -> Fraction:
        """The real value of one unit of a term."""
        value = term.coefficient
        for operand in term.operands():
            value *= self.build.units[operand.tensor]
        return value if term.scalar is None else value * self.rates[term.scalar].unit

    def approximated(self, name: str, alignment: Alignment) -> None:
        """Note the error of a sum's coefficients, if there is one."""
        if alignment.error:
            self.notes.approximations.append(
                {"tensor": name, "relative_error": float(alignment.error)}
            )

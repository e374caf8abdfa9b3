"""A fixed-point program under construction, with what was decided beforehand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.emit import Builder
from zkpot.program.fixed_point.program import Notes
from zkpot.program.fixed_point.readers import read_narrowly
from zkpot.program.fixed_point.states import squares_kept, wanted_quotients
from zkpot.program.fixed_point.tails import Widening, widening
from zkpot.program.real import Bernoulli, Constant, Function, Sum, Term, whole
from zkpot.program.support import meeting

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from zkpot.program.calibrate import Calibration
    from zkpot.program.fixed_point.states import Plan, Rate, Update
    from zkpot.program.options import Options
    from zkpot.program.real import RealProgram
    from zkpot.program.units import Alignment


class Draft:
    """What the rules of this folder share.

    Attributes:
        build: the program so far.
        notes: for people.
        narrow: tensors that must be rounded where they are wide.
        squares: tensors whose squares a state adds up for a root, and the square that is one unit.
        wanted: units of quotients that are added to a weight as they are.
        added: what was added to states so far, with signs.
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
        self.squares = squares_kept(program, plans)
        self._nodes = program.by_output()
        self.wanted = wanted_quotients(program, updates, plans)
        self.added: dict[str, list[tuple[int, Term]]] = {}
        self.odd: dict[str, Fraction] = {}
        self.coarser: dict[str, int] = {}
        self.finer: dict[str, int] = {}

    def whole(self, tensor: str) -> Term:
        """A tensor as a term of a sum of its own shape."""
        return whole(tensor, self.build.shapes[tensor])

    def is_random(self, tensor: str) -> bool:
        """Whether it is drawn anew in every step."""
        return isinstance(self._nodes.get(tensor), Bernoulli)

    def natural(self, term: Term) -> Fraction:
        """The real value of one unit of a term."""
        value = term.coefficient
        for operand in term.operands():
            value *= self.build.units[operand.tensor]
        return value if term.scalar is None else value * self.rates[term.scalar].unit

    def largest(self, tensor: str) -> float:
        """Largest absolute value in the float run.

        Tensors that the compiler made are not in it. Views of one are as large as it is, and sums
        at most as large as their terms together.

        Raises:
            CalibrationFailed: it is not known, and no sum.
        """
        node = self._nodes.get(tensor)
        if isinstance(node, Function) and node.kind == "Max":
            return self.largest(node.args[0])
        if isinstance(node, Constant):
            return max(map(abs, node.values))
        if isinstance(node, Bernoulli):
            return 1.0
        if not isinstance(node, Sum) or tensor in self.calibration.maxima:
            return self.calibration.largest(tensor)
        shape = self.program.shapes[tensor]
        sizes = [self._size(term) for term in node.terms]
        largest = 0.0
        for group in meeting(node.terms, shape, self.program.shapes):
            met = [size for number, size in enumerate(sizes) if group >> number & 1]
            largest = max(largest, sum(met))
        return largest + abs(float(node.constant))

    def widening(self, tensor: str) -> Widening:
        """Bits that a tensor gets for the difference between steps."""
        return widening(self._tail(tensor))

    def _tail(self, tensor: str) -> float:
        """Of tensors that the compiler made: that of what they are made of."""
        if tensor in self.calibration.courses:
            return self.calibration.tail(tensor)
        node = self._nodes.get(tensor)
        if isinstance(node, Function) and node.kind == "Max":
            return self._tail(node.args[0])
        if isinstance(node, Sum):
            read = [operand.tensor for term in node.terms for operand in term.operands()]
            return max(map(self._tail, read), default=1.0)
        return 1.0

    def _size(self, term: Term) -> float:
        size = abs(float(term.coefficient)) * math.prod(term.summed)
        if term.scalar is not None:
            size *= self.rates[term.scalar].value
        return size * math.prod(self.largest(o.tensor) for o in term.operands())

    def approximated(self, name: str, alignment: Alignment) -> None:
        """Note the error of a sum's coefficients, if there is one."""
        if alignment.error:
            self.notes.approximations.append(
                {"tensor": name, "relative_error": float(alignment.error)}
            )

"""Learning rates: from what the user wrote to one integer a step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.program import Program
from zkpot.errors import InputError
from zkpot.program.formula import STEP, evaluate, names_in, rate_in_window


@dataclass(frozen=True)
class Rates:
    """The learning rate of every step.

    Attributes:
        given: One rate for all steps, one a step, or None for what the program came with.
        defaults: What it came with, by the scalar's name.
        until: Training steps of the run that have a rate; what fills up its last window has zero.
    """

    given: float | tuple[float, ...] | None
    defaults: Mapping[str, float]
    until: int | None = None

    @classmethod
    def of(cls, given: float | Sequence[float] | None, program: Program) -> Rates:
        """From Python."""
        defaults = program.initial.rates if program.initial else {}
        if given is None or isinstance(given, (int, float)):
            return cls(given, defaults)
        return cls(tuple(float(rate) for rate in given), defaults)

    def integers(
        self, program: Program, first_step: int, steps: int, *, earlier: int = 0
    ) -> list[list[int]]:
        """The scalars of a link, `[scalar][window]`: one number for each of the program's steps.

        Args:
            program: Whose scalars.
            first_step: Training steps of the run before the link, in whole windows. Rates that are
                given for each step are the run's own.
            steps: Training steps of the link, in whole windows.
            earlier: Steps that the run's first weights have behind them: the number of a step in
                a formula counts them.

        Raises:
            InputError: A rate is missing, or outside what the program allows.
        """
        window = program.window
        span = range(first_step, first_step + steps, window)
        return [
            [
                _integer(
                    program, scalar.name, self._value(scalar.name, step, earlier, window), step
                )
                for step in span
            ]
            for scalar in program.scalars
        ]

    def _value(self, scalar: str, step: int, earlier: int, window: int) -> float:
        """A public scalar: its name is a formula of learning rates and the step's number."""
        values = {STEP: float(earlier + step)}
        for name in names_in(scalar):
            if name != STEP:
                rate, within = rate_in_window(name) if window > 1 else (name, 0)
                values[name] = self._rate(rate, step + within)
        return evaluate(scalar, values)

    def _rate(self, scalar: str, step: int) -> float:
        if self.until is not None and step >= self.until:
            return 0.0
        if self.given is None:
            if scalar not in self.defaults:
                raise InputError(f"no value for '{scalar}' is known; give --lr")
            return self.defaults[scalar]
        if not isinstance(self.given, tuple):
            return self.given
        if step >= len(self.given):
            raise InputError(
                f"learning rates are given for {len(self.given)} steps, and step {step} needs one"
            )
        return self.given[step]


def _integer(program: Program, scalar: str, rate: float, step: int) -> int:
    from zkpot.program import quantise_scalar

    try:
        return quantise_scalar(program.description, scalar, rate)
    except InputError as error:
        error.args = (f"step {step}: {error}",)
        raise


def parse(text: str | None) -> float | list[float] | None:
    """From the command line: a number, or a file with one number a line (or a JSON list)."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    path = Path(text)
    try:
        content = path.read_text()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"--lr {text}: neither a number nor a readable file") from None
    try:
        if content.lstrip().startswith("["):
            return [float(value) for value in json.loads(content)]
        return [float(line) for line in content.split()]
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: not a list of learning rates ({error})") from error

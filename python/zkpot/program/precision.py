"""How far fixed point is from float, tensor by tensor.

The signal is a tensor's value in the float step, the noise what the fixed-point step differs by.
Both sides start every step from the same states, so a figure is about one step of arithmetic and
not about how two trainings drift apart.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

#: Decibels of a factor of two in amplitude.
DECIBELS_PER_BIT = 20 * math.log10(2)


@dataclass(frozen=True)
class Precision:
    """Figures of one tensor.

    Attributes:
        name: as `inspect` shows it; ``new.<state>`` is the change of a state in a step.
        shape: within one step.
        bits: of its range; None for a state's change.
        decibels: signal to noise over all steps; None where there is no noise.
        largest_error: greatest deviation of an element, in real units.
        spare_bits: how often its largest value could double before it leaves the range; None for
            a state's change.
    """

    name: str
    shape: tuple[int, ...]
    bits: int | None
    decibels: float | None
    largest_error: float
    spare_bits: float | None

    @property
    def correct_bits(self) -> float | None:
        """Binary places of the signal above the noise."""
        return None if self.decibels is None else self.decibels / DECIBELS_PER_BIT


@dataclass
class Comparison:
    """Sums of squares of one tensor, over steps."""

    name: str
    shape: tuple[int, ...]
    allowed: dict[str, int] | None = None
    signal: float = 0.0
    noise: float = 0.0
    largest_error: float = 0.0
    largest: float = 0.0

    def add(self, found: np.ndarray, wanted: np.ndarray, largest: float = 0.0) -> None:
        """Take a step's values in: fixed point and float, in real units."""
        wanted = np.asarray(wanted, np.float64).reshape(-1)
        error = np.asarray(found, np.float64).reshape(-1) - wanted
        self.signal += float(np.square(wanted).sum())
        self.noise += float(np.square(error).sum())
        self.largest_error = max(self.largest_error, float(np.abs(error).max(initial=0)))
        self.largest = max(self.largest, largest)

    def result(self) -> Precision:
        """The figures so far. A tensor that should be zero and is not has minus infinity."""
        if self.noise == 0:
            decibels = None
        elif self.signal == 0:
            decibels = -math.inf
        else:
            decibels = 10 * math.log10(self.signal / self.noise)
        bits, spare = None, None
        if self.allowed is not None:
            bits = self.allowed["bits"]
            end = max(-self.allowed["lo"], self.allowed["lo"] + (1 << bits))
            spare = math.log2(end / self.largest) if self.largest else float(bits)
        return Precision(self.name, self.shape, bits, decibels, self.largest_error, spare)


@dataclass(frozen=True)
class PrecisionReport:
    """Tensors of a program, the noisiest first; those without noise last."""

    steps: int
    tensors: tuple[Precision, ...] = field(default_factory=tuple)

    def text(self) -> str:
        """A table for the terminal."""
        lines = [
            f"precision of {self.steps} steps, against the float step from the same states",
            f"  {'tensor':<44} {'signal/noise':>12} {'good bits':>9} {'of':>4} "
            f"{'spare':>6} {'largest error':>14}",
        ]
        for t in self.tensors:
            decibels = "exact" if t.decibels is None else f"{t.decibels:.1f} dB"
            good = "" if t.correct_bits is None else f"{t.correct_bits:.1f}"
            bits = "" if t.bits is None else str(t.bits)
            spare = "" if t.spare_bits is None else f"{t.spare_bits:.1f}"
            lines.append(
                f"  {t.name:<44} {decibels:>12} {good:>9} {bits:>4} {spare:>6} "
                f"{t.largest_error:>14.3g}"
            )
        return "\n".join(lines)

    def to_value(self) -> dict[str, Any]:
        """For JSON; infinity, which JSON lacks, is the lowest finite number."""
        return {
            "steps": self.steps,
            "tensors": [
                {
                    **asdict(t),
                    "decibels": None if t.decibels is None else max(t.decibels, -1e3),
                }
                for t in self.tensors
            ],
        }


def report(comparisons: list[Comparison], steps: int) -> PrecisionReport:
    """Order the figures, worst first."""
    results = [comparison.result() for comparison in comparisons]
    results.sort(key=lambda t: (math.inf if t.decibels is None else t.decibels, t.name))
    return PrecisionReport(steps, tuple(results))

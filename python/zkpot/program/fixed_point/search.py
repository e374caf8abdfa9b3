"""Which program: every way of adding to weights is tried, and the cheapest kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zkpot.errors import ProgramTooWide
from zkpot.program.cost import TYPICAL_STEPS, cost
from zkpot.program.fixed_point.adjustments import Adjustments
from zkpot.program.fixed_point.assignment import assign
from zkpot.program.fixed_point.draft import Draft
from zkpot.program.fixed_point.states import (
    MODES,
    Rate,
    Update,
    plan_rate,
    plan_states,
    take_apart,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from zkpot.program.calibrate import Calibration
    from zkpot.program.fixed_point.program import Fixed
    from zkpot.program.options import Options
    from zkpot.program.real import RealProgram

#: Factors of secondary terms may lose precision down to this before a program is refused.
LEAST_COEFFICIENT_BITS = 6


def fix(
    program: RealProgram,
    calibration: Calibration,
    data: Mapping[str, np.ndarray],
    rates: dict[str, tuple[float, float]],
    options: Options,
) -> Fixed:
    """Assign units, in each way of adding to weights, and keep the program that costs least.

    Where none fits the field, factors that are no powers of two get fewer bits.

    Args:
        program: the fused program.
        calibration: maxima by ONNX name.
        data: the arrays that training will read, by tensor name.
        rates: least and greatest value of each public scalar, at the default learning rates.
        options: precision.

    Raises:
        ProgramTooWide: an accumulator can reach half the field.
        UnsupportedOperator: a state is updated in a way that cannot be proven.
    """
    updates = {state: take_apart(program, state) for state in program.next}
    planned = {
        name: plan_rate(name, greatest, options, least) for name, (least, greatest) in rates.items()
    }
    modes = MODES if options.rate_outside else MODES[-1:]
    refused: ProgramTooWide | None = None
    for bits in range(options.coefficient_bits, LEAST_COEFFICIENT_BITS - 1, -2):
        found: list[Fixed] = []
        for steps in options.link_lengths():
            if any(f.best == modes[0] for f in found):
                break  # Shorter links gain nothing.
            tried = replace(options, coefficient_bits=bits, max_steps=steps)
            for best in modes:
                try:
                    found.append(
                        _settle(program, calibration, data, planned, tried, steps, updates, best)
                    )
                except ProgramTooWide as error:
                    refused = error
        if found:
            # The first of equals has the longest links.
            return min(found, key=lambda fixed: cost(fixed.json).elements(TYPICAL_STEPS))
    assert refused is not None
    raise refused


def _settle(
    program: RealProgram,
    calibration: Calibration,
    data: Mapping[str, np.ndarray],
    rates: dict[str, Rate],
    options: Options,
    max_steps: int,
    updates: dict[str, Update],
    best: str,
) -> Fixed:
    """Repeat the assignment until the states' units are those that their updates want."""
    adjustments = Adjustments()
    while True:
        plans = plan_states(
            program, updates, calibration, rates, adjustments, options, max_steps, best
        )
        draft = Draft(program, calibration, data, rates, options, max_steps, updates, plans)
        fixed = assign(draft, best)
        if not adjustments.learn(draft.odd, draft.coarser, draft.finer):
            return fixed

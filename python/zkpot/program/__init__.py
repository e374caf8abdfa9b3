"""From a training step in ONNX to a fixed-point program."""

from __future__ import annotations

from zkpot.program.compile import Compiled, compile_step
from zkpot.program.cost import Cost, cost
from zkpot.program.inspect import Report, inspect
from zkpot.program.options import Options
from zkpot.program.quantise import (
    quantise,
    quantise_data,
    quantise_scalar,
    quantise_states,
    state_dict,
    state_values,
)

__all__ = [
    "Compiled",
    "Cost",
    "Options",
    "Report",
    "compile_step",
    "cost",
    "inspect",
    "quantise",
    "quantise_data",
    "quantise_scalar",
    "quantise_states",
    "state_dict",
    "state_values",
]

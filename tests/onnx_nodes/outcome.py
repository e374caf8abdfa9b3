"""What becomes of a node test: it passes, or why not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx

from models.refusals import reasons
from tests.onnx_nodes.cases import Case
from tests.onnx_nodes.wrap import wrap
from zkpot.errors import ZkpotError
from zkpot.program import compile_step, quantise_data
from zkpot.program.compile import translate
from zkpot.program.read import load, read
from zkpot.reference import executor

# Bits of an input's largest magnitude; the compiler would take fewer for few different values.
INPUT_BITS = 14
# Ranges are taken from the case's own inputs, so one bit above them is plenty.
HEADROOM = 1
# Largest deviation of a float output, relative to its largest magnitude. Units are 2^-14 of
# their tensor's maximum; the rest is for what an operator makes of its inputs' rounding.
TOLERANCE = 2**-10

PASSES = "passes"


def outcome(case: Case) -> str:
    """`PASSES`, or the reason why not."""
    if case.reason is not None:
        return case.reason
    for output in case.outputs:
        if output not in case.node.output:
            return f"no output '{output}'"
        reason = _compare(case, output)
        if reason is not None:
            return reason if len(case.outputs) == 1 else f"output {output}: {reason}"
    return PASSES


def compiled(
    case: Case, output: str
) -> tuple[dict[str, Any], onnx.ModelProto, dict[str, np.ndarray]]:
    """The program of a case whose prediction is this output, its model, and the model's rows.

    Raises:
        ZkpotError: it cannot be compiled.
    """
    model, rows = wrap(case, output)
    program = compile_step(
        model, rows, headroom=HEADROOM, calibration_steps=1, max_steps=1, scales=_scales(rows)
    ).program_json
    return program, model, rows


def _compare(case: Case, output: str) -> str | None:
    try:
        program, model, rows = compiled(case, output)
        found = _execute(program, rows, str(translate(read(load(model)))[0].prediction))
    except executor.Refused as refused:
        return f"the value of '{refused.tensor}' leaves its range"
    except ZkpotError as error:
        return "; ".join(reasons(error))
    except Exception as error:
        return f"the compiler fails with {type(error).__name__}"
    expected = np.asarray(case.outputs[output])
    if found is None:
        return "the output is not in the program"
    if found.size != expected.size:
        return f"the output has the shape {list(found.shape)}"
    # A program keeps axes apart that a reshape merges: the same elements in the same order.
    return None if _agree(found.reshape(expected.shape), expected) else "the output deviates"


def _scales(rows: dict[str, np.ndarray]) -> dict[str, int]:
    """Fraction bits of each field, by its largest magnitude."""
    return {
        name: INPUT_BITS - math.frexp(float(np.abs(values).max()) or 1.0)[1]
        for name, values in rows.items()
        if values.dtype == np.float32
    }


def _execute(
    program: dict[str, object], rows: dict[str, np.ndarray], prediction: str
) -> np.ndarray | None:
    """The prediction as real numbers, from one step of the exact executor."""
    tensors = {tensor["name"]: tensor for tensor in program["tensors"]}
    if prediction not in tensors:
        return None
    fields = quantise_data(program, rows)
    states = {"param.weight": np.zeros(1, np.int64)}
    rates = [[scalar["lo"]] for scalar in program["scalars"]]
    batches = {name: values[None] for name, values in fields.items()}
    _, trace = executor.train(program, states, batches, rates, steps=1)
    scale = tensors[prediction]["scale"]
    unit = scale["numerator"] / scale["denominator"] * 2.0 ** -scale["fraction_bits"]
    return np.asarray(trace["tensors"][prediction][0], np.float64) * unit


def _agree(found: np.ndarray, expected: np.ndarray) -> bool:
    if expected.dtype.kind != "f":
        return bool(np.array_equal(found, expected))
    largest = float(np.abs(expected).max())
    return bool(np.abs(found - expected).max() <= TOLERANCE * largest)

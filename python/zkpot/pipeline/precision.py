"""The exact executor and the float step side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.artifacts.draw import Draw
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.data import Dataset
from zkpot.errors import InputError
from zkpot.pipeline.compiling import float_rows, read_step
from zkpot.pipeline.integers import data_integers, initial_integers
from zkpot.pipeline.rates import Rates

if TYPE_CHECKING:
    from zkpot.program.graph import Graph
    from zkpot.program.precision import Comparison, PrecisionReport
    from zkpot.step import Step


#: Both sides draw the same random tensors from it.
_SEED = "00" * 32


def _drawn(graph: Graph, step: int) -> dict[str, Any]:
    tensors = {}
    for name in graph.roles.random:
        shape = graph.shapes[name]
        drawn = native.random_tensor(_SEED, step, Draw.parse(name), math.prod(shape))
        tensors[name] = drawn.reshape(shape)
    return tensors


def precision(
    program: Program,
    step: Step | bytes | str | Path,
    dataset: Dataset,
    steps: int,
    *,
    roles: str | Path | Mapping[str, str] | None = None,
) -> PrecisionReport:
    """Signal to noise of every tensor that both the program and the step have.

    Args:
        program: With its initial weights.
        step: The ONNX step that it was compiled from.
        dataset: Rows to train on, in their order.
        steps: How many steps to look at; whole windows where several are proven together.
        roles: As for `compile_step`.

    Raises:
        InputError: The program does not come from this step, or the data does not fit.
        ValueOutOfRange: A value left its range.
    """
    from zkpot.program.calibrate import float_step
    from zkpot.program.precision import Comparison, report
    from zkpot.program.quantise import state_values
    from zkpot.program.read import load, read
    from zkpot.program.units import unit_of
    from zkpot.program.window import at

    onnx, source = read_step(step, roles)
    model = load(onnx)
    graph = read(model)
    missing = [state.name for state in program.states if state.name not in graph.roles.states]
    if missing:
        raise InputError(f"{source or 'the step'}: has no '{missing[0]}', which the program trains")
    description = program.description
    tensors = {tensor["name"]: tensor for tensor in description["tensors"]}
    wanted_rows, given_rows = float_rows(onnx, dataset), data_integers(program, dataset)
    run = float_step(model)
    states = initial_integers(program, None)
    named = [state.name for state in program.states]
    rates = Rates.of(None, program).integers(program, 0, program.whole_windows(steps))
    first_rates = program.initial.rates if program.initial else {}
    # States that count steps: formulas in the program.
    counters = {s: graph.initial[s] for s in graph.roles.states if s not in named}
    comparisons: dict[str, Comparison] = {}

    window = program.window
    # The first prediction and the last new states of a window have the step's own names.
    nexts = [state["next"] for state in description["states"]]
    plain = {(window - 1, description["tensors"][tensor]["name"]) for tensor in nexts}
    if description["monitor"]:
        shown = description["monitor"]["predictions"][0]
        plain.add((0, description["tensors"][shown]["name"]))
    for index in range(program.whole_windows(steps) // window):
        first = index * window
        rows = np.arange(first * program.batch, (first + window) * program.batch) % dataset.rows
        scalars = [values[index] for values in rates]
        batch = [field[rows] for field in given_rows]
        traced = native.trace_step(program, states, batch, scalars, index, _SEED)
        before = state_values(description, dict(zip(named, states, strict=True)))
        # Float has weights inside of a window, too.
        floats: dict[str, Any] = dict(before)
        for number, part in enumerate(np.split(rows, window)):
            feeds: dict[str, Any] = {name: wanted_rows[name][part] for name in graph.roles.data}
            feeds |= {name: floats[graph.roles.states[name] if number else name] for name in named}
            feeds |= _drawn(graph, first + number)
            # A rate that only formulas read is no scalar of the program.
            feeds |= {n: value for n, value in first_rates.items() if n in graph.roles.scalars}
            feeds |= {
                scalar.name: value * 2.0**-scalar.fraction_bits
                for scalar, value in zip(program.scalars, scalars, strict=True)
                if scalar.name in graph.roles.scalars
            }
            feeds |= counters
            floats = {**feeds, **run(feeds)}
            counters = {name: floats[graph.roles.states[name]] for name in counters}
            for name in floats.keys() - set(named):
                own = window == 1 or (number, name) in plain
                found = name if own else at(name, number)
                if found not in traced["tensors"]:
                    continue
                integers, tensor = traced["tensors"][found], tensors[found]
                if np.size(floats[name]) != integers.size:
                    continue
                compared = comparisons.setdefault(
                    name, Comparison(name, tuple(tensor["shape"]), tensor["range"])
                )
                values = integers * float(unit_of(tensor["scale"]))
                compared.add(values, floats[name], float(np.abs(integers).max(initial=0)))
        shapes = [state.shape for state in program.states]
        states = [s.reshape(shape) for s, shape in zip(traced["states"], shapes, strict=True)]
        after = state_values(description, dict(zip(named, states, strict=True)))
        for name in named:
            following = graph.roles.states[name]
            if following == name:
                continue
            compared = comparisons.setdefault(
                f"new.{name}", Comparison(f"new.{name}", before[name].shape)
            )
            compared.add(after[name] - before[name], floats[following] - before[name])
    return report(list(comparisons.values()), steps)

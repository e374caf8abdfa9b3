"""The compiler: passes in order. The one place of this room that composes them."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.errors import InputError, UnsupportedOperator
from zkpot.program import (
    algebra,
    calibrate,
    clipping,
    composite,
    counters,
    estimate,
    monitor,
    quotients,
    refine,
    simplify,
    softmax,
    unary,
)
from zkpot.program.cost import cost
from zkpot.program.fixed_point import Fixed, fix
from zkpot.program.fixed_point.argument import ARGUMENT
from zkpot.program.fixed_point.states import UPDATE
from zkpot.program.inspect import Report, inspect
from zkpot.program.lower import lower
from zkpot.program.operators import Complaints
from zkpot.program.options import Options
from zkpot.program.quantise import quantise_states
from zkpot.program.random_reads import shorten_links
from zkpot.program.read import load, read
from zkpot.program.window import (
    at,
    best_window,
    can_be_windowed,
    measure_window,
    rates_of_window,
    write_window,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

    from zkpot.program.graph import Graph
    from zkpot.program.real import RealProgram


@dataclass(frozen=True)
class Compiled:
    """A fixed-point program.

    Attributes:
        program_json: the program, as the checker reads it.
        initial_state: integers of each state at the start, by role name.
        report: what people should know of it.
    """

    program_json: dict[str, Any]
    initial_state: dict[str, np.ndarray]
    report: Report

    def to_json(self) -> str:
        """The program as text; the same step and data give the same text."""
        return json.dumps(self.program_json, separators=(",", ":"), ensure_ascii=False)


def compile_step(
    step: bytes | onnx.ModelProto,
    data: Mapping[str, np.ndarray],
    *,
    bits: int = 16,
    headroom: int = 3,
    initial: Mapping[str, np.ndarray] | None = None,
    name: str | None = None,
    **options: Any,
) -> Compiled:
    """Compile a training step into a fixed-point program.

    Args:
        step: the ONNX step. Initial values come from its initializers.
        data: the arrays that training will read, by field name; ranges are taken from a float
            run on them.
        bits: size of activations, deltas and updates.
        headroom: bits above the calibrated maximum.
        initial: other initial values, by role name.
        name: what to call the program.
        options: the other fields of :class:`~zkpot.program.options.Options`.

    Raises:
        UnsupportedOperator: operators, forms or updates that cannot be compiled, all of them.
        ProgramTooWide: an accumulator can reach half the field.
        CalibrationFailed: the float run is impossible or not finite.
        InputError: anything else about the model, the data or the options.
    """
    try:
        chosen = Options(bits=bits, headroom=headroom, **options)
    except TypeError as error:
        raise InputError(f"no such option: {error}") from error
    model = load(step)
    graph = read(model)
    fields = calibrate.check_data(graph, data)
    shapes = dict(graph.shapes)
    values = _initial_values(graph, initial or {})
    roles = graph.roles
    program, watch = translate(graph)
    whole = replace_shapes(graph, shapes)
    whole.roles = roles
    measured = calibrate.calibrate(
        model, whole, fields, values, chosen.calibration_steps, row_lengths=chosen.window != 1
    )
    _limit_ranges(measured, program, chosen)
    defaults = {n: float(np.asarray(values[n]).reshape(())) for n in roles.scalars}
    estimate.drop_small_terms(program, measured, defaults, chosen.headroom)
    batch = graph.shapes[roles.data[0]][0]
    window = chosen.window
    if window == "auto":
        window = _best_window(program, measured, fields, defaults, chosen, batch)
    if window > 1:
        estimate.complete(program, measured, defaults)
        stepwise = rates_of_window(defaults, window)
        measure_window(program, measured, write_window(program, batch, window, stepwise))
    else:
        stepwise = defaults
    rates = estimate.public_scalars(program, stepwise)
    estimate.complete(program, measured, stepwise)
    fixed = fix(program, measured, fields, rates, chosen)
    _check_names(fixed, chosen)
    shorten_links(fixed.json, asked=chosen.max_steps is not None)
    fixed.notes.defaults.update(defaults)
    fixed.json["window"] = window
    if name is not None:
        fixed.json["name"] = name
    _watch(fixed, program, watch, window)
    states = quantise_states(fixed.json, {s: values[s] for s in program.next})
    for state in fixed.json["states"]:
        allowed = fixed.json["tensors"][state["tensor"]]["range"]
        state["initial"] = min(_spread(states[state["name"]]), -allowed["lo"])
    return Compiled(fixed.json, states, inspect(fixed.json, fixed.notes))


def _best_window(
    program: RealProgram,
    measured: calibrate.Calibration,
    fields: Mapping[str, np.ndarray],
    defaults: Mapping[str, float],
    options: Options,
    batch: int,
) -> int:
    """How many steps to prove together, given what one alone would commit."""
    if not can_be_windowed(program, batch):
        return 1
    alone, sizes = copy.deepcopy(program), copy.deepcopy(measured)
    rates = estimate.public_scalars(alone, defaults)
    estimate.complete(alone, sizes, defaults)
    committed = cost(fix(alone, sizes, fields, rates, options).json).committed
    window = best_window(program, committed, options.memory)
    try:
        write_window(copy.deepcopy(program), batch, window, rates_of_window(defaults, window))
    except UnsupportedOperator:
        # What looked like a gain cannot be deferred after all.
        return 1
    return window


def _limit_ranges(measured: calibrate.Calibration, program: RealProgram, options: Options) -> None:
    """Let ranges end where it was asked for; a momentum's next value has that of the momentum."""
    made = {UPDATE + state for state in program.next}
    states = {new: state for state, new in program.next.items()}
    for tensor, limit in options.ranges.items():
        if tensor not in measured.maxima and (tensor.endswith(ARGUMENT) or tensor in made):
            continue  # The compiler makes it, and looks there itself.
        # Rows are there to be looked at, so their range has no headroom.
        measured.limit(tensor, limit, 0 if tensor in program.roles.data else options.headroom)
        if tensor in states:
            measured.limit(states[tensor], limit, options.headroom)


def _spread(initial: np.ndarray) -> int:
    """The bound within which a start from a public seed draws a state's integers.

    That of the given initial values, rounded to a few digits: torch draws most of its layers
    uniformly, and the largest of many values is close to the bound.
    """
    largest = int(np.abs(initial).max(initial=0))
    step = 1 << max(0, largest.bit_length() - 4)
    return max(0, -(-largest // step) * step - 1)


def translate(graph: Graph) -> tuple[RealProgram, monitor.Watch | None]:
    """From the graph to a fused real program with its softmaxes found.

    Raises:
        UnsupportedOperator: with everything that cannot be compiled.
    """
    simplify.fold_constants(graph)
    clipping.join_norms(graph)
    # The loss says what to show, and is gone afterwards.
    watch = monitor.detect(composite.expand(copy.deepcopy(graph), Complaints()))
    complaints = Complaints()
    simplify.remove_dead(graph)
    composite.expand(graph, complaints)
    simplify.fold_constants(graph)
    if graph.roles.prediction is None and watch is not None:
        known = {*graph.producers(), *graph.roles.data}
        if watch.prediction in known:
            graph.roles = replace(graph.roles, prediction=watch.prediction)
    counted = counters.find_counters(graph)
    unary.fuse_chains(graph)
    simplify.remove_dead(graph)
    simplify.flatten_data(graph)
    program = lower(graph, complaints, counted)
    complaints.raise_if_any()
    refine.refine(program, complaints)
    complaints.raise_if_any()
    algebra.fuse(program)
    softmax.find_softmax(program)
    algebra.fuse(program)
    softmax.tabulate_the_rest(program)
    quotients.compact_divisors(program)
    quotients.normalise_divisors(program)
    algebra.fuse(program)
    return program, watch


def replace_shapes(graph: Graph, shapes: dict[str, tuple[int, ...]]) -> Graph:
    """The graph with the shapes that the model itself has."""
    other = copy.copy(graph)
    other.shapes = shapes
    return other


def _initial_values(graph: Graph, given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """States and learning rates, from the caller or the model; optimizer state starts at zero."""
    values = {}
    names = (*graph.roles.states, *graph.roles.scalars)
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise InputError(f"initial value '{unknown[0]}' is of no state or learning rate")
    for name in names:
        if name in given:
            value = np.asarray(given[name])
        elif name in graph.initial:
            value = graph.initial[name]
        elif name.startswith("state."):
            value = np.zeros(graph.shapes[name], np.float32)
        else:
            raise InputError(f"'{name}' has no initial value; pass it in 'initial'")
        if value.shape != graph.shapes[name]:
            raise InputError(
                f"initial value '{name}' has the shape {list(value.shape)}; "
                f"the step wants {list(graph.shapes[name])}"
            )
        if value.dtype.kind == "f" and not np.all(np.isfinite(value)):
            raise InputError(f"initial value '{name}' is not finite")
        values[name] = value
    return values


def _check_names(fixed: Fixed, options: Options) -> None:
    """Precision that was asked for must not go unheard."""
    committed = {t["name"] for t in fixed.json["tensors"] if t["range"] is not None}
    for name in (*options.scales, *options.ranges):
        if name not in committed:
            raise InputError(
                f"'{name}' has no precision of its own: it is no tensor of the program, or an "
                "exact sum; 'zkpot inspect' lists those with bits"
            )


def _watch(fixed: Fixed, program: RealProgram, watch: monitor.Watch | None, window: int) -> None:
    ids = {t["name"]: i for i, t in enumerate(fixed.json["tensors"])}
    if watch is None or program.prediction is None:
        return
    shown = [program.prediction, *(at(program.prediction, n) for n in range(1, window))]
    if not ids.keys() >= set(shown):
        return
    prediction, rows = program.shapes[program.prediction], program.shapes[watch.target]
    target = (rows[0] // window, *rows[1:])
    row = prediction[:-1] if watch.loss == monitor.CROSS_ENTROPY else prediction
    if row != target:
        return  # One of them is kept split, and the loss could not be shown.
    alike = prediction[-1] in prediction[1:-1]
    if watch.loss == monitor.CROSS_ENTROPY and alike and program.prediction != watch.prediction:
        return  # The loss reads the prediction moved, and lengths do not say which axis is which.
    fields = [f["name"] for f in fixed.json["data"]]
    fixed.json["monitor"] = {
        "predictions": [ids[name] for name in shown],
        "target": fields.index(watch.target),
        "loss": watch.loss,
    }

"""A float run of the step, to learn how large its values get.

Requires: the checked ONNX model, initial values, and data arrays with at least one batch.
Does: trains in floating point on consecutive batches at the full learning rate, with
onnxruntime where it is installed and onnx's reference evaluator elsewhere.
Ensures: the largest absolute value of every float tensor in each step, and the largest change of
every state. The run is deterministic: rows in order, over and over, and random tensors
from a fixed seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from zkpot.artifacts.draw import Draw
from zkpot.errors import CalibrationFailed, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import onnx

    from zkpot.program.graph import Graph

#: A calibration makes one pass over the data, but not more steps than this.
MOST_STEPS = 1000


@dataclass
class Calibration:
    """Maxima of a float run, and the states that it ended with.

    Attributes:
        steps: how many there were.
        maxima: largest absolute values by tensor, over all steps.
        courses: the same step by step; a state and the data have more, or fewer, entries.
        changes: largest absolute difference of a state between two steps, step by step.
        lengths: by tensor and size of a row, which are trailing axes, the Euclidean length of the
            longest row over all steps.
        losses: means of the loss.
        states: last values by name.
    """

    steps: int
    maxima: dict[str, float] = field(default_factory=dict)
    courses: dict[str, list[float]] = field(default_factory=dict)
    changes: dict[str, list[float]] = field(default_factory=dict)
    lengths: dict[str, dict[int, float]] = field(default_factory=dict)
    losses: list[float] = field(default_factory=list)
    states: dict[str, np.ndarray] = field(default_factory=dict)
    _tails: dict[str, float] = field(default_factory=dict)

    def largest(self, tensor: str) -> float:
        """Largest absolute value.

        Raises:
            CalibrationFailed: the tensor is not in the model.
        """
        if tensor not in self.maxima:
            raise CalibrationFailed(
                f"tensor '{tensor}' has no value in the float run; give its fraction bits in scales"
            )
        return self.maxima[tensor]

    def limit(self, tensor: str, largest: float, headroom: int) -> None:
        """Let the tensor's range end at `largest`, `headroom` bits above what is noted here.

        Raises:
            InputError: the model has no such tensor, or its values were larger.
        """
        if tensor not in self.maxima:
            raise InputError(f"range of '{tensor}': the step has no such tensor")
        if self.maxima[tensor] > largest:
            raise InputError(
                f"range of '{tensor}': its values reach {self.maxima[tensor]:.4g} in the float "
                f"run, more than {largest:g}"
            )
        self.maxima[tensor] = largest * 2.0**-headroom

    def largest_change(self, state: str) -> float:
        """Largest absolute difference of a state between two steps."""
        return max(self.changes.get(state, ()), default=0.0)

    def tail(self, tensor: str) -> float:
        """How many times as large as in a usual step a tensor is at most; 1 where none is known.

        Usual is the geometric mean of the steps in which it is not zero.
        """
        if tensor not in self._tails:
            self._tails[tensor] = _tail(self.courses.get(tensor, ()))
        return self._tails[tensor]

    def tail_of_changes(self, state: str) -> float:
        """The same of the differences of a state between two steps."""
        return _tail(self.changes.get(state, ()))


class _Runner(Protocol):
    def __call__(self, feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]: ...


def _with_all_outputs(model: onnx.ModelProto) -> tuple[onnx.ModelProto, list[str]]:
    """The model with every computed tensor as an output."""
    import onnx

    opened = onnx.ModelProto()
    opened.CopyFrom(model)
    known = {v.name: v for v in opened.graph.value_info}
    present = [o.name for o in opened.graph.output]
    names = list(present)
    for node in opened.graph.node:
        for out in node.output:
            if out and out in known and out not in names:
                opened.graph.output.append(known[out])
                names.append(out)
    # An initial value is an input's default; runtimes want it either there or fed.
    inputs = {i.name for i in opened.graph.input}
    constants = [i for i in opened.graph.initializer if i.name not in inputs]
    del opened.graph.initializer[:]
    opened.graph.initializer.extend(constants)
    return opened, names


def _runner(model: onnx.ModelProto) -> _Runner:
    opened, names = _with_all_outputs(model)
    run = _onnxruntime(opened)
    if run is None:
        from onnx.reference import ReferenceEvaluator

        run = ReferenceEvaluator(opened).run

    def call(feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return dict(zip(names, run(names, dict(feeds)), strict=True))

    return call


def _onnxruntime(model: onnx.ModelProto) -> Callable[..., Any] | None:
    """How onnxruntime runs a model; None without it, or where it is older than the operators."""
    try:
        import onnxruntime
    except ImportError:
        return None
    settings = onnxruntime.SessionOptions()
    # One thread and no fusion, so that the sums, and with them the program, repeat.
    settings.intra_op_num_threads = 1
    settings.inter_op_num_threads = 1
    settings.log_severity_level = 3
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
        )
    except Exception:  # of its own kinds, and which of them says that it is too old is not stated
        return None
    run: Callable[..., Any] = session.run
    return run


def float_step(model: onnx.ModelProto) -> _Runner:
    """One step in floating point: inputs by name to every float tensor by name.

    Raises:
        CalibrationFailed: the model cannot be run.
    """
    types = _numpy_types(model)
    try:
        run = _runner(model)
    except Exception as error:  # runtimes raise their own kinds
        raise CalibrationFailed(f"the step cannot be run in floating point: {error}") from error
    return lambda feeds: run({n: np.asarray(a).astype(types[n]) for n, a in feeds.items()})


def _batches(data: Mapping[str, np.ndarray], batch: int) -> Iterator[dict[str, np.ndarray]]:
    rows = min(len(a) for a in data.values())
    start = 0
    while True:
        index = np.arange(start, start + batch) % rows
        yield {name: array[index] for name, array in data.items()}
        start = (start + batch) % rows


def check_data(graph: Graph, data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The data arrays that the step reads, with the row shapes and types that it wants.

    Raises:
        InputError: a field is missing, has too few rows, another row shape, or is not finite.
    """
    fields = {}
    lengths = set()
    for name in graph.roles.data:
        if name not in data:
            raise InputError(
                f"calibration needs data for '{name}'; pass the arrays that training will read"
            )
        array = np.asarray(data[name])
        shape = graph.shapes[name]
        if not shape or array.ndim != len(shape) or array.shape[1:] != shape[1:]:
            raise InputError(
                f"data field '{name}' has rows of shape {list(array.shape[1:])}; "
                f"the step wants {list(shape[1:])}"
            )
        if array.dtype.kind == "f" and not np.all(np.isfinite(array)):
            row = int(np.argwhere(~np.isfinite(array))[0][0])
            raise InputError(f"data field '{name}' is not finite in row {row}")
        if len(array) < shape[0]:
            raise InputError(
                f"data field '{name}' has {len(array)} rows, less than one batch of {shape[0]}"
            )
        lengths.add(len(array))
        fields[name] = array
    if len(lengths) > 1:
        raise InputError(f"the data fields have different numbers of rows: {sorted(lengths)}")
    return fields


def sample_draws(graph: Graph, step: int) -> dict[str, np.ndarray]:
    """Elements of the step's random tensors, as random as those of a proof."""
    names = graph.roles.random
    return {name: Draw.parse(name).sample(step, graph.shapes[name]) for name in names}


def calibrate(
    model: onnx.ModelProto,
    graph: Graph,
    data: Mapping[str, np.ndarray],
    initial: Mapping[str, np.ndarray],
    steps: int,
    *,
    row_lengths: bool = False,
) -> Calibration:
    """Run at least `steps` steps, and one pass over the data up to `MOST_STEPS`.

    Args:
        model: the model as `read.load` returns it.
        graph: the graph read from it.
        data: arrays by tensor name, as `check_data` returns them.
        initial: states and learning rates by tensor name.
        steps: least number of steps.
        row_lengths: measure the lengths of rows, too.

    Raises:
        CalibrationFailed: the model cannot be run, or a value is not finite; the message names
            the tensor and the step.
    """
    types = _numpy_types(model)
    batch = graph.shapes[graph.roles.data[0]][0]
    rows = min(len(a) for a in data.values())
    count = max(steps, min(rows // batch, MOST_STEPS))
    result = Calibration(count)
    values = {n: np.asarray(a).astype(types[n]) for n, a in initial.items()}
    for name, array in [*values.items(), *data.items()]:
        _record(result, name, array, 0)
        if row_lengths:
            _record_rows(result, name, np.asarray(array))
    try:
        run = _runner(model)
    except Exception as error:  # runtimes raise their own kinds
        raise CalibrationFailed(f"the step cannot be run in floating point: {error}") from error
    for step, rows_of in zip(range(count), _batches(data, batch), strict=False):
        feeds = {n: a.astype(types[n]) for n, a in rows_of.items()}
        try:
            outputs = run({**feeds, **values, **sample_draws(graph, step)})
        except Exception as error:
            raise CalibrationFailed(f"the float run fails at step {step}: {error}") from error
        for name, array in outputs.items():
            _record(result, name, np.asarray(array), step)
            if row_lengths:
                _record_rows(result, name, np.asarray(array))
        if graph.roles.loss in outputs:
            result.losses.append(float(np.mean(outputs[graph.roles.loss])))
        for state, new in graph.roles.states.items():
            if new == state:
                continue
            after = np.asarray(outputs[new])
            change = float(np.max(np.abs(after.astype(np.float64) - values[state])))
            result.changes.setdefault(state, []).append(change)
            values[state] = after
            result.maxima[state] = max(result.maxima[state], result.maxima[new])
    result.states = {s: values[s] for s in graph.roles.states}
    return result


def _numpy_types(model: onnx.ModelProto) -> dict[str, Any]:
    from onnx import helper

    return {
        i.name: helper.tensor_dtype_to_np_dtype(i.type.tensor_type.elem_type)
        for i in model.graph.input
    }


def _record(result: Calibration, name: str, array: np.ndarray, step: int) -> None:
    if array.dtype.kind not in "fiu" or array.size == 0:
        return
    # A million calls in a long calibration: methods cost half of what functions do.
    largest = max(-float(array.min()), float(array.max()))
    if not math.isfinite(largest):
        raise CalibrationFailed(
            f"tensor '{name}' is not finite at step {step} of the float run; "
            "lower the learning rate or check the data and weights"
        )
    result.maxima[name] = max(result.maxima.get(name, 0.0), largest)
    result.courses.setdefault(name, []).append(largest)


def _record_rows(result: Calibration, name: str, array: np.ndarray) -> None:
    if array.dtype.kind != "f" or not array.size:
        return
    known, squares, size = result.lengths.setdefault(name, {}), np.square(array, dtype=float), 1
    while squares.ndim > 1:
        size, squares = size * squares.shape[-1], squares.sum(axis=-1)
        known[size] = max(known.get(size, 0.0), math.sqrt(squares.max()))


def _tail(course: Sequence[float]) -> float:
    sizes = [size for size in course if size > 0]
    if not sizes:
        return 1.0
    return max(sizes) / math.exp(math.fsum(map(math.log, sizes)) / len(sizes))

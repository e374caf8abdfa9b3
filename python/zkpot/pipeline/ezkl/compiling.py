"""From a training step to a circuit of EZKL's."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.artifacts.ezkl.circuit import Circuit, CircuitDirectory, Floats
from zkpot.artifacts.ezkl.terms import Link, Tensor, Terms
from zkpot.backends.ezkl import settings as safe
from zkpot.backends.ezkl.estimate import LARGEST_LOGROWS, Estimate, estimate, least_rows, logrows_of
from zkpot.backends.ezkl.graph import linked
from zkpot.backends.ezkl.process import call
from zkpot.backends.ezkl.values import quantise, salt
from zkpot.data import Dataset
from zkpot.errors import InputError, UnsupportedOperator
from zkpot.pipeline.compiling import read_step
from zkpot.pipeline.ezkl import resources
from zkpot.pipeline.ezkl.batches import Batches
from zkpot.pipeline.integers import float_weights, naming
from zkpot.progress import Progress

if TYPE_CHECKING:
    import onnx

#: Fraction bits where none are asked for: EZKL's own.
SCALE = 7
# Batches that ranges of tables are taken from.
_CALIBRATED = 4


@dataclass(frozen=True)
class Made:
    """A circuit, its step's weights, and what it takes."""

    circuit: Circuit
    initial: Mapping[str, Floats]
    estimate: Estimate


def compile_circuit(
    step: str | Path,
    data: Dataset,
    *,
    link: Link = "committed",
    scale: int = SCALE,
    roles: str | Path | None = None,
    weights: Path | None = None,
    folder: Path,
    memory: int | None = None,
    progress: Progress | None = None,
) -> Made:
    """Turns a float training step into a circuit, in `folder`.

    Args:
        step: An ONNX file.
        data: Rows that ranges of tables are taken from; they become public with the circuit.
        link: How steps are tied together.
        scale: Fraction bits of weights, data and constants.
        roles: As for `zkpot.pipeline.compiling.compile_step`.
        weights: A .safetensors file that replaces the weights in the graph.
        folder: Where the circuit shall stand, with the step's weights for their owner only.
        memory: Bytes that proving may use.
        progress: Where to report to.

    Raises:
        UnsupportedOperator: EZKL cannot prove such a step.
        UnsafeCircuit: It would leave something of it unconstrained.
        NotEnoughResources: It does not fit; the message has the predicted k and memory.
    """
    progress = progress or Progress()
    onnx_bytes, source = read_step(step, roles)
    with naming(source):
        subject = Subject.of(onnx_bytes)
        graph = subject.linked(scale)
        initial = subject.initial(weights)
    draft = Terms(link, scale, LARGEST_LOGROWS, (0, 0), subject.states, subject.data)
    with naming(source):
        # EZKL needs memory to find out how large a circuit is.
        resources.check(estimate(logrows_of(least_rows(draft)), link), folder, memory, least=True)
    batches = Batches(draft.data, data, scale)
    state = state_vector(draft, initial)
    with tempfile.TemporaryDirectory(prefix="zkpot-ezkl-") as scratch:
        path = Path(scratch) / "circuit.onnx"
        path.write_bytes(graph)
        arguments: dict[str, Any] = {"graph": str(path), "scratch": Path(scratch)}
        with naming(source):
            rows = call("describe", terms=_text(draft), **arguments)["num_rows"]
            guess = estimate(logrows_of(rows), link)
            resources.announce(progress, rows, guess)
            resources.check(guess, folder, memory)
            vectors = [[state, batches.vector(i), salt()] for i in range(_CALIBRATED)]
            found = call("calibrate", terms=_text(draft), vectors=vectors, **arguments)
            lookup_range = (int(found["lookup_range"][0]), int(found["lookup_range"][1]))
            terms = replace(draft, logrows=int(found["logrows"]), lookup_range=lookup_range)
            safe.check(call("describe", terms=_text(terms), **arguments), terms)
            expected = estimate(terms.logrows, link)
            resources.check(expected, folder, memory)
    circuit = Circuit(terms, graph)
    directory = CircuitDirectory(folder)
    directory.forget_keys()
    circuit.write(folder)
    directory.write_initial(initial)
    return Made(circuit, initial, expected)


def open_circuit(
    step: Path,
    data: Dataset,
    *,
    folder: Path,
    link: Link | None = None,
    scale: int | None = None,
    weights: Path | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
) -> CircuitDirectory:
    """The circuit in `folder`, if it is that of the step; otherwise it is compiled there.

    Raises:
        InputError: Another circuit is there; and what `compile_circuit` raises.
    """
    directory = CircuitDirectory(folder)
    if not directory.made:
        compile_circuit(
            step,
            data,
            link=link or "committed",
            scale=scale or SCALE,
            weights=weights,
            folder=folder,
            memory=memory,
            progress=progress,
        )
        return directory
    terms = directory.circuit().terms
    asked = (link or terms.link, scale or terms.scale)
    graph = Subject.of(read_step(step)[0]).linked(terms.scale)
    if asked != (terms.link, terms.scale) or graph != directory.circuit().graph:
        raise InputError(f"{folder}: holds the circuit of another step; give another --out")
    return directory


@dataclass(frozen=True)
class Subject:
    """A step as the circuit needs it: floats, shapes known, nothing that changes but the state."""

    model: onnx.ModelProto
    states: tuple[Tensor, ...]
    data: tuple[Tensor, ...]
    following: Mapping[str, str]

    @classmethod
    def of(cls, content: bytes) -> Subject:
        """Reads it.

        Raises:
            UnsupportedOperator: A tensor is no float, a number changes from step to step, or
                the step draws random numbers.
        """
        from zkpot.program.read import load
        from zkpot.program.roles import assign_roles

        model = load(content)
        inputs = {entry.name: entry for entry in model.graph.input}
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        roles = assign_roles(inputs, [entry.name for entry in model.graph.output], metadata)
        given = {entry.name for entry in model.graph.initializer}
        if roles.random:
            raise UnsupportedOperator(
                f"'{roles.random[0]}' is drawn anew in each step, which EZKL's circuit cannot do"
            )
        for name in roles.scalars:
            if name not in given:
                raise UnsupportedOperator(
                    f"'{name}' has no value in the step; EZKL's circuit has it as a constant"
                )
        states = tuple(_tensor(inputs[name]) for name in roles.states)
        data = tuple(_tensor(inputs[name]) for name in roles.data)
        batch = data[0].shape[:1]
        for tensor in data:
            if tensor.shape[:1] != batch or not batch:
                raise UnsupportedOperator(f"'{tensor.name}' has no axis of rows like the others")
        return cls(model, states, data, roles.states)

    def linked(self, scale: int) -> bytes:
        """The graph that the circuit is made of."""
        return linked(self.model, self.states, self.data, self.following, scale)

    def initial(self, weights: Path | None) -> dict[str, Floats]:
        """Weights and optimizer state that training starts from.

        Raises:
            InputError: The file lacks a tensor, or one has another shape.
        """
        from onnx import numpy_helper

        given = {entry.name: entry for entry in self.model.graph.initializer}
        floats = {} if weights is None else float_weights(weights)
        values = {}
        for tensor in self.states:
            name = tensor.name.removeprefix("param.")
            if tensor.name.startswith("param.") and weights is not None:
                if name not in floats or floats[name].shape != tensor.shape:
                    raise InputError(f"{weights}: no tensor '{name}' of shape {tensor.shape}")
                values[tensor.name] = floats[name].astype(np.float32)
            elif tensor.name in given:
                values[tensor.name] = np.array(numpy_helper.to_array(given[tensor.name]))
            else:
                raise InputError(f"'{tensor.name}' has no value in the step: give --weights")
        return values


def state_vector(terms: Terms, values: Mapping[str, Floats]) -> list[int]:
    """The first state as a circuit's integers, with fresh salt."""
    integers: list[int] = []
    for tensor in terms.states:
        if tensor.name not in values or values[tensor.name].shape != tensor.shape:
            raise InputError(f"the initial weights lack '{tensor.name}' of shape {tensor.shape}")
        integers += quantise(f"'{tensor.name}'", values[tensor.name], terms.scale)
    return integers + salt()


def state_floats(terms: Terms, vector: Sequence[int]) -> dict[str, Floats]:
    """What a state's integers stand for."""
    values, place = {}, 0
    for tensor in terms.states:
        part = np.array(vector[place : place + tensor.size], np.float64) * 2.0**-terms.scale
        values[tensor.name] = part.reshape(tensor.shape).astype(np.float32)
        place += tensor.size
    return values


def _tensor(entry: onnx.ValueInfoProto) -> Tensor:
    from onnx import TensorProto

    kind = entry.type.tensor_type
    if kind.elem_type != TensorProto.FLOAT:
        raise UnsupportedOperator(
            f"'{entry.name}' holds no float32 numbers, which EZKL's circuit needs: labels as "
            "class numbers and step counters cannot be committed to; train on one-hot targets "
            "with plain SGD"
        )
    return Tensor(entry.name, tuple(length.dim_value for length in kind.shape.dim))


def _text(terms: Terms) -> str:
    return terms.to_json().decode()

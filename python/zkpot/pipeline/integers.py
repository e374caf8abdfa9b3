"""Weights and data as the program's integers, and back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.initial import InitialState
from zkpot.artifacts.program import Program, State
from zkpot.data import Dataset
from zkpot.data.dataset import Array
from zkpot.data.rows import rows_for
from zkpot.data.tensors import read_safetensors
from zkpot.errors import InputError

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_PARAMETER = "param."


def data_integers(program: Program, dataset: Dataset) -> list[Integers]:
    """The program's data fields, all rows.

    Raises:
        InputError: The dataset does not fit the program, or a value leaves its range.
    """
    arrays = rows_for(program.fields, program.batch, dataset)
    with naming(dataset.source):
        return _quantise(program, arrays)


def shard_integers(
    program: Program, dataset: Dataset, rows: Sequence[int]
) -> Iterator[list[Integers]]:
    """The data fields shard by shard, so that a large dataset is never all integers at once.

    Raises:
        InputError: As `data_integers`; before the first shard for what is wrong with the form.
    """
    arrays = rows_for(program.fields, program.batch, dataset)
    for count, end in zip(rows, accumulate(rows), strict=True):
        try:
            yield _quantise(program, [array[end - count : end] for array in arrays])
        except InputError:
            # Once more in one piece, for an error that counts rows from the first one.
            data_integers(program, dataset)
            raise


def _quantise(program: Program, arrays: Sequence[Array]) -> list[Integers]:
    from zkpot.program import quantise_data

    named = {field.name: array for field, array in zip(program.fields, arrays, strict=True)}
    quantised = quantise_data(program.description, named)
    return [np.ascontiguousarray(quantised[field.name]) for field in program.fields]


def initial_integers(program: Program, weights: Path | None) -> list[Integers]:
    """The states that training starts from, in the program's order.

    Args:
        program: Its own initial state serves where no weights are given.
        weights: A .safetensors file with the torch model's names: optimizer state stays as the
            program has it, or zero. Or the .initial.safetensors file of this program.

    Raises:
        InputError: There are none, or they do not fit the program.
    """
    if weights is None:
        if program.initial is None:
            raise InputError(
                "the program comes without initial weights: give --weights, or keep the "
                ".initial.safetensors file that 'zkpot compile' wrote beside it"
            )
        return [_initial(program.initial, state) for state in program.states]
    if InitialState.stands_in(weights):
        initial = InitialState.read(weights, program.digest)
        with naming(str(weights)):
            return [_initial(initial, state) for state in program.states]
    from zkpot.program import quantise_states, state_values

    # Floats of what the file does not give (optimizer state) come back as the same integers.
    start = {state.name: _initial(program.initial, state) for state in program.states}
    floats = state_values(program.description, start)
    given = {_PARAMETER + name: value for name, value in float_weights(weights).items()}
    for state in program.states:
        if state.name.startswith(_PARAMETER):
            floats[state.name] = _parameter(weights, state, given)
    with naming(str(weights)):
        quantised = quantise_states(program.description, floats)
    return [np.ascontiguousarray(quantised[state.name]) for state in program.states]


def _parameter(weights: Path, state: State, given: Mapping[str, Floats]) -> Floats:
    name = state.name.removeprefix(_PARAMETER)
    if state.name not in given:
        raise InputError(f"{weights}: no tensor '{name}', which the program trains")
    if given[state.name].shape != state.outside:
        raise InputError(
            f"{weights}: '{name}' has shape {given[state.name].shape}, and the program needs "
            f"{state.outside}"
        )
    return given[state.name]


def float_weights(path: Path) -> dict[str, Floats]:
    """The tensors of a weight file.

    Raises:
        InputError: It cannot be read, or holds NaN or infinity.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if InitialState.stands_in(path):
        raise InputError(
            f"{path}: holds the integers of a compiled program; give the model's own weights"
        )
    weights = {
        name.removeprefix(_PARAMETER): value.astype(np.float64)
        for name, value in read_safetensors(path).items()
    }
    for name, value in weights.items():
        if not np.isfinite(value).all():
            raise InputError(f"{path}: '{name}' holds NaN or infinity")
    return weights


def parameters(program: Program, states: list[Integers]) -> dict[str, npt.NDArray[np.float32]]:
    """Trained weights under the torch model's names."""
    from zkpot.program import state_dict

    named = {
        state.name: value.reshape(state.shape)
        for state, value in zip(program.states, states, strict=True)
    }
    return state_dict(program.description, named)


@contextlib.contextmanager
def naming(source: str) -> Iterator[None]:
    """Errors about bad input say which file they are about."""
    try:
        yield
    except InputError as error:
        if source not in str(error):
            error.args = (f"{source}: {error}",)
        raise


def _initial(initial: InitialState | None, state: State) -> Integers:
    if initial is None:
        return np.zeros(state.shape, np.int64)
    name = state.name
    if name not in initial.states:
        raise InputError(f"the program's initial state lacks '{name}'; compile the step again")
    value = initial.states[name]
    if value.shape != state.shape:
        raise InputError(f"the initial '{name}' has shape {value.shape}, not {state.shape}")
    return np.ascontiguousarray(value, dtype=np.int64)

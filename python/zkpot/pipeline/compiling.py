"""From a training step to a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.artifacts.initial import InitialState
from zkpot.artifacts.program import SUFFIX, Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.data import Dataset, read_dataset
from zkpot.data.dataset import Array
from zkpot.data.rows import shape_rows
from zkpot.errors import InputError
from zkpot.pipeline.integers import float_weights, naming

if TYPE_CHECKING:
    from zkpot.step import Step


@dataclass(frozen=True)
class Compiled:
    """A program and how its ranges were found."""

    program: Program
    report: Any


def compile_step(
    step: Step | bytes | str | Path,
    data: Dataset,
    *,
    weights: str | Path | None = None,
    rate: float | None = None,
    roles: str | Path | Mapping[str, str] | None = None,
    **options: Any,
) -> Compiled:
    """Turns a float training step into a fixed-point program.

    A float run on the data proposes ranges. They become part of the program, and so public.

    Args:
        step: What `export_step` returned, an ONNX file, or its bytes.
        data: Rows to calibrate on: the training data, or data like it.
        weights: A .safetensors file that replaces the weights in the graph.
        rate: Learning rate that replaces the one in the graph.
        roles: For graphs of other producers: tensor -> the name that says its role, or the file
            that does. Without it, `step.roles.json` beside `step.onnx` is read.
        options: Precision; see `zkpot.program.Options`.

    Raises:
        InputError: The step cannot be compiled.
    """
    from zkpot.program import compile_step as compile_onnx

    onnx, source = read_step(step, roles)
    initial: dict[str, Any] = {}
    if weights is not None:
        initial |= {f"param.{name}": value for name, value in float_weights(Path(weights)).items()}
    if rate is not None:
        initial |= dict.fromkeys(_rate_names(onnx), np.float32(rate))
    with naming(source):
        compiled = compile_onnx(onnx, float_rows(onnx, data), initial=initial, **options)
    notes = compiled.report.notes
    rates = dict(notes.defaults) if notes else {}
    program = Program.from_description(
        compiled.program_json, InitialState(states=compiled.initial_state, rates=rates)
    )
    return Compiled(program, compiled.report)


def compile(  # noqa: A001 - the public name, as in zkpot.compile
    step: Step | bytes | str | Path,
    data: str | Path | Dataset | Mapping[str, Any] | tuple[Any, ...],
    **arguments: Any,
) -> Program:
    """Turns a float training step into a fixed-point program.

    A float run on `data` proposes ranges, which become part of the program, and so public.

    Args:
        step: What `export_step` returned, an ONNX file, or its bytes.
        data: Training data, or data like it: a path, a `Dataset`, named arrays or (x, y).
        arguments: `weights`, `rate`, `roles` and precision, as for `compile_step`.

    Raises:
        InputError: The step cannot be compiled.
    """
    return compile_step(step, dataset_of(data), **arguments).program


def open_program(
    path: Path,
    data: Dataset | None,
    directory: Path | None,
    weights: Path | None,
    rate: float | Sequence[float] | None,
    note: Callable[[str], None],
) -> Program:
    """The program of a .zkprog file, or of a .onnx file that is compiled first.

    Args:
        path: Either file.
        data: What to calibrate on.
        directory: Where a run may have been begun with this step; its program is taken then.
        weights: What training will start from; ranges are taken from it.
        rate: Learning rate of the run; ranges are taken at the highest.
        note: Told what happens.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.suffix == SUFFIX:
        return Program.read(path)
    if path.suffix != ".onnx":
        raise InputError(f"{path}: neither a training step (.onnx) nor a program ({SUFFIX})")
    if directory is not None and (run := RunDirectory(directory)).begun:
        note(f"{path}: compiled when {directory} was begun")
        return Program.from_bytes(run.program)
    if data is None:
        raise InputError(f"{path}: compiling needs data to calibrate on: give --data")
    note(f"compiling {path}; the ranges found on {data.source} become public with the program")
    highest = max(rate) if isinstance(rate, Sequence) else rate
    return compile_step(path, data, weights=weights, rate=highest).program


def read_step(
    step: Step | bytes | str | Path, roles: str | Path | Mapping[str, str] | None = None
) -> tuple[bytes, str]:
    """The ONNX bytes of a step, under the names that say its roles, and the file they come from.

    Args:
        step: As `compile_step` takes it.
        roles: As `compile_step` takes them.

    Raises:
        InputError: The step or the roles cannot be read, or do not fit each other.
    """
    if isinstance(step, bytes):
        onnx, source = step, ""
    elif not isinstance(step, (str, Path)):
        onnx, source = step.onnx, ""
    else:
        source = str(step)
        try:
            onnx = Path(step).read_bytes()
        except OSError as error:
            raise InputError(f"{step}: not readable ({error.strerror or error})") from error
    with naming(source):
        return _named(onnx, source, roles), source


def _named(onnx: bytes, source: str, roles: str | Path | Mapping[str, str] | None) -> bytes:
    """The step under the names that say its roles."""
    from zkpot.program.names import names_beside, read_names, rename
    from zkpot.program.read import parse

    if roles is None and source:
        roles = names_beside(Path(source))
    if roles is None:
        return onnx
    names = roles if isinstance(roles, Mapping) else read_names(Path(roles))
    return bytes(rename(parse(onnx), names).SerializeToString(deterministic=True))


def _rate_names(onnx: bytes) -> list[str]:
    """The learning rates of a step, one for each parameter group."""
    from zkpot.program.read import load

    names = [entry.name for entry in load(onnx).graph.input]
    return [name for name in names if name.startswith("lr.")]


def float_rows(onnx: bytes, data: Dataset) -> dict[str, Array]:
    """The data's fields; what the step reads has its rows' shape, if it differs in form only."""
    from zkpot.program.read import load

    rows = dict(data.fields)
    for entry in load(onnx).graph.input:
        if entry.name in rows:
            shape = tuple(length.dim_value for length in entry.type.tensor_type.shape.dim)
            shaped = shape_rows(rows[entry.name], shape[1:])
            # What does not fit is refused by the compiler, which knows more about it.
            rows[entry.name] = rows[entry.name] if shaped is None else shaped
    return rows


def dataset_of(data: str | Path | Dataset | Mapping[str, Any] | tuple[Any, ...]) -> Dataset:
    """A dataset from whatever Python code has at hand.

    Args:
        data: A path, a dataset, named arrays, or the pair (x, y). Tensors of torch are taken
            as arrays.
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, (str, Path)):
        return read_dataset(data)
    named = data if isinstance(data, Mapping) else dict(zip(("x", "y"), data, strict=True))
    return Dataset("data", {name: np.asarray(array) for name, array in named.items()})

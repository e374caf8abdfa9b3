"""Graphs of other producers: their tensors under the names that say what they are.

The compiler knows a tensor's role by its name (`roles.py`). A roles file says which tensor of a
graph goes by which of these names::

    {"W": "param.fc.weight", "W_next": "new.param.fc.weight",
     "images": "x", "labels": "y", "eta": "lr.0", "logits": "prediction"}

Requires: names of the graph's inputs, outputs or initializers on the left.
Does: renames them in a copy; an initializer that becomes a state, a learning rate or data becomes
an input with its value as default.
Ensures: the graph computes the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zkpot.artifacts.json_text import parse
from zkpot.errors import InputError
from zkpot.program.roles import METADATA_KEY, SCALAR_PREFIX, STATE_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

#: A roles file beside `step.onnx` is called `step.roles.json`.
SUFFIX = ".roles.json"


def read_names(path: Path) -> dict[str, str]:
    """Read a roles file.

    Raises:
        InputError: it cannot be read, or is no object of strings.
    """
    try:
        return parse(path.read_bytes(), dict[str, str])
    except OSError as error:
        raise InputError(f"{path}: not readable ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(
            f"{path}: a roles file is a JSON object that maps tensors of the graph to names such "
            f"as 'param.weight' ({error})"
        ) from error


def names_beside(step: Path) -> Path | None:
    """The roles file beside a step, if there is one."""
    path = step.with_name(step.stem + SUFFIX)
    return path if path.exists() else None


def rename(model: onnx.ModelProto, names: Mapping[str, str]) -> onnx.ModelProto:
    """A copy of the model with these tensors under other names.

    Raises:
        InputError: a name is of no input, output or initializer, two tensors would share one, or
            the model says its roles itself.
    """
    import onnx

    if any(entry.key == METADATA_KEY for entry in model.metadata_props):
        raise InputError(
            f"the step has roles in its metadata '{METADATA_KEY}' already; "
            "compile it without a roles file"
        )
    renamed = onnx.ModelProto()
    renamed.CopyFrom(model)
    graph = renamed.graph
    inputs = {entry.name for entry in graph.input}
    initializers = {entry.name: entry for entry in graph.initializer}
    known = {*inputs, *initializers, *(entry.name for entry in graph.output)}
    for name in names:
        if name not in known:
            raise InputError(
                f"the roles file names '{name}', which is no input, output or initializer of the "
                f"step; it has {', '.join(sorted(known))}"
            )
    taken: dict[str, str] = {}
    for old, new in names.items():
        if new in taken:
            raise InputError(f"the roles file calls both '{taken[new]}' and '{old}' '{new}'")
        taken[new] = old
    full = {**_evasions(graph, names), **names}
    for name, new in names.items():
        if name in initializers and name not in inputs and _is_input(new):
            tensor = initializers[name]
            graph.input.append(
                onnx.helper.make_tensor_value_info(name, tensor.data_type, tensor.dims)
            )
    for entry in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        entry.name = full.get(entry.name, entry.name)
    for node in graph.node:
        node.input[:] = [full.get(name, name) for name in node.input]
        node.output[:] = [full.get(name, name) for name in node.output]
    return renamed


def _is_input(name: str) -> bool:
    return name.startswith((*STATE_PREFIXES, SCALAR_PREFIX)) or name in ("x", "y")


def _evasions(graph: onnx.GraphProto, names: Mapping[str, str]) -> dict[str, str]:
    """Other names for tensors whose own name is given to another one."""
    used = {name for node in graph.node for name in (*node.input, *node.output)}
    used |= {entry.name for entry in (*graph.input, *graph.output, *graph.initializer)}
    evasions = {}
    for name in sorted(set(names.values()) & used - names.keys()):
        other = f"{name}'"
        while other in used or other in names.values():
            other += "'"
        evasions[name] = other
    return evasions

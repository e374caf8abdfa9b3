"""Which part of a training step and which layer each tensor of a program is for.

Programs know no layers. A tensor is of the module whose parameters it is computed from first, or,
if from none, of that of its latest operand: so an activation is of the layer before it. The names
are the torch model's, because states have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORWARD, BACKWARD, UPDATE, DATA = "forward", "backward", "update", "data"

_PARAMETER, _BUFFER, _OPTIMIZER = "param.", "buffer.", "state."
_RESULT = ("new.", "update.")


@dataclass(frozen=True)
class Place:
    """What a tensor is for.

    Attributes:
        part: Of the training step.
        layer: The module's name, or the part's where there is none.
        tensor: Its name in the step's graph, without what the compiler adds to it.
    """

    part: str
    layer: str
    tensor: str


def places(program: Mapping[str, Any]) -> list[Place]:
    """The place of each tensor of a program's JSON form."""
    names = [tensor["name"] for tensor in program["tensors"]]
    operands = _operands(program)
    forward = _ancestors(
        operands, names, [i for i, name in enumerate(names) if own_name(name) == "prediction"]
    )
    found: dict[int, Place] = {}
    for field in program["data"]:
        index = field["tensor"]
        found[index] = Place(DATA, "data", own_name(names[index]))
    for state in program["states"]:
        index = state["tensor"]
        name = names[index]
        part = FORWARD if name.startswith((_PARAMETER, _BUFFER)) else UPDATE
        found[index] = Place(part, _module(name) or name, own_name(name))
    states = {state["tensor"] for state in program["states"]}
    # What one step of a window reads from its parameters, another reads from what stands for them.
    layers: dict[str, str] = {}
    # Nodes are in an order in which each follows its operands.
    for index, read in operands.items():
        name = names[index]
        known = [found[i] for i in read if i in found]
        optimizer = any(
            place.part == UPDATE and not names[i].startswith(_RESULT)
            for i, place in ((i, found[i]) for i in read if i in found)
        )
        if name.startswith(_RESULT) or optimizer:
            part = UPDATE
        elif index in forward:
            part = FORWARD
        elif known and all(place.part == DATA for place in known):
            part = DATA
        else:
            part = BACKWARD
        own = _module(name)
        parameters = [found[i].layer for i in read if i in states]
        inherited = [place.layer for place in known if place.part != DATA]
        read_from = own or next(iter(parameters), None) or layers.get(own_name(name))
        layer = read_from or (inherited[-1] if inherited else part)
        layers.setdefault(own_name(name), layer)
        found[index] = Place(part, layer, own_name(name))
    return [found.get(i, Place(DATA, "data", own_name(name))) for i, name in enumerate(names)]


def own_name(name: str) -> str:
    """A tensor's name in the step's graph: without step of a window and without what it holds."""
    return name.partition("@")[0].partition("/")[0]


def _module(name: str) -> str | None:
    """The module that a state's name, or that of its next value, names."""
    name = own_name(name)
    for prefix in _RESULT:
        name = name.removeprefix(prefix)
    if name.startswith(_OPTIMIZER):
        # The optimizer's own name of it comes first.
        name = name.removeprefix(_OPTIMIZER).partition(".")[2]
    elif name.startswith((_PARAMETER, _BUFFER)):
        name = name.partition(".")[2]
    else:
        return None
    return name.rpartition(".")[0] or name


def _operands(program: Mapping[str, Any]) -> dict[int, list[int]]:
    """The tensors that each computed one is computed from, in the order of the nodes."""
    found: dict[int, list[int]] = {}
    for node in program["nodes"]:
        ((kind, body),) = node.items()
        read: list[int] = []
        if kind == "Sum":
            for term in body["terms"]:
                read += [side["tensor"] for side in (term["left"], term["right"]) if side]
        else:
            read += [body[key] for key in ("input", "numerator", "denominator") if key in body]
        outputs = body["outs"] if "outs" in body else [body["out"]]
        if kind == "ArgMax":
            outputs = [body["max"], *outputs]
        for out in outputs:
            found[out] = read
    return found


def _ancestors(operands: Mapping[int, list[int]], names: list[str], ends: list[int]) -> set[int]:
    """What the ends are computed from within one step."""
    found: set[int] = set()
    waiting = list(ends)
    while waiting:
        index = waiting.pop()
        if index in found or names[index].startswith(_RESULT):
            continue
        found.add(index)
        here = _step(names[index])
        waiting += [i for i in operands.get(index, []) if _step(names[i]) in (here, "")]
    return found


def _step(name: str) -> str:
    """The step of a window that a tensor is of; empty where there is one step or all have it."""
    return name.partition("@")[2].partition("/")[0]

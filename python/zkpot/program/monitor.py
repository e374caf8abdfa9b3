"""What training shows: which tensor is the model's output and which loss it goes into.

Requires: a graph of basic operators with the loss still in it.
Ensures: nothing about the program depends on the answer; without one nothing is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zkpot.program.graph import Graph, Op

CROSS_ENTROPY = "CrossEntropy"
SQUARED_ERROR = "SquaredError"


@dataclass(frozen=True)
class Watch:
    """Prediction tensor, target field and loss kind."""

    prediction: str
    target: str
    loss: str


def detect(graph: Graph) -> Watch | None:
    """Recognise the loss by its shape: a log of a softmax's sum, or a squared difference.

    Classes are on the last axis of the prediction; the axes before it are those of the labels,
    such as rows and positions.
    """
    if not graph.roles.loss:
        return None
    producers = graph.producers()
    cone = _cone(graph, producers, graph.resolve(graph.roles.loss))
    return _cross_entropy(graph, cone) or _squared_error(graph, cone)


def _cone(graph: Graph, producers: dict[str, Op], loss: str) -> list[Op]:
    """Operators that the loss depends on, nearest first."""
    seen: set[str] = set()
    queue, cone = [loss], []
    while queue:
        op = producers.get(graph.resolve(queue.pop(0)))
        if op is not None and op.output not in seen:
            seen.add(op.output)
            cone.append(op)
            queue.extend(op.inputs)
    return cone


def _field(graph: Graph, name: str) -> str | None:
    """The data field behind a tensor, through reshapes."""
    producers = graph.producers()
    name = graph.resolve(name)
    while name in producers and producers[name].kind in ("Reshape", "Expand"):
        name = graph.resolve(producers[name].inputs[0])
    return name if name in graph.roles.data else None


def _cross_entropy(graph: Graph, cone: list[Op]) -> Watch | None:
    tops = [op for op in cone if op.kind == "ReduceMax"]
    labels = [
        field
        for op in cone
        if op.kind == "Equal"
        for name in op.inputs
        if (field := _field(graph, name)) is not None
    ]
    logs = any(op.kind == "Log" for op in cone)
    if not tops or not labels or not logs:
        return None
    logits = graph.resolve(tops[0].inputs[0])
    # Both are in row-major order, however a step reshapes them before its loss.
    rows, target = graph.shapes[logits][:-1], graph.shapes[labels[0]]
    if math.prod(rows) != math.prod(target):
        return None
    return Watch(logits, labels[0], CROSS_ENTROPY)


def _squared_error(graph: Graph, cone: list[Op]) -> Watch | None:
    producers = graph.producers()
    for op in cone:
        if op.kind != "Mul" or op.inputs[0] != op.inputs[1]:
            continue
        difference = producers.get(graph.resolve(op.inputs[0]))
        if difference is None or difference.kind != "Sub":
            continue
        for prediction, target in (difference.inputs, difference.inputs[::-1]):
            field = _field(graph, target)
            if field is not None and graph.shapes[prediction] == graph.shapes[field]:
                return Watch(graph.resolve(prediction), field, SQUARED_ERROR)
    return None

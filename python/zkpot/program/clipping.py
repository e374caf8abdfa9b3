"""The norm of all gradients as torch writes it: the norm of a list of norms.

Requires: a graph with its constants folded, before composite operators are spelled out.
Does: ``sum(square(concat(sqrt(a), sqrt(b), ...)))`` becomes ``a + b + ...``.
Ensures: the same real values, with one root in place of one for each tensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.graph import Op

if TYPE_CHECKING:
    from zkpot.program.graph import Graph


def join_norms(graph: Graph) -> Graph:
    """Rewrite every sum of squares of roots, in place."""
    for total in [op for op in graph.ops if op.kind == "ReduceSum"]:
        parts = _radicands(graph, total)
        if parts is None:
            continue
        place = graph.ops.index(total)
        graph.ops[place : place + 1] = _chain(graph, total, parts)
    return graph


def _radicands(graph: Graph, total: Op) -> list[str] | None:
    """What the roots are taken of."""
    producers = graph.producers()
    square = producers.get(total.inputs[0])
    if square is None or square.kind != "Mul" or square.inputs[0] != square.inputs[1]:
        return None
    joined = producers.get(square.inputs[0])
    if joined is None or joined.kind != "Concat" or graph.shapes[total.output] not in ((), (1,)):
        return None
    parts = []
    for name in joined.inputs:
        op = producers.get(name)
        while op is not None and op.kind in ("Reshape", "Unsqueeze", "Flatten"):
            op = producers.get(op.inputs[0])
        if (
            op is None
            or op.kind != "Sqrt"
            or graph.shapes[op.inputs[0]] != graph.shapes[total.output]
        ):
            return None
        parts.append(op.inputs[0])
    return parts


def _chain(graph: Graph, total: Op, parts: list[str]) -> list[Op]:
    if len(parts) == 1:
        return [Op(total.name, "Identity", (parts[0],), total.outputs)]
    ops: list[Op] = []
    result = parts[0]
    for number, part in enumerate(parts[1:]):
        last = number == len(parts) - 2
        out = total.output if last else f"{total.output}/{number}"
        graph.shapes[out], graph.types[out] = graph.shapes[total.output], "float"
        ops.append(Op(total.name, "Add", (result, part), (out,)))
        result = out
    return ops

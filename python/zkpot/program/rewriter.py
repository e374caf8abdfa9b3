"""The list of operators that rewrites build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.program.graph import Op

if TYPE_CHECKING:
    from zkpot.program.graph import Graph, Shape
    from zkpot.program.operators import Complaints


class Rewriter:
    """Builds the new list of operators, keeping shapes and types of new tensors."""

    def __init__(self, graph: Graph, complaints: Complaints) -> None:
        self.graph = graph
        self.complaints = complaints
        self.ops: list[Op] = []

    def constant(self, name: str, value: float) -> str:
        """A new float constant."""
        self.graph.constants[name] = np.asarray(value, np.float64)
        self.graph.shapes[name] = ()
        self.graph.types[name] = "float"
        return name

    def emit(
        self,
        op: Op,
        kind: str,
        inputs: tuple[str, ...],
        out: str,
        shape: Shape | None = None,
        **attributes: Any,
    ) -> str:
        """Append an operator in place of (a part of) `op`; `shape` is that of a new tensor."""
        if shape is not None:
            self.graph.shapes[out] = shape
            self.graph.types[out] = "float"
        self.ops.append(Op(op.name, kind, inputs, (out,), attributes))
        return out

    def alias(self, op: Op, source: str) -> None:
        """The operator's output is `source` itself."""
        self.graph.aliases[op.output] = source

    def axes(self, op: Op, *, default_all: bool = True) -> tuple[int, ...] | None:
        """Normalised axes of a reduction, from the attribute or the second input."""
        rank = len(self.graph.shapes[op.inputs[0]])
        if len(op.inputs) > 1 and op.inputs[1]:
            array = self.graph.constants.get(op.inputs[1])
            if array is None:
                self.complaints.form(op.name, op.kind, "its axes are computed")
                return None
            given = [int(a) for a in np.atleast_1d(array)]
        else:
            given = [int(a) for a in np.atleast_1d(op.attributes.get("axes", []))]
        if not given and default_all and not op.attributes.get("noop_with_empty_axes", 0):
            given = list(range(rank))
        return tuple(sorted(a % rank for a in given)) if rank else ()

"""What the lowering rules share: the program being built, and scalars that are no tensors."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.rational import recognise
from zkpot.program.real import Function, Operand, RealProgram, Sum, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Graph, Op, Shape
    from zkpot.program.operators import Complaints

#: ``constant + sum of coefficient * learning rate``, keyed by the rate's name or None.
Affine = dict[str | None, Fraction]


class Lowering:
    """The real program under construction."""

    def __init__(self, graph: Graph, complaints: Complaints) -> None:
        self.graph = graph
        self.complaints = complaints
        self.program = RealProgram(
            name=graph.name,
            roles=graph.roles,
            shapes={n: graph.shapes[n] for n in (*graph.roles.data, *graph.roles.states)},
            next={s: graph.resolve(new) for s, new in graph.roles.states.items()},
            prediction=graph.resolve(graph.roles.prediction) if graph.roles.prediction else None,
        )
        self.affine: dict[str, Affine] = {s: {s: Fraction(1)} for s in graph.roles.scalars}
        self.relus: dict[str, str] = {}

    def shape(self, name: str) -> Shape:
        """Shape of an ONNX tensor."""
        return self.graph.shapes[name]

    def scalar(self, name: str) -> Affine | None:
        """The tensor as a number that may depend on learning rates; None if it is a tensor."""
        if name in self.affine:
            return self.affine[name]
        array = self.graph.constants.get(name)
        if array is None or array.size == 0 or np.any(array != array.flat[0]):
            return None
        if not np.isfinite(float(array.flat[0])):
            return None
        return {None: recognise(float(array.flat[0]))}

    def tensor(self, op: Op, name: str) -> bool:
        """Whether `name` is a tensor of the program; complains where it is a constant one."""
        if name in self.program.shapes:
            return True
        if name in self.graph.constants:
            self.complaints.form(
                op.name, op.kind, f"its input '{name}' is a constant that is not one number"
            )
        elif name in self.affine:
            self.complaints.form(op.name, op.kind, f"its input '{name}' is a learning rate")
        # Otherwise the operator that computes it was complained about already.
        return False

    def operand(self, name: str, out: Shape, fresh: int) -> tuple[Operand, int]:
        """Labels of a tensor that is broadcast to `out`; `fresh` is the next summed label."""
        shape = self.shape(name)
        axes = []
        for axis, length in enumerate(shape):
            label = axis + len(out) - len(shape)
            if length == out[label]:
                axes.append(label)
            else:  # Length one: summing over it is reading it.
                axes.append(fresh)
                fresh += 1
        return Operand(name, tuple(axes)), fresh

    def define(self, out: str, shape: Shape, terms: list[Term], constant: Fraction) -> None:
        """Add a sum."""
        self.program.shapes[out] = shape
        self.program.nodes.append(Sum(out, tuple(terms), constant))

    def apply(self, kind: str, args: tuple[str, ...], out: str, shape: Shape) -> str:
        """Add a function, once for each output name."""
        if out not in self.program.shapes:
            self.program.shapes[out] = shape
            self.program.nodes.append(Function(kind, args, out))
        return out

    def finish(self) -> RealProgram:
        """The program."""
        return self.program

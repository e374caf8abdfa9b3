"""What the lowering rules share: the program being built, and scalars that are no tensors."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.artifacts.draw import Draw
from zkpot.program.index import Index, place
from zkpot.program.rational import recognise
from zkpot.program.real import (
    ONE,
    Bernoulli,
    Constant,
    Detail,
    Function,
    Operand,
    RealProgram,
    Sum,
    Term,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zkpot.program.graph import Graph, Op, Shape
    from zkpot.program.operators import Complaints
    from zkpot.program.public import Affine


#: Terms of one factor each, and a constant, which add up to a tensor.
Parts = tuple[list[Term], Fraction]


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
            outside={state: graph.shapes[state] for state in graph.roles.states},
        )
        for name in graph.roles.random:
            self.program.shapes[name] = graph.shapes[name]
            self.program.nodes.append(Bernoulli(name, Draw.parse(name)))
        self.public = self.program.public
        self.affine: dict[str, Affine] = {s: {s: Fraction(1)} for s in graph.roles.scalars}
        self.relus: dict[str, str] = {}
        #: Places of maxima by name: the tensor whose rows they are places of.
        self.places: dict[str, str] = {}
        #: Tensors whose sign a table gives.
        self.stepped = {op.inputs[0] for op in graph.ops if op.kind in ("Relu", "LeakyRelu")}

    def shape(self, name: str) -> Shape:
        """Shape of an ONNX tensor."""
        return self.graph.shapes[name]

    def scalar(self, name: str) -> Affine | None:
        """The tensor as a number that may depend on learning rates; None if it is a tensor."""
        if name in self.affine:
            return self.affine[name]
        number = self.graph.uniform(name)
        return None if number is None or not np.isfinite(number) else {None: recognise(number)}

    def tensor(self, op: Op, name: str) -> bool:
        """Whether `name` is a tensor of the program, which constant ones become here.

        Complains where it is a learning rate, or a constant with infinite values.
        """
        if name in self.program.shapes:
            return True
        if name in self.graph.constants:
            array = np.asarray(self.graph.constants[name], np.float64)
            if np.all(np.isfinite(array)):
                self.add_constant(name, array)
                return True
            self.complaints.form(op.name, op.kind, f"its constant input '{name}' is not finite")
        elif name in self.affine:
            self.complaints.form(op.name, op.kind, f"its input '{name}' is a learning rate")
        elif name in self.places:
            self.spell_place(name)
            return True
        # Otherwise the operator that computes it was complained about already.
        return False

    def spell_place(self, name: str) -> None:
        """Make a maximum's place a tensor."""
        from zkpot.program.lower.places import spell_place

        spell_place(self, name)

    def tensors(self, op: Op, names: Iterable[str]) -> bool:
        """Whether all are; complains about each that is not."""
        found = [self.tensor(op, name) for name in names]
        return all(found)

    def add_constant(self, name: str, array: np.ndarray) -> str:
        """Add a public tensor, once for each name."""
        if name not in self.program.shapes:
            self.program.shapes[name] = tuple(array.shape)
            values = tuple(float(value) for value in array.ravel())
            self.program.nodes.append(Constant(name, values))
        return name

    def operand(self, name: str, out: Shape) -> Operand:
        """A tensor that is broadcast to `out`: an axis of length one is read at its only place."""
        shape = self.shape(name)
        first = len(out) - len(shape)
        return Operand(
            name,
            tuple(
                Index(((first + axis, 1),)) if length == out[first + axis] else place(0)
                for axis, length in enumerate(shape)
            ),
        )

    def define(
        self, out: str, shape: Shape, terms: Sequence[Term], constant: Fraction = Fraction(0)
    ) -> str:
        """Add a sum."""
        self.program.shapes[out] = shape
        self.program.nodes.append(Sum(out, tuple(terms), constant))
        return out

    def view(
        self, source: str, out: str, shape: Shape, axes: Sequence[Index], summed: Shape = ()
    ) -> str:
        """Add a tensor read through indices."""
        return self.define(
            out, shape, [Term(Fraction(1), Operand(source, tuple(axes)), summed=summed)]
        )

    def apply(
        self, kind: str, args: tuple[str, ...], out: str, shape: Shape, detail: Detail = ()
    ) -> str:
        """Add a function, once for each output name."""
        if out not in self.program.shapes:
            self.program.shapes[out] = shape
            self.program.nodes.append(Function(kind, args, out, detail))
        return out

    def parts(self, op: Op, name: str, shape: Shape) -> Parts | None:
        """An input, number or tensor, repeated to a shape; None after a complaint."""
        public = self.scalar(name)
        if public is not None:
            varying = {key: value for key, value in public.items() if key is not None}
            return self.public_terms(varying), public.get(None, Fraction(0))
        if not self.tensor(op, name):
            return None
        return [Term(Fraction(1), self.operand(name, shape))], Fraction(0)

    def public_terms(self, public: Mapping[str, Fraction]) -> list[Term]:
        """A public number that is no constant as terms, the same everywhere."""
        if public and ONE not in self.program.shapes:
            self.define(ONE, (), [], Fraction(1))
        return [Term(value, Operand(ONE, ()), scalar=key) for key, value in public.items() if value]

    def finish(self) -> RealProgram:
        """The program."""
        if self.program.prediction in self.places.keys() - self.program.shapes.keys():
            self.spell_place(str(self.program.prediction))
        return self.program

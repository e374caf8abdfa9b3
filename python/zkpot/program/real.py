"""The step as sums of products over real numbers: the program before it has scales.

A :class:`Sum` is an Einstein sum with real coefficients whose operands are read through index
expressions, a :class:`Function` is everything that is not linear or a product, a
(:class:`Constant`) a tensor that is the same in every step,
:class:`Bernoulli` one that is random. Labels work as in the fixed-point
program: label ``l`` below the rank of a sum's output names the output's axis ``l``, label
``rank + i`` is the term's own and summed over ``summed[i]`` values; an output axis that no operand
of a term names repeats the term along it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zkpot.program.index import Index, identity
from zkpot.program.public import Public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.artifacts.draw import Draw
    from zkpot.program.graph import Shape
    from zkpot.program.roles import Roles


@dataclass(frozen=True)
class Operand:
    """A tensor and an index for each of its axes. A label occurs in one of them at most."""

    tensor: str
    axes: tuple[Index, ...]

    @property
    def names(self) -> set[int]:
        """All labels."""
        return {label for index in self.axes for label in index.names}

    def renamed(self, names: Mapping[int, int]) -> Operand:
        """With other labels."""
        return Operand(self.tensor, tuple(index.renamed(names) for index in self.axes))


@dataclass(frozen=True)
class Term:
    """``coefficient * scalar * left * right``; `scalar` names a learning rate.

    `summed` are the lengths of the labels that are summed over.
    """

    coefficient: Fraction
    left: Operand
    right: Operand | None = None
    scalar: str | None = None
    summed: tuple[int, ...] = ()

    def operands(self) -> tuple[Operand, ...]:
        """One or two operands."""
        return (self.left,) if self.right is None else (self.left, self.right)

    def scaled(self, factor: Fraction) -> Term:
        """The term times a real number."""
        return replace(self, coefficient=self.coefficient * factor)

    def lengths(self, shape: Shape) -> dict[int, int]:
        """Lengths of all labels, in a sum whose output has this shape."""
        return dict(enumerate((*shape, *self.summed)))


@dataclass(frozen=True)
class Sum:
    """``out = constant + terms``."""

    out: str
    terms: tuple[Term, ...]
    constant: Fraction = Fraction(0)

    def inputs(self) -> tuple[str, ...]:
        """Tensors read, with repetitions."""
        return tuple(o.tensor for t in self.terms for o in t.operands())


#: By quotient: its source, and the coefficient and scalar that lead from it to the source.
Factors = dict[str, tuple[str, Fraction, str | None]]
#: What a function is told besides its arguments.
Detail = tuple[Any, ...]
#: A tensor of no axes that is one, for terms that are public numbers.
ONE = "one"


@dataclass(frozen=True)
class Function:
    """``out = kind(args)`` with kind one of.

    - ``Step``: 1 where the argument is positive, else 0
    - ``Positive``: the same of an argument that may stay wide
    - ``Root``: the square root, element by element
    - ``Table``: the function of one argument that `detail` writes down (`expression.py`)
    - ``Max``: over the last axis, which the output lacks
    - ``OneHot``: a class number becomes a row, along a new last axis
    - ``Exp``, ``Log``: element by element (``Exp`` of minus its argument after `softmax.py`)
    - ``Divide``: first argument by the second; their shapes are equal before `quotients.py`, and
      `detail` says afterwards which axes of the first those of the second are
    - ``Reshape``: the same elements in another shape, until `refine.py` replaces it
    """

    kind: str
    args: tuple[str, ...]
    out: str
    detail: Detail = ()

    def inputs(self) -> tuple[str, ...]:
        """Tensors read."""
        return self.args


@dataclass(frozen=True)
class Constant:
    """A tensor that is the same in every step: `values` are its elements, row-major."""

    out: str
    values: tuple[float, ...]

    def inputs(self) -> tuple[str, ...]:
        """Tensors read: none."""
        return ()


@dataclass(frozen=True)
class Bernoulli:
    """A public random tensor of zeros and ones, drawn anew in every step."""

    out: str
    draw: Draw

    def inputs(self) -> tuple[str, ...]:
        """Tensors read: none."""
        return ()


Node = Sum | Function | Constant | Bernoulli


@dataclass
class RealProgram:
    """A step over the reals.

    `shapes` covers data, states and every node's output; `outside` are the shapes by which states
    are known, which those of `shapes` may split. `chains` are a state's values after each step of a
    window, its next value last; a state that has only that one is not in it. `public` knows the
    formulas of terms' scalars, `factors` what was taken out of quotients.
    """

    name: str
    roles: Roles
    shapes: dict[str, Shape]
    next: dict[str, str]
    prediction: str | None
    outside: dict[str, Shape] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    public: Public = field(default_factory=Public)
    factors: Factors = field(default_factory=dict)

    def by_output(self) -> dict[str, Node]:
        """The node that computes a tensor."""
        return {node.out: node for node in self.nodes}

    def chain(self, state: str) -> tuple[str, ...]:
        """A state's values in a step: as it is at the beginning, and after each update."""
        return (state, *self.chains.get(state, (self.next[state],)))

    def uses(self) -> dict[str, int]:
        """How often a tensor is read; being a next state or the prediction counts once each."""
        count: dict[str, int] = {}
        for node in self.nodes:
            for tensor in node.inputs():
                count[tensor] = count.get(tensor, 0) + 1
        for tensor in self.results():
            count[tensor] = count.get(tensor, 0) + 1
        return count

    def results(self) -> list[str]:
        """Next states and the prediction."""
        return [*self.next.values(), *([self.prediction] if self.prediction else [])]


def whole(tensor: str, shape: Shape) -> Term:
    """A tensor as a term of a sum of its own shape."""
    return Term(Fraction(1), Operand(tensor, identity(len(shape))))


def view(source: str, out: str, axes: tuple[Index, ...], summed: Shape = ()) -> Sum:
    """A tensor seen with other axes."""
    return Sum(out, (Term(Fraction(1), Operand(source, axes), summed=summed),))


def viewed(node: Node | None, shapes: dict[str, Shape]) -> str | None:
    """The tensor that a sum merely repeats, axis by axis; None where it does more."""
    if not isinstance(node, Sum) or len(node.terms) != 1 or node.constant:
        return None
    term = node.terms[0]
    if term.coefficient != 1 or term.scalar or term.right is not None or term.summed:
        return None
    source = term.left
    if source.axes != identity(len(shapes[node.out])):
        return None
    return source.tensor if shapes[source.tensor] == shapes[node.out] else None

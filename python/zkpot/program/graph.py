"""The training step as the compiler reads it: a flat list of float operators.

Attributes and constant inputs that only configure an operator (axes, target shapes) are
attributes here, so every input of an :class:`Op` is a tensor that the operator computes with.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np

    from zkpot.program.roles import Roles

Shape = tuple[int, ...]


def strides(shape: Shape) -> set[int]:
    """The number of elements from one place to the next of each axis, and of the whole."""
    return {math.prod(shape[axis:]) for axis in range(len(shape) + 1)}


def nested(one: Shape, other: Shape) -> bool:
    """Whether the axes of two shapes of as many elements have a common splitting."""
    chain = sorted(strides(one) | strides(other))
    return all(b % a == 0 for a, b in itertools.pairwise(chain))


def coarsest(shapes: Iterable[Shape]) -> Shape:
    """The shape of as many elements with the axes that all of these tell apart."""
    places = sorted(set.intersection(*map(strides, shapes)), reverse=True)
    return tuple(a // b for a, b in itertools.pairwise(places))


@dataclass(frozen=True)
class Op:
    """One operator: ``outputs = kind(inputs)``; `name` is what error messages call it."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The first output, the only one of every supported operator."""
        return self.outputs[0]

    def rename(self, names: dict[str, str]) -> Op:
        """The same operator reading other tensors."""
        return replace(self, inputs=tuple(names.get(i, i) for i in self.inputs))


@dataclass
class Graph:
    """A step: operators in topological order, and what is known about their tensors.

    `shapes` and `types` (``float``, ``int``, ``bool``) cover every tensor. `initial` holds the
    initial values of states and learning rates, `constants` everything else that is fixed; `opset`
    is the operator set by which operators mean what they do. `aliases` maps an output whose
    operator was an identity to the tensor that it equals.
    """

    name: str
    ops: list[Op]
    shapes: dict[str, Shape]
    types: dict[str, str]
    constants: dict[str, np.ndarray]
    initial: dict[str, np.ndarray]
    roles: Roles
    opset: int
    aliases: dict[str, str] = field(default_factory=dict)

    def producers(self) -> dict[str, Op]:
        """Which operator computes a tensor."""
        return {out: op for op in self.ops for out in op.outputs}

    def consumers(self) -> dict[str, list[Op]]:
        """Which operators read a tensor."""
        readers: dict[str, list[Op]] = {}
        for op in self.ops:
            for tensor in dict.fromkeys(op.inputs):
                readers.setdefault(tensor, []).append(op)
        return readers

    def resolve(self, name: str) -> str:
        """The tensor behind chains of identities."""
        while name in self.aliases:
            name = self.aliases[name]
        return name

    def uniform(self, name: str) -> float | None:
        """The number that all elements of a constant are; None where it is no such constant."""
        array = self.constants.get(name)
        if array is None or array.size == 0 or bool((array != array.flat[0]).any()):
            return None
        return float(array.flat[0])

    def outputs(self) -> Iterator[str]:
        """The tensors that the program must compute: next states and the prediction."""
        yield from (self.resolve(out) for out in self.roles.states.values())
        if self.roles.prediction:
            yield self.resolve(self.roles.prediction)

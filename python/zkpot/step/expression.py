"""Expressions: a training step as a graph of single-output ONNX operators.

Expressions are interned: two that compute the same thing are the same object, so common
subexpressions are shared and dead code is whatever the outputs do not reach.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Attributes = tuple[tuple[str, Any], ...]
Array = np.ndarray[Any, np.dtype[Any]]

INPUT = "Input"
CONSTANT = "Constant"


@dataclass(frozen=True, eq=False)
class Expression:
    """One tensor: an operator applied to other tensors, an input or a constant."""

    op: str
    operands: tuple[Expression, ...]
    attributes: Attributes
    shape: Shape
    dtype: np.dtype[Any]
    constant: Array | None = field(default=None, repr=False)

    def attribute(self, name: str) -> Any:
        """Look an attribute up by name."""
        return dict(self.attributes)[name]

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def scalar(self) -> float | None:
        """The number that every element equals, for a constant of equal elements."""
        if self.constant is None or self.constant.size == 0:
            return None
        first = self.constant.flat[0]
        return first.item() if bool((self.constant == first).all()) else None


Rule = Callable[["Graph", Expression], "Expression | None"]


class Graph:
    """Where expressions are made, simplified by rules and interned."""

    def __init__(self, rules: dict[str, Sequence[Rule]]) -> None:
        self._rules = rules
        self._interned: dict[Any, Expression] = {}

    def input(self, name: str, shape: Shape, dtype: Any) -> Expression:
        """Make an input of the step."""
        return self._intern(Expression(INPUT, (), (("name", name),), shape, np.dtype(dtype)))

    def constant(self, value: Any, dtype: Any = np.float32) -> Expression:
        """Make a constant of a number, a list or an array."""
        array = np.asarray(value, dtype=dtype)
        return self._intern(Expression(CONSTANT, (), (), array.shape, array.dtype, array))

    def apply(
        self,
        op: str,
        operands: Sequence[Expression],
        shape: Sequence[int],
        dtype: Any = np.float32,
        **attributes: Any,
    ) -> Expression:
        """Apply ``op`` and simplify; ``shape`` and ``dtype`` are the result's."""
        raw = Expression(
            op,
            tuple(operands),
            tuple(sorted(attributes.items())),
            tuple(int(d) for d in shape),
            np.dtype(dtype),
        )
        for rule in self._rules.get(op, ()):
            simpler = rule(self, raw)
            if simpler is not None:
                # A rule that loses a dimension would be found only far downstream.
                assert (simpler.shape, simpler.dtype) == (raw.shape, raw.dtype), (rule, raw)
                return simpler
        return self._intern(raw)

    def _intern(self, made: Expression) -> Expression:
        data = None
        if made.constant is not None:
            data = hashlib.sha256(np.ascontiguousarray(made.constant).tobytes()).digest()
        key = (
            made.op,
            tuple(id(operand) for operand in made.operands),
            made.attributes,
            made.shape,
            made.dtype.str,
            data,
        )
        return self._interned.setdefault(key, made)

    # Constructors that know their result's shape.

    def elementwise(self, op: str, *operands: Expression, dtype: Any = None) -> Expression:
        """Apply a broadcasting operator; the dtype is the first operand's unless given."""
        shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        return self.apply(op, operands, shape, operands[0].dtype if dtype is None else dtype)

    def add(self, a: Expression, b: Expression) -> Expression:
        """Return ``a + b``."""
        return self.elementwise("Add", a, b)

    def sub(self, a: Expression, b: Expression) -> Expression:
        """Return ``a - b``."""
        return self.elementwise("Sub", a, b)

    def mul(self, a: Expression, b: Expression) -> Expression:
        """Return ``a * b``."""
        return self.elementwise("Mul", a, b)

    def div(self, a: Expression, b: Expression) -> Expression:
        """Return ``a / b``."""
        return self.elementwise("Div", a, b)

    def reshape(self, a: Expression, shape: Sequence[int]) -> Expression:
        """Give ``a`` another shape of as many elements."""
        target = self.constant(list(shape), np.int64)
        return self.apply("Reshape", (a, target), shape, a.dtype)

    def expand(self, a: Expression, shape: Sequence[int]) -> Expression:
        """Repeat ``a`` up to ``shape``, as broadcasting does."""
        target = self.constant(list(shape), np.int64)
        return self.apply("Expand", (a, target), shape, a.dtype)

    def transpose(self, a: Expression, perm: Sequence[int]) -> Expression:
        """Put axis ``perm[i]`` of ``a`` in place ``i``."""
        perm = tuple(axis % len(a.shape) for axis in perm)
        return self.apply("Transpose", (a,), [a.shape[axis] for axis in perm], a.dtype, perm=perm)

    def cast(self, a: Expression, dtype: Any) -> Expression:
        """Convert the elements; truth values become 0 and 1."""
        return self.apply("Cast", (a,), a.shape, dtype)

    def matmul(self, a: Expression, b: Expression) -> Expression:
        """Multiply matrices (... x n x k) and (... x k x m)."""
        batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        return self.apply("MatMul", (a, b), (*batch, a.shape[-2], b.shape[-1]), a.dtype)

    def reduce(
        self, op: str, a: Expression, axes: Sequence[int] | None, keepdims: bool
    ) -> Expression:
        """Apply ``ReduceSum`` or ``ReduceMax`` over ``axes`` (None or empty: all of them)."""
        rank = len(a.shape)
        reduced = sorted({axis % rank for axis in axes}) if axes else list(range(rank))
        if not reduced:
            return a
        kept = [
            1 if axis in reduced else size
            for axis, size in enumerate(a.shape)
            if keepdims or axis not in reduced
        ]
        axes_operand = self.constant(reduced, np.int64)
        return self.apply(op, (a, axes_operand), kept, a.dtype, keepdims=int(keepdims))

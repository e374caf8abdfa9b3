"""Element-wise operators: arithmetic, comparisons, activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from zkpot.step.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.step.translate.result import Result, Translation

aten = torch.ops.aten


def _operand(result: Result, value: Any, dtype: np.dtype[Any]) -> Expression:
    """Cast a tensor to ``dtype``, as torch promotes it, or make a number a scalar of it."""
    if isinstance(value, Expression):
        return result.graph.cast(value, dtype)
    return result.graph.constant(value, dtype)


def _binary(op: str) -> Translation:
    def translation(result: Result, a: Any, b: Any) -> Expression:
        operands = (_operand(result, a, result.dtype), _operand(result, b, result.dtype))
        return result.graph.elementwise(op, *operands)

    return translation


def _unary(op: str) -> Translation:
    def translation(result: Result, a: Expression) -> Expression:
        return result.graph.apply(op, (result.graph.cast(a, result.dtype),), a.shape, result.dtype)

    return translation


def _sum(op: str) -> Translation:
    """Translate ``a + alpha * b`` or ``a - alpha * b``."""

    def translation(result: Result, a: Any, b: Any, alpha: float = 1) -> Expression:
        scaled = _operand(result, b, result.dtype)
        if alpha != 1:
            scaled = result.graph.mul(scaled, _operand(result, alpha, result.dtype))
        return result.graph.elementwise(op, _operand(result, a, result.dtype), scaled)

    return translation


def _reverse_subtract(result: Result, a: Any, b: Any, alpha: float = 1) -> Expression:
    reversed_: Expression = _sum("Sub")(result, b, a, alpha=alpha)
    return reversed_


def _negate(result: Result, a: Expression) -> Expression:
    return result.graph.mul(a, _operand(result, -1, result.dtype))


def _reciprocal(result: Result, a: Expression) -> Expression:
    return result.graph.div(_operand(result, 1, result.dtype), a)


def _reciprocal_root(result: Result, a: Expression) -> Expression:
    return _reciprocal(result, result.graph.apply("Sqrt", (a,), a.shape))


def _logarithm_of_more(result: Result, a: Expression) -> Expression:
    more = result.graph.add(a, _operand(result, 1, result.dtype))
    return result.graph.apply("Log", (more,), a.shape)


def _exponential_less_one(result: Result, a: Expression) -> Expression:
    exponential = result.graph.apply("Exp", (a,), a.shape)
    return result.graph.sub(exponential, _operand(result, 1, result.dtype))


def _power(result: Result, base: Any, exponent: Any) -> Expression:
    power: Expression = _binary("Pow")(result, base, exponent)
    return power


def _clamp(result: Result, a: Expression, low: Any = None, high: Any = None) -> Expression:
    if low is not None:
        a = _binary("Max")(result, a, low)
    return a if high is None else _binary("Min")(result, a, high)


def _comparison(op: str, *, swap: bool = False, negate: bool = False) -> Translation:
    def translation(result: Result, a: Any, b: Any) -> Expression:
        tensors = [value for value in (a, b) if isinstance(value, Expression)]
        numbers = [value for value in (a, b) if not isinstance(value, Expression)]
        dtype = np.result_type(*(tensor.dtype for tensor in tensors))
        # An integer compared with 0.5 must not have the 0.5 truncated.
        if any(isinstance(number, float) for number in numbers) and dtype.kind in "iub":
            dtype = np.dtype(np.float32)
        left, right = _operand(result, a, dtype), _operand(result, b, dtype)
        if swap:
            left, right = right, left
        truth = result.graph.elementwise(op, left, right, dtype=np.bool_)
        return result.graph.apply("Not", (truth,), truth.shape, np.bool_) if negate else truth

    return translation


def _where(result: Result, condition: Expression, a: Any, b: Any) -> Expression:
    operands = (condition, _operand(result, a, result.dtype), _operand(result, b, result.dtype))
    return result.graph.elementwise("Where", *operands, dtype=result.dtype)


def _copy(result: Result, a: Expression, *_: Any, **__: Any) -> Expression:
    return result.graph.cast(a, result.dtype)


TRANSLATIONS: dict[Any, Callable[..., Any]] = {
    aten.add.Tensor: _sum("Add"),
    aten.add.Scalar: _sum("Add"),
    aten.sub.Tensor: _sum("Sub"),
    aten.sub.Scalar: _sum("Sub"),
    aten.rsub.Scalar: _reverse_subtract,
    aten.rsub.Tensor: _reverse_subtract,
    aten.mul.Tensor: _binary("Mul"),
    aten.mul.Scalar: _binary("Mul"),
    aten.div.Tensor: _binary("Div"),
    aten.div.Scalar: _binary("Div"),
    aten.neg.default: _negate,
    aten.reciprocal.default: _reciprocal,
    aten.sqrt.default: _unary("Sqrt"),
    aten.rsqrt.default: _reciprocal_root,
    aten.exp.default: _unary("Exp"),
    aten.log.default: _unary("Log"),
    aten.log1p.default: _logarithm_of_more,
    aten.expm1.default: _exponential_less_one,
    aten.erf.default: _unary("Erf"),
    aten.tanh.default: _unary("Tanh"),
    aten.sigmoid.default: _unary("Sigmoid"),
    aten.sin.default: _unary("Sin"),
    aten.cos.default: _unary("Cos"),
    aten.abs.default: _unary("Abs"),
    aten.sign.default: _unary("Sign"),
    aten.relu.default: _unary("Relu"),
    aten.pow.Tensor_Scalar: _power,
    aten.pow.Tensor_Tensor: _power,
    aten.pow.Scalar: _power,
    aten.maximum.default: _binary("Max"),
    aten.minimum.default: _binary("Min"),
    aten.clamp.default: _clamp,
    aten.clamp_min.default: _clamp,
    aten.gt.Tensor: _comparison("Greater"),
    aten.gt.Scalar: _comparison("Greater"),
    aten.lt.Tensor: _comparison("Greater", swap=True),
    aten.lt.Scalar: _comparison("Greater", swap=True),
    aten.ge.Tensor: _comparison("GreaterOrEqual"),
    aten.ge.Scalar: _comparison("GreaterOrEqual"),
    aten.le.Tensor: _comparison("GreaterOrEqual", swap=True),
    aten.le.Scalar: _comparison("GreaterOrEqual", swap=True),
    aten.eq.Tensor: _comparison("Equal"),
    aten.eq.Scalar: _comparison("Equal"),
    aten.ne.Tensor: _comparison("Equal", negate=True),
    aten.ne.Scalar: _comparison("Equal", negate=True),
    aten.logical_not.default: _unary("Not"),
    aten.logical_and.default: _binary("And"),
    aten.logical_or.default: _binary("Or"),
    aten.bitwise_not.default: _unary("Not"),
    aten.bitwise_and.Tensor: _binary("And"),
    aten.bitwise_or.Tensor: _binary("Or"),
    aten.where.self: _where,
    aten._to_copy.default: _copy,
    aten.clone.default: _copy,
    aten.detach.default: _copy,
    aten.detach_.default: _copy,
    aten.alias.default: _copy,
    aten.lift_fresh_copy.default: _copy,
    torch.ops.prims.convert_element_type.default: _copy,
    torch.ops.prims.copy_strided.default: _copy,
}

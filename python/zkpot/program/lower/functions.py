"""Roots, quotients, comparisons and choices, and functions that tables compute."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import identity
from zkpot.program.lower import masks, products
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op, Shape
    from zkpot.program.lower.context import Lowering
    from zkpot.program.public import Affine

ONE = Fraction(1)


def table(low: Lowering, op: Op) -> None:
    """A function of one tensor (`unary.py`)."""
    if low.tensor(op, op.inputs[0]):
        expression = op.attributes["expression"]
        low.apply("Table", op.inputs, op.output, low.shape(op.output), expression)


def square_root(low: Lowering, op: Op) -> None:
    """``sqrt``, of a tensor or of a public number."""
    public = low.scalar(op.inputs[0])
    if public is not None:
        _public(low, op, low.public.power(public, Fraction(1, 2)))
    elif low.tensor(op, op.inputs[0]):
        low.apply("Root", op.inputs, op.output, low.shape(op.output))


def power(low: Lowering, op: Op) -> None:
    """Powers with small whole and half exponents, or of public numbers."""
    base, exponent = (low.scalar(name) for name in op.inputs)
    if exponent is not None and base is not None:
        constants = [
            v.get(None, Fraction(0)) if set(v) == {None} else None for v in (base, exponent)
        ]
        if constants[1] is not None:
            _public(low, op, low.public.power(base, constants[1]))
        elif constants[0] is not None:
            _public(low, op, low.public.exponential(constants[0], exponent))
        else:
            low.complaints.form(op.name, op.kind, "its base and exponent both vary")
        return
    value = exponent.get(None) if exponent is not None and set(exponent) == {None} else None
    if value is None or value.denominator > 2 or not 0 < abs(value) <= 4:
        low.complaints.form(op.name, op.kind, "its exponent is no constant such as 2, 3, 0.5 or -1")
        return
    if not low.tensor(op, op.inputs[0]):
        return
    shape, source = low.shape(op.output), op.inputs[0]
    factors = [source] * (int(abs(value)))
    if value.denominator == 2:
        factors.append(low.apply("Root", (source,), f"{source}/root", shape))
    result = factors[0]
    for number, factor in enumerate(factors[1:]):
        last = number == len(factors) - 2 and value > 0
        out = op.output if last else f"{op.output}/{number}"
        axes = identity(len(shape))
        low.define(out, shape, [Term(ONE, Operand(result, axes), Operand(factor, axes))], _ZERO)
        result = out
    if value < 0:
        low.graph.shapes.setdefault(result, shape)
        _divide(low, op, None, result)
    elif result != op.output:
        _copy(low, result, op.output, shape)


def divide(low: Lowering, op: Op) -> None:
    """By a number: a scale. By a tensor: a quotient."""
    top, bottom = (low.scalar(name) for name in op.inputs)
    if bottom is not None:
        inverse = low.public.power(bottom, Fraction(-1))
        if inverse is None:
            low.complaints.form(op.name, op.kind, "it divides by zero")
        elif top is not None:
            low.affine[op.output] = low.public.multiply(top, inverse)
        elif low.tensor(op, op.inputs[0]):
            products.scale(low, op, op.inputs[0], inverse)
        return
    if not low.tensor(op, op.inputs[1]):
        return
    if top is not None:
        _divide(low, op, top, op.inputs[1])
    elif low.tensor(op, op.inputs[0]):
        _divide(low, op, None, op.inputs[1], op.inputs[0])


def _divide(
    low: Lowering, op: Op, factor: Affine | None, bottom: str, top: str | None = None
) -> None:
    """``factor * top / bottom``; without a top the dividend is one everywhere."""
    shape = low.shape(op.output)
    factor = None if factor == {None: ONE} else factor
    out = f"{op.output}/quotient" if factor is not None else op.output
    if top is None:
        dividend = f"{op.output}/one"
        low.define(dividend, shape, [], ONE)
    elif low.shape(top) != shape:
        dividend = f"{op.output}/dividend"
        low.define(dividend, shape, [Term(ONE, low.operand(top, shape))], _ZERO)
    else:
        dividend = top
    divisor = bottom
    if low.shape(bottom) != shape:
        # `quotients.py` finds out again which axes it has.
        divisor = f"{op.output}/divisor"
        low.define(divisor, shape, [Term(ONE, low.operand(bottom, shape))], _ZERO)
    quotient = low.apply("Divide", (dividend, divisor), out, shape)
    if factor is not None:
        if len(factor) == 1:
            ((scalar, coefficient),) = factor.items()
            low.program.factors[quotient] = (op.output, coefficient, scalar)
        # The output's name is its shape's, so the scale reads the quotient under its own.
        low.graph.shapes[quotient] = shape
        products.scale(low, op, quotient, factor)


def _public(low: Lowering, op: Op, value: Affine | None) -> None:
    if value is None:
        low.complaints.form(op.name, op.kind, "it has no real result")
    else:
        low.affine[op.output] = value


def _copy(low: Lowering, source: str, out: str, shape: Shape) -> None:
    low.define(out, shape, [Term(ONE, Operand(source, identity(len(shape))))], _ZERO)


_ZERO = Fraction(0)
Parts = tuple[list[Term], Fraction]


def _parts(low: Lowering, op: Op, name: str, shape: Shape) -> Parts | None:
    """An input, repeated to a shape, as terms and a constant; None after a complaint."""
    public = low.scalar(name)
    if public is not None:
        constant = public.get(None, _ZERO)
        return low.public_terms({k: v for k, v in public.items() if k is not None}), constant
    if not low.tensor(op, name):
        return None
    return [Term(ONE, low.operand(name, shape))], _ZERO


def _difference(low: Lowering, op: Op, left: str, right: str, suffix: str = "") -> str | None:
    """``left - right``, repeated to the output's shape: a tensor of its own."""
    shape = low.shape(op.output)
    parts = [_parts(low, op, name, shape) for name in (left, right)]
    if parts[0] is None or parts[1] is None:
        return None
    (above, a), (below, b) = parts[0], parts[1]
    if below == [] and b == 0 and len(above) == 1 and low.program.shapes.get(left) == shape:
        return left
    out = f"{op.output}/difference{suffix}"
    if not above and not below:
        low.complaints.form(op.name, op.kind, "it compares two constants")
        return None
    low.define(out, shape, [*above, *(t.scaled(-ONE) for t in below)], a - b)
    return out


def _bit(low: Lowering, tensor: str) -> str:
    """``tensor > 0``: the bit that ReLU has already, where there is one."""
    tensor = low.relus.get(tensor, tensor)
    if tensor in low.stepped:
        return masks.step(low, tensor)
    out = f"{tensor}/positive"
    return low.apply("Positive", (tensor,), out, low.program.shapes[tensor])


def _bit_product(bit: str, part: Term, rank: int) -> Term:
    return replace(part, left=Operand(bit, identity(rank)), right=part.left)


def _selected(bit: str, parts: Parts, rank: int, sign: Fraction) -> list[Term] | None:
    """``sign * bit * parts``; None where a term has two factors already."""
    terms, constant = parts
    if any(t.right is not None for t in terms):
        return None
    chosen = [_bit_product(bit, t, rank).scaled(sign) for t in terms]
    if constant:
        chosen.append(Term(constant * sign, Operand(bit, identity(rank))))
    return chosen


def greater(low: Lowering, op: Op) -> None:
    """``a > b``."""
    bound = low.scalar(op.inputs[1])
    if op.inputs[0] in low.graph.roles.random and bound in ({None: Fraction(1, 2)}, {}):
        _copy(low, op.inputs[0], op.output, low.shape(op.output))
        return
    _compare(low, op, op.inputs[0], op.inputs[1], strict=True)


def greater_or_equal(low: Lowering, op: Op) -> None:
    """``a >= b``: not ``b > a``."""
    _compare(low, op, op.inputs[1], op.inputs[0], strict=False)


def less_or_equal(low: Lowering, op: Op) -> None:
    """``a <= b``: not ``a > b``."""
    _compare(low, op, op.inputs[0], op.inputs[1], strict=False)


def _compare(low: Lowering, op: Op, left: str, right: str, *, strict: bool) -> None:
    difference = _difference(low, op, left, right)
    if difference is None:
        return
    shape = low.shape(op.output)
    operand = Operand(_bit(low, difference), identity(len(shape)))
    term = Term(ONE if strict else -ONE, operand)
    low.define(op.output, shape, [term], _ZERO if strict else ONE)


def equal(low: Lowering, op: Op) -> None:
    """Labels against the classes in order: one-hot rows. Otherwise neither side is greater."""
    constants = [low.graph.constants[i] for i in op.inputs if i in low.graph.constants]
    places = any(name in low.places for name in op.inputs)
    if places or (len(constants) == 1 and constants[0].size > 1):
        masks.equal(low, op)
        return
    if _infinite(low, op) or _never(low, op):
        low.affine[op.output] = {None: _ZERO}
        return
    shape = low.shape(op.output)
    above = _difference(low, op, *op.inputs)
    below = _difference(low, op, op.inputs[1], op.inputs[0], "/other")
    if above is None or below is None:
        return
    axes = identity(len(shape))
    bits = [Term(-ONE, Operand(_bit(low, name), axes)) for name in (above, below)]
    low.define(op.output, shape, bits, ONE)


def _infinite(low: Lowering, op: Op) -> bool:
    """Whether one side is an infinite constant, which no value of a program is."""
    constants = [low.graph.constants[i] for i in op.inputs if i in low.graph.constants]
    return any(array.dtype.kind == "f" and np.all(np.isinf(array)) for array in constants)


def _never(low: Lowering, op: Op) -> bool:
    """Whether labels, all of which one-hot rows show to be classes, are compared with none."""
    numbers = [low.scalar(name) for name in op.inputs]
    labels = [name for name in op.inputs if name in low.graph.roles.data]
    public = next((number for number in numbers if number is not None), None)
    if public is None or set(public) != {None} or len(labels) != 1 or public[None] >= 0:
        return False
    producers = low.graph.producers()
    for other in low.graph.ops:
        classes = [i for i in other.inputs if i in low.graph.constants]
        if other.kind != "Equal" or len(classes) != 1 or low.graph.constants[classes[0]].size < 2:
            continue
        source = next(i for i in other.inputs if i not in classes)
        while source in producers and producers[source].kind == "Reshape":
            source = producers[source].inputs[0]
        if source == labels[0]:
            return True
    return False


def where(low: Lowering, op: Op) -> None:
    """``condition * a + (1 - condition) * b``."""
    condition, *choices = op.inputs
    known = low.scalar(condition)
    if known is not None:
        chosen = choices[0] if known.get(None) else choices[1]
        number = low.scalar(chosen)
        if number is not None:
            low.affine[op.output] = number
            return
        parts_of = _parts(low, op, chosen, low.shape(op.output))
        if parts_of is not None:
            low.define(op.output, low.shape(op.output), parts_of[0], parts_of[1])
        return
    if not low.tensor(op, condition):
        return
    shape = low.shape(op.output)
    rank = len(shape)
    bit = low.operand(condition, shape)
    parts = [_parts(low, op, name, shape) for name in choices]
    if parts[0] is None or parts[1] is None:
        return
    if bit.axes != identity(rank):
        wide = f"{op.output}/condition"
        low.define(wide, shape, [Term(ONE, bit)], _ZERO)
        condition = wide
    kept = _selected(condition, parts[0], rank, ONE)
    lost = _selected(condition, parts[1], rank, -ONE)
    if kept is None or lost is None:
        low.complaints.form(op.name, op.kind, "it chooses a product with a public number")
        return
    low.define(op.output, shape, [*kept, *parts[1][0], *lost], parts[1][1])


def _extreme(low: Lowering, op: Op, left: str, right: str, out: str, sign: Fraction) -> None:
    """``right + sign * relu(sign * (left - right))``: the larger or the smaller of two."""
    shape = low.shape(op.output)
    pair = (left, right) if sign > 0 else (right, left)
    difference = _difference(low, replace(op, outputs=(out,)), *pair)
    parts = _parts(low, op, right, shape)
    if difference is None or parts is None:
        return
    axes = identity(len(shape))
    rest = Term(sign, Operand(_bit(low, difference), axes), Operand(difference, axes))
    low.define(out, shape, [*parts[0], rest], parts[1])


def _fold(low: Lowering, op: Op, names: list[str], sign: Fraction) -> None:
    """The largest or smallest of several inputs."""
    numbers = [n for n in names if low.scalar(n) is not None]
    tensors = [n for n in names if low.scalar(n) is None]
    if not tensors:
        low.complaints.form(op.name, op.kind, "its inputs are all constant")
        return
    if sign > 0 and numbers and low.scalar(numbers[0]) == {None: _ZERO} and len(names) == 2:
        masks.relu(low, replace(op, inputs=(tensors[0],)))
        return
    result, rest = tensors[0], [*tensors[1:], *numbers]
    for number, name in enumerate(rest):
        out = op.output if number == len(rest) - 1 else f"{op.output}/{number}"
        low.graph.shapes.setdefault(out, low.shape(op.output))
        _extreme(low, op, result, name, out, sign)
        result = out
    if not rest:
        _copy(low, result, op.output, low.shape(op.output))


def maximum(low: Lowering, op: Op) -> None:
    """The larger of two tensors, or of a tensor and a number."""
    _fold(low, op, [name for name in op.inputs if name], ONE)


def minimum(low: Lowering, op: Op) -> None:
    """The smaller one; ``min(c / x, d)`` is ``c / max(x, c / d)``, whatever x."""
    names = [name for name in op.inputs if name]
    if len(names) == 2 and _bounded_quotient(low, op, names):
        return
    _fold(low, op, names, -ONE)


def _bounded_quotient(low: Lowering, op: Op, names: list[str]) -> bool:
    for quotient, bound in (names, names[::-1]):
        producer = low.graph.producers().get(quotient)
        limit = low.scalar(bound)
        if producer is None or producer.kind != "Div" or limit is None or set(limit) != {None}:
            continue
        top = low.scalar(producer.inputs[0])
        if top is None or set(top) != {None} or top[None] <= 0 or limit[None] <= 0:
            continue
        source = producer.inputs[1]
        if low.scalar(source) is not None or low.shape(source) != low.shape(op.output):
            continue
        floor, least = f"{op.output}/least", f"{op.output}/floor"
        low.graph.shapes[floor] = low.shape(op.output)
        low.affine[least] = {None: top[None] / limit[None]}
        _extreme(low, op, source, least, floor, ONE)
        _divide(low, op, top, floor)
        return True
    return False


def clip(low: Lowering, op: Op) -> None:
    """Between two bounds, each of which may be missing."""
    source, *bounds = op.inputs
    low_bound, high_bound = (*bounds, "", "")[:2]
    shape = low.shape(op.output)
    names = [(low_bound, ONE), (high_bound, -ONE)]
    given = [(name, sign) for name, sign in names if name]
    if not low.tensor(op, source):
        return
    for number, (name, sign) in enumerate(given):
        out = op.output if number == len(given) - 1 else f"{op.output}/{number}"
        low.graph.shapes.setdefault(out, shape)
        _extreme(low, op, source, name, out, sign)
        source = out
    if not given:
        _copy(low, source, op.output, shape)


def absolute(low: Lowering, op: Op) -> None:
    """``2 [x > 0] x - x``."""
    if not low.tensor(op, op.inputs[0]):
        return
    source, shape = op.inputs[0], low.shape(op.output)
    operand = Operand(source, identity(len(shape)))
    bit = Operand(_bit(low, source), identity(len(shape)))
    low.define(op.output, shape, [Term(Fraction(2), bit, operand), Term(-ONE, operand)], _ZERO)


def sign(low: Lowering, op: Op) -> None:
    """``[x > 0] - [-x > 0]``."""
    if not low.tensor(op, op.inputs[0]):
        return
    source, shape = op.inputs[0], low.shape(op.output)
    axes = identity(len(shape))
    negated = f"{source}/negated"
    if negated not in low.program.shapes:
        low.define(negated, shape, [Term(-ONE, Operand(source, axes))], _ZERO)
    bits = [Operand(_bit(low, name), axes) for name in (source, negated)]
    low.define(op.output, shape, [Term(ONE, bits[0]), Term(-ONE, bits[1])], _ZERO)


def leaky_relu(low: Lowering, op: Op) -> None:
    """``alpha x + (1 - alpha) [x > 0] x``."""
    if not low.tensor(op, op.inputs[0]):
        return
    from zkpot.program.rational import recognise

    alpha = recognise(float(op.attributes.get("alpha", 0.01)))
    source, shape = op.inputs[0], low.shape(op.output)
    operand = Operand(source, identity(len(shape)))
    bit = Operand(masks.step(low, source), identity(len(shape)))
    low.define(op.output, shape, [Term(1 - alpha, bit, operand), Term(alpha, operand)], _ZERO)


def _logic(low: Lowering, op: Op, both: Fraction, each: Fraction) -> None:
    """``each * (a + b) + both * a b`` of two conditions."""
    if not all(low.tensor(op, name) for name in op.inputs):
        return
    shape = low.shape(op.output)
    left, right = (low.operand(name, shape) for name in op.inputs)
    terms = [Term(both, left, right)] if both else []
    terms += [Term(each, left), Term(each, right)] if each else []
    low.define(op.output, shape, terms, _ZERO)


def conjunction(low: Lowering, op: Op) -> None:
    """``a and b``."""
    _logic(low, op, ONE, _ZERO)


def disjunction(low: Lowering, op: Op) -> None:
    """``a or b``."""
    _logic(low, op, -ONE, ONE)


def exclusion(low: Lowering, op: Op) -> None:
    """``a xor b``."""
    _logic(low, op, Fraction(-2), ONE)


def negation(low: Lowering, op: Op) -> None:
    """``not a``."""
    known = low.scalar(op.inputs[0])
    if known is not None:
        low.affine[op.output] = {None: ONE - known.get(None, _ZERO)}
        return
    if low.tensor(op, op.inputs[0]):
        shape = low.shape(op.output)
        term = Term(-ONE, Operand(op.inputs[0], identity(len(shape))))
        low.define(op.output, shape, [term], ONE)

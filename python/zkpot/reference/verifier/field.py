"""The field F of `p = 2^64 - 2^32 + 1` elements and its cubic extension E.

docs/spec/protocol.md, 'Fields and transcript'. `E = F[X] / (X^3 - X - 1)`. Single elements are
`Element`; vectors over E are arrays of uint64 of the shape `[length, 3]`, reduced, so that long
ones take few numpy calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

MODULUS = 2**64 - 2**32 + 1
Vector = npt.NDArray[np.uint64]

_LOW = np.uint64(2**32 - 1)
_HALF = np.uint64(32)
_ORDER = np.uint64(MODULUS)
_ZERO = np.uint64(0)


@dataclass(frozen=True, slots=True)
class Element:
    """`a + b X + c X^2`, coordinates in `0 .. MODULUS`."""

    a: int
    b: int = 0
    c: int = 0

    def __add__(self, other: Element) -> Element:
        return Element(
            (self.a + other.a) % MODULUS, (self.b + other.b) % MODULUS, (self.c + other.c) % MODULUS
        )

    def __sub__(self, other: Element) -> Element:
        return Element(
            (self.a - other.a) % MODULUS, (self.b - other.b) % MODULUS, (self.c - other.c) % MODULUS
        )

    def __neg__(self) -> Element:
        return ZERO - self

    def __mul__(self, other: Element) -> Element:
        third = self.b * other.c + self.c * other.b
        fourth = self.c * other.c
        return Element(
            (self.a * other.a + third) % MODULUS,
            (self.a * other.b + self.b * other.a + third + fourth) % MODULUS,
            (self.a * other.c + self.b * other.b + self.c * other.a + fourth) % MODULUS,
        )

    def __bool__(self) -> bool:
        return bool(self.a or self.b or self.c)

    def __pow__(self, exponent: int) -> Element:
        result, base = ONE, self
        while exponent:
            if exponent & 1:
                result = result * base
            base, exponent = base * base, exponent >> 1
        return result

    def inverse(self) -> Element:
        """The element's inverse; zero has none, and gives zero."""
        return self ** (MODULUS**3 - 2)

    @property
    def coordinates(self) -> tuple[int, int, int]:
        """The three coordinates."""
        return self.a, self.b, self.c


ZERO, ONE = Element(0), Element(1)


def embed(integer: int) -> Element:
    """The field element that stands for an integer."""
    return Element(integer % MODULUS)


def total(elements: Iterable[Element]) -> Element:
    """The sum of elements."""
    return reduce(Element.__add__, elements, ZERO)


def product(elements: Iterable[Element]) -> Element:
    """The product of elements."""
    return reduce(Element.__mul__, elements, ONE)


def vector(elements: Sequence[Element]) -> Vector:
    """A vector, `[length, 3]`."""
    return np.array([e.coordinates for e in elements], dtype=np.uint64).reshape(-1, 3)


def integers(values: Sequence[int] | npt.NDArray[np.int64]) -> Vector:
    """A vector from integers within 2^63 of zero, `[length, 3]`."""
    signed = np.asarray(values, dtype=np.int64)
    raw = signed.astype(np.uint64)
    out = np.zeros((len(signed), 3), dtype=np.uint64)
    out[:, 0] = np.where(signed < 0, raw - _LOW, raw)
    return out


def ones(length: int) -> Vector:
    """The vector of ones."""
    return integers(np.ones(length, dtype=np.int64))


def _plus(left: Vector, right: Vector) -> Vector:
    sum_ = left + right
    sum_ = np.where(sum_ < left, sum_ + _LOW, sum_)
    reduced: Vector = np.where(sum_ >= _ORDER, sum_ - _ORDER, sum_)
    return reduced


def _minus(left: Vector, right: Vector) -> Vector:
    difference: Vector = np.where(left < right, left - right - _LOW, left - right)
    return difference


def _times(left: Vector, right: Vector) -> Vector:
    left_low, left_high = left & _LOW, left >> _HALF
    right_low, right_high = right & _LOW, right >> _HALF
    lowest = left_low * right_low
    first = left_low * right_high + (lowest >> _HALF)
    second = left_high * right_low + (first & _LOW)
    low = (second << _HALF) | (lowest & _LOW)
    high = left_high * right_high + (first >> _HALF) + (second >> _HALF)
    # 2^96 is -1 and 2^64 is 2^32 - 1.
    rest = low - (high >> _HALF)
    rest = np.where(low < (high >> _HALF), rest - _LOW, rest)
    added = (high & _LOW) * _LOW
    rest = rest + added
    rest = np.where(rest < added, rest + _LOW, rest)
    reduced: Vector = np.where(rest >= _ORDER, rest - _ORDER, rest)
    return reduced


def add(left: Vector, right: Vector) -> Vector:
    """The sum of two vectors."""
    return _plus(left, right)


def multiply(left: Vector, right: Vector) -> Vector:
    """The product of two vectors, entry by entry; one of them may have length one."""
    # All nine products of coordinates at once: numpy's calls cost more than short vectors.
    each = _times(left[:, :, None], right[:, None, :])
    first = _plus(each[:, 0, 1:], each[:, 1, :2])
    third = _plus(each[:, 1, 2], each[:, 2, 1])
    fourth = each[:, 2, 2]
    out = np.empty((len(each), 3), dtype=np.uint64)
    out[:, 0] = each[:, 0, 0]
    out[:, 1] = first[:, 0]
    out[:, 2] = _plus(first[:, 1], each[:, 2, 0])
    high = np.stack([third, _plus(third, fourth), fourth], axis=1)
    return _plus(out, high)


def scale(values: Vector, factor: Element) -> Vector:
    """A vector times one element."""
    return multiply(values, vector([factor]))


def sum_of(values: Vector) -> Element:
    """The sum of a vector's entries."""
    low = (values & _LOW).sum(axis=0, dtype=np.uint64)
    high = (values >> _HALF).sum(axis=0, dtype=np.uint64)
    return Element(
        *((int(lo) + (int(hi) << 32)) % MODULUS for lo, hi in zip(low, high, strict=True))
    )


def dot(left: Vector, right: Vector) -> Element:
    """The inner product, over the shorter of both."""
    length = min(len(left), len(right))
    return sum_of(multiply(left[:length], right[:length]))


def eq_table(point: Sequence[Element], count: int) -> Vector:
    """`eq(point, index)` for the first `count` indices; coordinate 0 belongs to the top bit."""
    return eq_range(point, 0, count)


def eq_range(point: Sequence[Element], first: int, count: int) -> Vector:
    """`eq(point, index)` for `count` indices from `first`."""
    if count == 0:
        return np.zeros((0, 3), dtype=np.uint64)
    last = first + count - 1
    bits = min((first ^ last).bit_length(), len(point))
    high, low = point[: len(point) - bits], point[len(point) - bits :]
    prefix = first >> bits
    factor = ONE
    for place, coordinate in enumerate(reversed(high)):
        factor = factor * (coordinate if prefix >> place & 1 else ONE - coordinate)
    table = vector([factor])
    for coordinate in low:
        upper = scale(table, coordinate)
        table = np.stack([_minus(table, upper), upper], axis=1).reshape(-1, 3)
    start = first - (prefix << bits)
    return table[start : start + count]


def eq(left: Sequence[Element], right: Sequence[Element]) -> Element:
    """`eq` of two points."""
    return product(a * b + (ONE - a) * (ONE - b) for a, b in zip(left, right, strict=True))

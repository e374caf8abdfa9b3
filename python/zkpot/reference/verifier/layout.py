"""Where tensors lie in committed polynomials, and the order in which bits are bound.

docs/spec/protocol.md, 'Regions', 'The order of binding'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

from zkpot.reference.verifier.field import (
    ONE,
    Element,
    Vector,
    dot,
    eq_range,
    eq_table,
    product,
)

RANDOM_ENTRIES = 16
GROUP_BITS = 3
MIN_VARIABLES, MAX_VARIABLES = 14, 28


def axis_bits(length: int) -> int:
    """Variables of an axis."""
    return (length - 1).bit_length()


def padded(length: int) -> int:
    """The next power of two."""
    return 1 << axis_bits(length)


@dataclass
class Region:
    """A tensor's place in a polynomial; `lengths` are its axes, at least one."""

    polynomial: int
    lengths: list[int]
    outer: int
    block: int
    offset: int = 0

    @property
    def inner_bits(self) -> int:
        """Variables of the block."""
        return self.block.bit_length() - 1

    @property
    def size(self) -> int:
        """Entries that the region takes."""
        return self.block * self.lengths[self.outer]

    def block_weights(self, point: Sequence[Element]) -> Vector:
        """`eq` of the upper coordinates with each block."""
        high = point[: len(point) - self.inner_bits]
        return eq_range(high, self.offset // self.block, self.lengths[self.outer])

    def eq_weights(self, point: Sequence[Element]) -> list[Vector]:
        """One vector an axis whose product is `eq(point, index)` on the region."""
        rest = list(point[len(point) - self.inner_bits :])
        weights = []
        for axis, length in enumerate(self.lengths):
            if axis == self.outer:
                weights.append(self.block_weights(point))
                continue
            mine, rest = rest[: axis_bits(length)], rest[axis_bits(length) :]
            weights.append(eq_table(mine, length))
        return weights

    def within_block(self, point: Sequence[Element]) -> tuple[Element, list[Element]]:
        """Factor and point that are left inside a region of one block."""
        at = len(point) - self.inner_bits
        (weight,) = eq_range(point[:at], self.offset // self.block, 1)
        return Element(*(int(part) for part in weight)), list(point[at:])


def weigh(weights: Sequence[Vector], at: Sequence[Vector]) -> Element:
    """The extension of a product of vectors, at the point that `at` (`eq_weights`) belongs to."""
    return product(dot(weight, own) for weight, own in zip(weights, at, strict=True))


@dataclass
class Layout:
    """All regions of a link.

    Attributes:
        regions: In order.
        variables: Of each polynomial, once it is placed.
        random: The first of each polynomial's random entries, likewise.
    """

    regions: list[Region] = field(default_factory=list)
    variables: list[int] = field(default_factory=list)
    random: list[int] = field(default_factory=list)

    def add(self, polynomial: int, lengths: Sequence[int]) -> int:
        """Adds a region and returns its number."""
        axes = list(lengths) or [1]
        # The largest waste in whole parts of 2^20, the first among equals.
        waste = [(padded(length) << 20) // length for length in axes]
        outer = waste.index(max(waste))
        block = prod(padded(length) for axis, length in enumerate(axes) if axis != outer)
        self.regions.append(Region(polynomial, axes, outer, block))
        return len(self.regions) - 1

    def place(self, polynomial: int) -> None:
        """Gives the regions of a polynomial their offsets and fixes its size."""
        end = self.arrange(polynomial, 0)
        random = -(-end // RANDOM_ENTRIES) * RANDOM_ENTRIES
        self.random.append(random)
        self.variables.append(max(axis_bits(random + RANDOM_ENTRIES), MIN_VARIABLES))

    def arrange(self, polynomial: int, start: int) -> int:
        """Gives regions their offsets from `start`, by decreasing block, and returns their end."""
        own = [region for region in self.regions if region.polynomial == polynomial]
        end = start
        for region in sorted(own, key=lambda region: -region.block):
            region.offset = -(-end // region.block) * region.block
            end = region.offset + region.size
        return end


def reorder(challenges: Sequence[Element]) -> list[Element]:
    """The point, top bit first, of challenges in the order of binding."""
    at = max(len(challenges) - GROUP_BITS, 0)
    return [*reversed(challenges[:at]), *challenges[at:]]


def own_point(challenges: Sequence[Element], variables: int) -> tuple[Element, list[Element]]:
    """`late` and the point of a polynomial that shares a sumcheck ('Different sizes')."""
    low = min(variables, GROUP_BITS)
    first, last = variables - low, len(challenges) - low
    late = product(ONE - challenge for challenge in challenges[first:last])
    return late, reorder([*challenges[:first], *challenges[last:]])

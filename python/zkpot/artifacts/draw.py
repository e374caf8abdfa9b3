"""Random tensors of a step by name: ``bernoulli.<ordinal>.<numerator>.<bits>``.

Such an input of a step is a public tensor of zeros and ones, drawn anew in every step: each
element is 1 with the probability ``numerator / 2^bits``, and the ordinal tells the step's random
tensors apart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PREFIX = "bernoulli."
#: Binary places of a probability, at most.
PLACES = 16

_NAME = re.compile(r"bernoulli\.(\d{1,9})\.(\d{1,5})\.(\d{1,2})")


@dataclass(frozen=True)
class Draw:
    """One random tensor: `numerator` is odd and below ``2^bits``, `bits` 1 to 16."""

    ordinal: int
    numerator: int
    bits: int

    @property
    def name(self) -> str:
        """What the input of a step is called."""
        return f"{PREFIX}{self.ordinal}.{self.numerator}.{self.bits}"

    @property
    def probability(self) -> float:
        """Of a 1; exact."""
        return self.numerator / 2.0**self.bits

    @classmethod
    def of(cls, ordinal: int, probability: float) -> Draw:
        """The random tensor with the nearest probability of 16 binary places.

        Raises:
            ValueError: the probability is not between 0 and 1, or too close to one of them.
        """
        if not 0 < probability < 1:
            raise ValueError(f"a probability of {probability:g} is not between 0 and 1")
        rounded = math.floor(probability * (1 << PLACES) + 0.5)
        if rounded in (0, 1 << PLACES):
            raise ValueError(
                f"a probability of {probability:g} is 0 or 1 in the {PLACES} binary places that a "
                "random tensor has"
            )
        even = (rounded & -rounded).bit_length() - 1
        return cls(ordinal, rounded >> even, PLACES - even)

    @classmethod
    def parse(cls, name: str) -> Draw:
        """The random tensor that an input's name declares.

        Raises:
            ValueError: the name declares none.
        """
        found = _NAME.fullmatch(name)
        if found is not None:
            draw = cls(*(int(number) for number in found.groups()))
            odd = draw.numerator % 2 == 1
            if 1 <= draw.bits <= PLACES and odd and draw.numerator < 1 << draw.bits:
                return draw
        raise ValueError(
            f"'{name}' is no random tensor: it is called bernoulli.<ordinal>.<numerator>.<bits>, "
            "with an odd numerator below 2^bits and 1 to 16 bits"
        )

    def sample(self, step: int, shape: Sequence[int]) -> npt.NDArray[np.float32]:
        """Elements for a float run that no proof is about: as random, from numpy's generator."""
        words = np.random.PCG64([step, self.ordinal]).random_raw(math.prod(shape))
        ones = np.asarray(words) >> np.uint64(64 - self.bits) < np.uint64(self.numerator)
        return ones.astype(np.float32).reshape(tuple(shape))

"""Public random tensors of zeros and ones, from their specification."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zkpot.reference.blake3 import derive_bytes

CONTEXT = "zkpot/v1/bernoulli"


def draw(
    seed: bytes, step: int, ordinal: int, numerator: int, bits: int, shape: Sequence[int]
) -> npt.NDArray[np.int64]:
    """The elements of a random tensor at a step of the run.

    Args:
        seed: 32 bytes, of the batch schedule.
        step: Counted from the start of the run.
        ordinal: Which of the step's random tensors it is.
        numerator: Of `2^bits`: the probability of a 1.
        bits: Binary places of the probability.
        shape: Of the tensor.
    """
    elements = int(np.prod(shape, dtype=np.int64))
    count = -(-elements // 64)
    material = seed + step.to_bytes(8, "little") + ordinal.to_bytes(4, "little")
    output = derive_bytes(CONTEXT, material, 8 * bits * count)
    words = np.frombuffer(output, dtype="<u8").reshape(count, bits)
    drawn = np.zeros(count, dtype=np.uint64)
    for place in range(bits):
        drawn = drawn | words[:, place] if numerator >> place & 1 else drawn & words[:, place]
    ones = np.unpackbits(drawn.astype("<u8").view(np.uint8), bitorder="little")
    return ones[:elements].astype(np.int64).reshape(tuple(shape))

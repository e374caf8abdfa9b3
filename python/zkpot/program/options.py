"""What the author of a program may choose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from zkpot.errors import InputError

#: What `Options.max_steps` may be where it is left open. Memory keeps links of large networks
#: shorter than either.
LINK_LENGTHS = (1000, 128, 64)


@dataclass(frozen=True)
class Options:
    """Precision of a fixed-point program.

    Attributes:
        bits: size of committed activations, deltas and updates, sign included.
        headroom: bits between the calibrated maximum and the end of a range.
        state_bits: least size of an accumulated state (a weight) at the ends of a link.
        momentum_bits: size of a state that is replaced rather than added to.
        rate_bits: significant bits of the default learning rate as a public integer. None is 1
            for a power of two (exact, and it saves remainder bits in every update; only
            multiples of the default can be used then) and 10 for any other rate.
        rate_headroom: a learning rate may rise to this many times its default.
        coefficient_bits: a factor that is no power of two is exact to 2^-coefficient_bits.
        update_bits: the same for constant factors of an update, which act like an error of
            the learning rate.
        rate_outside: let a weight add ``learning rate * rounded gradient`` where the bounds
            allow it, so that the rate's bits are not rounded away in every element. Without
            it, or where the bounds do not allow it, ``learning rate * gradient`` is rounded.
        max_steps: the longest link, in steps, for which the bounds must hold. None leaves the
            choice to the compiler: 1000 steps, or 128 or 64 where that makes steps cheaper.
        scales: fraction bits of single tensors, by name.
        ranges: largest magnitude that values of single tensors may have, by name, in place of
            the calibrated maximum and its headroom.
        window: training steps that one step of the program makes; inside of it, large weights need
            not exist (`program/window`). ``"auto"`` takes the number that commits least a step.
        memory: bytes of the machines that are to prove; ``"auto"`` keeps a window below it.
        calibration_steps: least number of float steps that ranges are taken from.
    """

    bits: int = 16
    headroom: int = 3
    state_bits: int = 18
    momentum_bits: int = 18
    rate_bits: int | None = None
    rate_headroom: int = 16
    coefficient_bits: int = 12
    update_bits: int = 10
    rate_outside: bool = True
    max_steps: int | None = None
    scales: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, float] = field(default_factory=dict)
    window: int | Literal["auto"] = 1
    memory: int = 16_000_000_000
    calibration_steps: int = 200

    def link_lengths(self) -> tuple[int, ...]:
        """Longest links to try, in steps."""
        return LINK_LENGTHS if self.max_steps is None else (self.max_steps,)

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            InputError: an option is out of its range.
        """
        limits = {
            "bits": (8, 20),
            "headroom": (0, 8),
            "state_bits": (8, 40),
            "momentum_bits": (8, 40),
            "rate_bits": (1, 20),
            "rate_headroom": (1, 1 << 16),
            "coefficient_bits": (4, 24),
            "update_bits": (4, 24),
            "max_steps": (1, 1 << 20),
            "window": (1, 32),
            "calibration_steps": (1, 1 << 20),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if name == "window" and value == "auto":
                continue
            if value is not None and not (isinstance(value, int) and low <= value <= high):
                raise InputError(f"option '{name}' is {value}; it must be {low} to {high}")
        for name, limit in self.ranges.items():
            if not 0 < limit < float("inf"):
                raise InputError(f"the range of '{name}' is {limit}; give a positive number")
        if self.headroom > self.bits - 5:
            raise InputError(
                f"headroom {self.headroom} leaves no precision in {self.bits} bits; "
                f"take at most {self.bits - 5}"
            )

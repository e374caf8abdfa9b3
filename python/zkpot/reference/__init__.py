"""A slow, independent executor, written from the specification and not from the prover.

Tests compare it with the prover's executor bit for bit. It imports nothing from the rooms that
it checks: `executor` and `schedule` need numpy, `relations` needs galois.
"""

from zkpot.reference import schedule
from zkpot.reference.executor import Refused, train

__all__ = ["Refused", "schedule", "train"]

"""A slow, independent executor and verifier, written from the specification and not from the Rust.

Tests compare the executor with the prover's bit for bit, and the verifier with the Rust one. They
import nothing from the rooms that they check: `executor`, `schedule` and `verifier` need numpy,
`relations` needs galois. Of the extension, `verifier` asks for the openings of commitments alone.
"""

from zkpot.reference import schedule
from zkpot.reference.executor import Refused, train

__all__ = ["Refused", "schedule", "train"]

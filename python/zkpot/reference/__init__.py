"""A slow, independent executor and verifier, written from the specification and not from the Rust.

Tests compare the executor with the prover's bit for bit, and the verifier with the Rust one. They
import nothing from the rooms that they check: `relations` needs galois, the others numpy. Of the
extension, `verifier` asks for the openings of commitments alone.
"""

from zkpot.reference import bernoulli, schedule
from zkpot.reference.executor import Refused, train

__all__ = ["Refused", "bernoulli", "schedule", "train"]

"""An independent verifier, written from the book (docs/spec) and not from the Rust.

It decodes a run, walks its chain of statements and verifies every message of every link:
transcript, lookups, relations, products, claims, the hiding channel's masks. Openings of
commitments are the one part that it asks the Rust side about (`scheme`), and with them the error
terms of openings. It is slow and keeps everything in memory; tests compare it with the Rust
verifier.
"""

from zkpot.reference.verifier.refusal import Refusal
from zkpot.reference.verifier.run import Receipt, verify_run

__all__ = ["Receipt", "Refusal", "verify_run"]

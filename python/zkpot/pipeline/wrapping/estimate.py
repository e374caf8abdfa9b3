"""What keys and proofs of a circuit take, before they are made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpot import plan
from zkpot.pipeline import capacity

# Measured for 2^20 rows and 11 columns on 2 processors (docs/benchmarks.md).
_ROWS, _COLUMNS = 20, 11
_SECONDS_KEYS, _SECONDS_PROOF = 70.0, 143.0
_MEMORY, _DISK = 5.9e9, 1.8e9


@dataclass(frozen=True)
class Estimate:
    """Seconds on two processors, and bytes."""

    seconds_keys: float
    seconds_proof: float
    memory_bytes: int
    key_bytes: int

    @classmethod
    def of(cls, k: int, columns: int) -> Estimate:
        """Of a circuit of 2^k rows: everything is proportional to its cells."""
        times = 2.0 ** (k - _ROWS) * columns / _COLUMNS
        return cls(
            seconds_keys=_SECONDS_KEYS * times,
            seconds_proof=_SECONDS_PROOF * times,
            memory_bytes=int(_MEMORY * times),
            key_bytes=int(_DISK * times),
        )

    def check(self, k: int, folder: Path, limit: int | None) -> None:
        """Checks that memory and disk suffice.

        Args:
            k: Of the circuit.
            folder: Where its keys stand.
            limit: Bytes that the user allows; by default most of what is available.

        Raises:
            NotEnoughResources: They do not; the message has k and the predicted bytes.
        """
        capacity.check(
            f"the circuit has 2^{k} rows and needs about {plan.size(self.memory_bytes)} of memory",
            self.memory_bytes,
            self.key_bytes,
            folder,
            limit=limit,
            otherwise="wrap shorter links",
        )

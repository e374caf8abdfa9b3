"""What a circuit will take, before any of it is spent.

Fitted to measurements on two cores (docs/ezkl.md): memory and keys grow with the rows, which are a
power of two; hashes take columns of their own beside that.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.artifacts.ezkl.terms import Link, Terms
from zkpot.backends.ezkl import srs
from zkpot.backends.ezkl.settings import COLUMNS, LEGS

#: EZKL's circuits end here.
LARGEST_LOGROWS = 26
# Rows that blinding takes.
_BLINDING = 8

# Bytes a row at the peak of proving, and of the proving key.
_MEMORY = {"committed": 11_500, "hashed": 21_000}
_KEY = {"committed": 5_000, "hashed": 10_100}
_PROCESS = 80_000_000

# Address space that a process reserves and hardly uses.
_RESERVED = 4_000_000_000

# Seconds on two processors: a row and a level of its Fourier transforms; a row of an SRS.
_PROVE = {"committed": 7.5e-6, "hashed": 14e-6}
_SETUP = {"committed": 6.4e-6, "hashed": 12e-6}
_SRS = 1.7e-4


@dataclass(frozen=True)
class Estimate:
    """What a circuit of 2^logrows rows takes.

    Attributes:
        logrows: EZKL's k.
        memory_bytes: Peak of a process that proves or sets up.
        key_bytes: The proving key on disk.
        seconds_setup: Setting up keys, on two processors.
        seconds_prove: Proving a step.
        seconds_srs: Making a test SRS.
    """

    logrows: int
    memory_bytes: int
    key_bytes: int
    seconds_setup: float
    seconds_prove: float
    seconds_srs: float


def least_rows(terms: Terms) -> int:
    """Rows that the digits of committed numbers alone take: what is known without EZKL."""
    return LEGS * (2 * terms.state_length + terms.batch_length) // COLUMNS


def logrows_of(rows: int) -> int:
    """The least k that has room for these rows."""
    return max(6, (rows + _BLINDING - 1).bit_length())


def address_space(expected: Estimate) -> int:
    """Bytes that are enough for a circuit of this size, and not for much more."""
    return 2 * expected.memory_bytes + _RESERVED


def estimate(logrows: int, link: Link) -> Estimate:
    """What a circuit of this size takes."""
    rows = 1 << logrows
    return Estimate(
        logrows=logrows,
        # The SRS is in memory while it is used.
        memory_bytes=_PROCESS + rows * _MEMORY[link],
        key_bytes=rows * _KEY[link] + srs.size_of(logrows),
        seconds_setup=rows * logrows * _SETUP[link],
        seconds_prove=rows * logrows * _PROVE[link],
        seconds_srs=rows * _SRS,
    )

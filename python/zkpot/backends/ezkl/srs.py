"""The structured reference string (SRS) of KZG commitments: which it is, and whether it is a test.

A file holds k, 2^k points of G1 twice (powers of the secret, and their Lagrange form), and two
points of G2, in halo2's raw format. Whoever knows the secret can prove anything; a ceremony's
nobody knows, a test SRS's whoever made it could have kept. EZKL's loader reads no further than
the points, so a test SRS made here says so behind them, under any name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from zkpot.errors import InputError

TEST_MARK = b"\nzkpot: a test SRS. Whoever made it may know its secret and forge proofs.\n"

_POINT, _POINT2 = 64, 128
_LEAST, _MOST = 6, 28


@dataclass(frozen=True)
class Srs:
    """A file with an SRS.

    Attributes:
        path: The file.
        logrows: Largest k that it serves.
        identity: SHA-256 of the generators and of the secret's point in G2: the same for every
            size of the same ceremony.
        test: Whether it says that it is a test SRS.
    """

    path: Path
    logrows: int
    identity: str
    test: bool

    @classmethod
    def read(cls, path: Path) -> Srs:
        """Looks at a file without loading it.

        Raises:
            InputError: It is none.
        """
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                logrows = int.from_bytes(file.read(4), "little")
                if not _LEAST <= logrows <= _MOST:
                    raise InputError(f"{path}: not an SRS in halo2's raw format")
                points = 2 * _POINT << logrows
                generator = file.read(_POINT)
                file.seek(4 + points)
                second = file.read(2 * _POINT2)
                rest = file.read(len(TEST_MARK) + 1)
        except OSError as error:
            raise InputError(f"{path}: not readable ({error.strerror or error})") from error
        whole = 4 + points + 2 * _POINT2
        if size not in (whole, whole + len(TEST_MARK)) or rest not in (b"", TEST_MARK):
            raise InputError(
                f"{path}: {size} bytes, and an SRS with k = {logrows} in halo2's raw format has "
                f"{whole}"
            )
        identity = hashlib.sha256(generator + second).hexdigest()
        return cls(path, logrows, identity, rest == TEST_MARK)

    def check_size(self, logrows: int) -> None:
        """Checks that it serves circuits of 2^logrows rows.

        Raises:
            InputError: It is too small.
        """
        if self.logrows < logrows:
            raise InputError(
                f"{self.path}: an SRS with k = {self.logrows}, and the circuit needs k = {logrows}"
            )


def size_of(logrows: int) -> int:
    """Bytes of a file."""
    return 4 + (2 * _POINT << logrows) + 2 * _POINT2

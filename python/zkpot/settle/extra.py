"""What the room asks for when web3 is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zkpot.errors import MissingExtra


@contextmanager
def needed() -> Iterator[None]:
    """Around imports of what zkpot[chain] brings.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        yield
    except ModuleNotFoundError:
        raise MissingExtra("settling needs web3: pip install 'zkpot[chain]'") from None

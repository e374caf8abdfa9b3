"""Whether memory and disk suffice for something large, said before it is begun."""

from __future__ import annotations

from pathlib import Path

from zkpot import machine, plan
from zkpot.errors import NotEnoughResources

# Share of the available memory that a call may take.
_MEMORY_SHARE = 0.9


def check(
    needs: str, memory: int, keys: int, folder: Path, *, limit: int | None, otherwise: str
) -> None:
    """Checks that a circuit fits.

    Args:
        needs: What it needs, for the message.
        memory: Bytes of memory.
        keys: Bytes of its keys.
        folder: Where they will stand.
        limit: Bytes of memory that the user allows; by default most of what is available.
        otherwise: What to do where it does not fit.

    Raises:
        NotEnoughResources: It does not.
    """
    available = machine.available_memory()
    usable = [] if available is None else [int(available * _MEMORY_SHARE)]
    allowed = min([*usable, *([] if limit is None else [limit])], default=None)
    if allowed is not None and memory > allowed:
        raise NotEnoughResources(f"{needs}, and {plan.size(allowed)} may be used: {otherwise}")
    free = machine.free_disk(folder)
    if keys > free:
        raise NotEnoughResources(
            f"{folder}: the keys need about {plan.size(keys)} of disk and {plan.size(free)} are "
            "free"
        )

"""Whether memory and disk suffice for a circuit, said before it is made."""

from __future__ import annotations

from pathlib import Path

from zkpot import plan
from zkpot.backends.ezkl.estimate import LARGEST_LOGROWS, Estimate
from zkpot.errors import NotEnoughResources
from zkpot.pipeline import capacity
from zkpot.progress import Progress


def announce(progress: Progress, rows: int, estimate: Estimate) -> None:
    """Says what is coming."""
    progress.note(
        f"EZKL: {rows} rows, k = {estimate.logrows}; about {plan.size(estimate.memory_bytes)} of "
        f"memory and {plan.size(estimate.key_bytes)} of disk"
    )


def check(estimate: Estimate, folder: Path, limit: int | None, *, least: bool = False) -> None:
    """Checks that the circuit fits.

    Args:
        estimate: What it takes.
        folder: Where its keys will stand.
        limit: Bytes that the user allows; by default most of what is available.
        least: Whether the estimate is a lower bound.

    Raises:
        NotEnoughResources: It does not; the message has the predicted k and memory.
    """
    bound = "at least " if least else ""
    needed = f"k = {estimate.logrows} and {bound}about {plan.size(estimate.memory_bytes)} of memory"
    smaller = "use a smaller batch or model, or prove natively (without --backend ezkl)"
    if estimate.logrows > LARGEST_LOGROWS:
        raise NotEnoughResources(
            f"the step needs {needed}, and EZKL's circuits end at k = {LARGEST_LOGROWS}: {smaller}"
        )
    capacity.check(
        f"the step needs {needed}",
        estimate.memory_bytes,
        estimate.key_bytes,
        folder,
        limit=limit,
        otherwise=smaller,
    )

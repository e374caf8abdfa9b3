"""Decompositions of aten operators into few, one file for each operator family.

Each family's ``DECOMPOSITIONS`` maps an aten overload to a function of the same signature
that computes it from simpler operators. They replace torch's own where torch's are wrong for
export or lead to operators that cost more to prove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch._decomp import core_aten_decompositions

from zkpot.step.decompose import (
    activations,
    linear,
    losses,
    optimizers,
    reductions,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILIES = (activations, linear, losses, optimizers, reductions)


def decompositions() -> dict[Any, Callable[..., Any]]:
    """Merge torch's own table with the families', which win."""
    table: dict[Any, Callable[..., Any]] = dict(core_aten_decompositions())
    for family in FAMILIES:
        table.update(family.DECOMPOSITIONS)
    return table

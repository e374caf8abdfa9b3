"""Decompositions of aten operators into few, one file for each operator family.

Each family's ``DECOMPOSITIONS`` maps an aten overload to a function of the same signature
that computes it from simpler operators. They replace torch's own where torch's are wrong for
export or lead to operators that cost more to prove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch._decomp import core_aten_decompositions, get_decompositions

from zkpot.step.decompose import (
    activations,
    convolution,
    embedding,
    indexing,
    linear,
    losses,
    normalisation,
    optimizers,
    pooling,
    reductions,
)

if TYPE_CHECKING:
    from collections.abc import Callable

aten = torch.ops.aten

FAMILIES = (
    activations,
    convolution,
    embedding,
    indexing,
    linear,
    losses,
    normalisation,
    optimizers,
    pooling,
    reductions,
)

# Operators that torch decomposes, but counts as elementary.
_FURTHER = [
    aten.elu,
    aten.elu_backward,
    aten.hardtanh,
    aten.hardtanh_backward,
    aten.hardsigmoid,
    aten.hardswish,
    aten.binary_cross_entropy,
    aten.smooth_l1_loss,
    aten.huber_loss,
]


def first_pass_decompositions() -> dict[Any, Callable[..., Any]]:
    """Return what has to be decomposed while autograd runs."""
    return dict(normalisation.FIRST_PASS_DECOMPOSITIONS)


def decompositions() -> dict[Any, Callable[..., Any]]:
    """Merge torch's own table with the families', which win."""
    table: dict[Any, Callable[..., Any]] = dict(core_aten_decompositions())
    table.update(get_decompositions(_FURTHER))
    for family in FAMILIES:
        table.update(family.DECOMPOSITIONS)
    return table

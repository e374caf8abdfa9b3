"""Clipping of gradients between backward pass and update, as torch does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from zkpot.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Clipping:
    """To what gradients are clipped, one of both at most.

    Attributes:
        norm: greatest Euclidean norm of all gradients together, or None.
        value: greatest absolute value of each element, or None.

    Raises:
        ExportError: both are given, or one is not positive and finite.

    """

    norm: float | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        """Check the limits."""
        for name, limit in (("clip_grad_norm", self.norm), ("clip_grad_value", self.value)):
            if limit is not None and not 0 < limit < float("inf"):
                raise ExportError(f"{name} is {limit}: give a positive finite number, or None.")
        if self.norm is not None and self.value is not None:
            raise ExportError(
                "clip_grad_norm and clip_grad_value are both given: give one of them, since their "
                "order would matter."
            )

    def entries(self) -> dict[str, float | None]:
        """Return what the step's metadata say; steps from before there was a value say no more."""
        value = {} if self.value is None else {"clip_grad_value": self.value}
        return {"clip_grad_norm": self.norm, **value}

    def apply(self, parameters: Sequence[torch.Tensor]) -> None:
        """Clip the gradients of these parameters in place."""
        if self.norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, self.norm, foreach=False)
        if self.value is not None:
            torch.nn.utils.clip_grad_value_(parameters, self.value, foreach=False)

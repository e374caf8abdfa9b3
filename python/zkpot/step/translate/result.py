"""What a translation is told about the tensor it has to make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from zkpot.step.expression import Graph, Shape


@dataclass(frozen=True)
class Result:
    """The graph to build in, and the shape and dtype that torch says will come out."""

    graph: Graph
    shape: Shape
    dtype: np.dtype[Any]


# translation(result, *aten_arguments): tensors come as Expression, all else as in torch.
Translation = Callable[..., Any]

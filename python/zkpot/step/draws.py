"""What a step draws at random, as inputs of its graph.

A proof draws zeros and ones from a public seed, anew in every step (`artifacts/draw.py`). So
everything random in a traced step becomes one input each: the noise of dropout, ``bernoulli`` of
a number, and ``rand`` where it is only compared with a number. The check against eager torch
gives eager the same noise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import fx
from torch.utils._python_dispatch import TorchDispatchMode

from zkpot.artifacts.draw import Draw
from zkpot.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zkpot.step.artifact import Step

aten = torch.ops.aten

#: Comparisons of a uniform number with another: whether they hold below it.
_COMPARISONS = {
    aten.lt.Scalar: True,
    aten.le.Scalar: True,
    aten.gt.Scalar: False,
    aten.ge.Scalar: False,
}
_UNIFORM = (aten.rand.default, aten.rand_like.default)
_FILLED = (aten.full.default, aten.full_like.default, aten.new_full.default)
#: The greatest number that torch draws.
_MOST = 1 - 2.0**-24
_ELSE = "pass the random tensor as part of x, or switch it off (for dropout: p=0 or model.eval())"


@dataclass(frozen=True)
class Drawn:
    """An input in place of something drawn.

    Attributes:
        draw: its probability and ordinal.
        shape: of the input.
        below: where numbers are compared with another, whether a 1 stands for a smaller one.

    """

    draw: Draw
    shape: tuple[int, ...]
    below: bool | None = None

    def sample(self, step: int) -> torch.Tensor:
        """Elements for the check of an export."""
        return torch.from_numpy(self.draw.sample(step, self.shape))


def replace_draws(graph: fx.Graph) -> dict[str, Drawn]:
    """Give a recorded graph an input in place of everything that it draws.

    Returns:
        The new inputs by name, in the order in which eager torch draws.

    Raises:
        ExportError: it draws something else than zeros and ones of a constant probability.

    """
    drawn: dict[str, Drawn] = {}
    places = [node for node in graph.nodes if node.op == "placeholder"]
    for node in list(graph.nodes):
        if torch.Tag.nondeterministic_seeded not in getattr(node.target, "tags", ()):
            continue
        probability, replace, below = _reading(node)
        try:
            draw = Draw.of(len(drawn), probability)
        except ValueError as error:
            raise _refusal(node, str(error)) from error
        value = node.meta["val"]
        value = value if isinstance(value, torch.Tensor) else value[0]
        with graph.inserting_after(places[-1]):
            places.append(graph.placeholder(draw.name.replace(".", "_")))
        places[-1].meta["val"] = value
        drawn[draw.name] = Drawn(draw, tuple(value.shape), below)
        with graph.inserting_before(node):
            replace(graph, node, places[-1])
    return drawn


def _refusal(node: fx.Node, reason: str) -> ExportError:
    kind = str(node.target).removeprefix("aten.").split(".")[0]
    return ExportError(f"the step draws random numbers ({kind}), and {reason}: {_ELSE}.")


_Replacement = Callable[[fx.Graph, fx.Node, fx.Node], None]


def _reading(node: fx.Node) -> tuple[float, _Replacement, bool | None]:
    """The probability of a 1, how the input takes the operator's place, and `Drawn.below`."""
    target, args = node.target, node.args
    if target == aten.bernoulli_.float:
        given = args[1] if len(args) > 1 else node.kwargs.get("p", 0.5)
        return _number(node, given), _overwrite, None
    if target == aten.bernoulli.p:
        return _number(node, args[1]), _stand_in, None
    if target in (aten.bernoulli.default, aten.bernoulli_.Tensor):
        filled = args[-1]
        if not isinstance(filled, fx.Node) or filled.target not in _FILLED:
            raise _refusal(node, "its probabilities are not one number (torch.full)")
        probability = _number(node, filled.args[-1])
        new = target == aten.bernoulli.default
        return probability, _stand_in if new else _overwrite, None
    if target == aten.native_dropout.default and args[2] is not False:
        return 1 - _number(node, args[1]), _drop, None
    if target in _UNIFORM:
        compared = list(node.users)
        if len(compared) == 1 and compared[0].target in _COMPARISONS:
            (comparison,) = compared
            bound = _number(node, comparison.args[1])
            below = _COMPARISONS[comparison.target]  # type: ignore[index]
            return bound if below else 1 - bound, _compare, below
        raise _refusal(node, "does more with them than to compare them once with a number")
    raise _refusal(node, "only zeros and ones of one probability can be drawn in a proof")


def _number(node: fx.Node, value: object) -> float:
    if not isinstance(value, (int, float)):
        raise _refusal(node, "its probability is no number")
    return float(value)


def _overwrite(graph: fx.Graph, node: fx.Node, drawn: fx.Node) -> None:
    """Write the input where the operator writes its result."""
    copied = graph.call_function(aten.copy_.default, (node.args[0], drawn))
    _take_place(graph, node, copied)


def _stand_in(graph: fx.Graph, node: fx.Node, drawn: fx.Node) -> None:
    dtype = {"dtype": node.meta["val"].dtype}
    _take_place(graph, node, graph.call_function(aten._to_copy.default, (drawn,), dtype))


def _drop(graph: fx.Graph, node: fx.Node, drawn: fx.Node) -> None:
    probability = float(node.args[1])  # type: ignore[arg-type]
    scaled = graph.call_function(aten.mul.Tensor, (drawn, 1 / (1 - probability)))
    kept = graph.call_function(aten.mul.Tensor, (node.args[0], scaled))
    mask = graph.call_function(aten.gt.Scalar, (drawn, 0.5))
    for part in list(node.users):
        assert part.target is operator.getitem
        part.replace_all_uses_with((kept, mask)[part.args[1]])  # type: ignore[index]
        graph.erase_node(part)
    graph.erase_node(node)


def _compare(graph: fx.Graph, node: fx.Node, drawn: fx.Node) -> None:
    (comparison,) = node.users
    with graph.inserting_before(comparison):
        holds = graph.call_function(aten.gt.Scalar, (drawn, 0.5))
    _take_place(graph, comparison, holds)
    graph.erase_node(node)


def _take_place(graph: fx.Graph, node: fx.Node, other: fx.Node) -> None:
    other.meta = dict(node.meta)
    node.replace_all_uses_with(other)
    graph.erase_node(node)


class Replay(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Gives eager torch these zeros and ones, in order, where it would draw.

    Args:
        below: `Drawn.below` by name, in the order of `replace_draws`.
        elements: zeros and ones by name.

    """

    def __init__(self, below: Mapping[str, bool | None], elements: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._left = [(which, torch.as_tensor(elements[name])) for name, which in below.items()]

    @classmethod
    def of(cls, step: Step, elements: Mapping[str, Any]) -> Replay:
        """For the model that a step was exported from."""
        inputs = step.roles["inputs"].items()
        draws = {name: e["below"] for name, e in inputs if e["role"] == "bernoulli"}
        return cls(draws, elements)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Replace what draws; everything else runs as it is."""
        kwargs = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **kwargs)
        if func in (aten.bernoulli_.float, aten.bernoulli_.Tensor):
            return args[0].copy_(self._next())
        if func in (aten.bernoulli.p, aten.bernoulli.default):
            return self._next().to(args[0].dtype)
        if func == aten.native_dropout.default and args[2] is not False:
            mask = self._next()
            return args[0] * mask.to(args[0].dtype) / (1 - args[1]), mask > 0
        if func in _UNIFORM:
            # Numbers whose comparison gives the zeros and ones.
            below, ones = self._left[0][0], self._next()
            return func(*args, **kwargs).copy_(_MOST * (1 - ones if below else ones))
        return func(*args, **kwargs)

    def _next(self) -> torch.Tensor:
        return self._left.pop(0)[1]


class StillRandom(Exception):
    """A model that draws where it should not."""


class Refusal(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Lets nothing draw."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Run what does not.

        Raises:
            StillRandom: it draws.

        """
        if torch.Tag.nondeterministic_seeded in func.tags:
            raise StillRandom(str(func))
        return func(*args, **(kwargs or {}))

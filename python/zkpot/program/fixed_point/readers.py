"""How tensors are read, which decides how they must be held."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zkpot.program.real import Bernoulli, Constant, Function, Sum
from zkpot.program.softmax import BELOW_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.graph import Shape
    from zkpot.program.real import Node, RealProgram


def read_narrowly(program: RealProgram) -> set[str]:
    """Tensors that must not be wide: arguments of functions, and factors of products."""
    masks = _masks(program)
    narrow: set[str] = set()
    producers = program.by_output()
    shown = _needed(program.prediction, producers)
    for node in program.nodes:
        if isinstance(node, (Constant, Bernoulli)):
            continue
        if isinstance(node, Function):
            # What is below a maximum is as narrow as the elements that the maximum is of.
            if node.kind in ("Step", "Max") and below_maximum(node.args[0], producers) is None:
                narrow.add(node.args[0])
            if node.kind == "Divide":
                narrow.add(node.args[0])
            continue
        for term in node.terms:
            if term.right is None:
                continue
            pair = (term.left.tensor, term.right.tensor)
            if not masks.intersection(pair):
                narrow.update(pair)
            elif node.out in shown:
                # An evaluation multiplies with the mean of what is random, which has many places.
                narrow.update(_beside_random(pair, producers))
    for node in reversed(program.nodes):
        # What only moves elements is narrow when its source is, and that may be smaller.
        if isinstance(node, Sum) and node.out in narrow and only_moves(node, program.shapes):
            narrow.update(node.inputs())
    return narrow


def _beside_random(pair: tuple[str, str], producers: Mapping[str, Node]) -> set[str]:
    random = {name for name in pair if isinstance(producers.get(name), Bernoulli)}
    return set(pair) - random if random else set()


def _needed(tensor: str | None, producers: Mapping[str, Node]) -> set[str]:
    """All that a tensor is computed from, itself included."""
    needed: set[str] = set()
    pending = [tensor] if tensor is not None else []
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending.extend(producers[name].inputs() if name in producers else ())
    return needed


def below_maximum(tensor: str, producers: Mapping[str, Node]) -> str | None:
    """The tensor of whose rows a sum is the maximum less the elements; None where it is not."""
    node = producers.get(tensor)
    if not isinstance(node, Sum) or not tensor.endswith(BELOW_MAX):
        return None
    tops = [producers.get(term.left.tensor) for term in node.terms]
    rows = [n.args[0] for n in tops if isinstance(n, Function) and n.kind == "Max"]
    return rows[0] if rows else None


def only_moves(node: Sum, shapes: dict[str, Shape]) -> bool:
    """Whether a sum shows other tensors' elements, all of them together no more than its own."""
    plain = all(
        abs(t.coefficient) == 1 and t.scalar is None and t.right is None and not t.summed
        for t in node.terms
    )
    together = sum(math.prod(shapes[source]) for source in set(node.inputs()))
    return plain and node.constant == 0 and together <= math.prod(shapes[node.out])


def _masks(program: RealProgram) -> set[str]:
    """Tensors of zeros and ones, or zeros and one other number, and small sums of them."""
    masks: set[str] = set()
    for node in program.nodes:
        if isinstance(node, Constant):
            mask = len({abs(value) for value in node.values if value}) <= 1
        elif isinstance(node, Bernoulli):
            mask = True
        elif isinstance(node, Function):
            mask = node.kind in ("Step", "OneHot", "Positive")
        else:
            mask = bool(node.terms) and all(
                o.tensor in masks and not t.summed for t in node.terms for o in t.operands()
            )
        if mask:
            masks.add(node.out)
    return masks


def classes_of(program: RealProgram, field: str) -> int | None:
    """Number of classes, where the data field is read as class numbers alone."""
    classes = None
    pending = [field]
    while pending:
        tensor = pending.pop()
        for node in program.nodes:
            if tensor not in node.inputs():
                continue
            if isinstance(node, Function) and node.kind == "OneHot":
                classes = program.shapes[node.out][-1]
            elif isinstance(node, Sum) and _is_view(node):
                pending.append(node.out)
            else:
                return None
    return classes


def _is_view(node: Sum) -> bool:
    """Whether a sum only shows its tensor's numbers in another shape."""
    term = node.terms[0]
    plain = len(node.terms) == 1 and node.constant == 0 and term.coefficient == 1
    return plain and term.scalar is None and term.right is None and not term.summed

"""Chains of element-wise operators on one tensor: one table in place of all of them.

Requires: a graph of basic operators with constants folded.
Does: follows element-wise operators from a tensor on; where such a chain has a function that only
a table computes, what other operators read of it becomes an operator ``Table`` of that tensor.
A single ``Exp`` or ``Log`` is left as it is, for `softmax.py` to look at first.
Ensures: no operator of `expression.CURVED` is left but single exponentials and logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkpot.program.expression import ARGUMENT, CURVED, MOST_FACTORS, PLAIN, Expression
from zkpot.program.graph import Op

if TYPE_CHECKING:
    from zkpot.program.graph import Graph

#: The operator that stands for a chain.
TABLE = "Table"
#: Expressions with more operators than this are not joined any further.
_LARGEST = 200


@dataclass(frozen=True)
class _Chain:
    """A tensor as a function of its root; `curved` if only a table computes it."""

    root: str
    expression: Expression
    curved: bool
    size: int


def fuse_chains(graph: Graph) -> Graph:
    """Replace chains by tables, in place."""
    chains: dict[str, _Chain] = {}
    for op in graph.ops:
        chain = _extend(graph, op, chains)
        if chain is not None:
            chains[op.output] = chain
    wanted = _read_from_outside(graph, chains)
    for index, op in enumerate(graph.ops):
        chain = chains.get(op.output)
        if chain is None or not chain.curved or op.output not in wanted:
            continue
        if op.kind in ("Exp", "Log") and chain.size == 1:
            continue
        attributes = {"expression": chain.expression}
        graph.ops[index] = Op(op.name, TABLE, (chain.root,), op.outputs, attributes)
    return graph


def _extend(graph: Graph, op: Op, chains: dict[str, _Chain]) -> _Chain | None:
    """The operator's output as a function of one tensor, if it is one."""
    if len(op.outputs) != 1 or not (op.kind in CURVED or op.kind in PLAIN):
        return None
    shape = graph.shapes[op.output]
    operands: list[Expression] = []
    root = None
    curved, size = op.kind in CURVED, 1
    for name in op.inputs:
        if name in graph.constants:
            number = graph.uniform(name)
            if number is None:
                return None
            operands.append(("constant", number))
            continue
        if graph.shapes.get(name) != shape or name in graph.roles.scalars:
            return None
        chain = chains.get(name) or _Chain(name, ARGUMENT, False, 0)
        if root is not None and root != chain.root:
            return None
        root, curved, size = chain.root, curved or chain.curved, size + chain.size
        operands.append(chain.expression)
    exponent = operands[1] if op.kind == "Pow" else None
    if exponent is not None and exponent[0] == "constant":
        # Powers with nodes of their own are no reason for a table.
        curved = (
            curved or (exponent[1] * 2 != int(exponent[1] * 2)) or abs(exponent[1]) > MOST_FACTORS
        )
    if root is None or size > _LARGEST:
        return None
    attributes = tuple(sorted(op.attributes.items()))
    return _Chain(root, (op.kind, attributes, *operands), curved, size)


def _read_from_outside(graph: Graph, chains: dict[str, _Chain]) -> set[str]:
    """Tensors that something else than their own chain reads."""
    wanted = set(graph.outputs())
    for op in graph.ops:
        reader = chains.get(op.output)
        for name in op.inputs:
            chain = chains.get(name)
            inside = reader is not None and chain is not None and reader.curved
            if not (inside and reader is not None and chain and reader.root == chain.root):
                wanted.add(name)
    return wanted

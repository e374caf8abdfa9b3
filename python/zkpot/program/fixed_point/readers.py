"""How tensors are read, which decides how they must be held."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.real import Function, Sum, Term

if TYPE_CHECKING:
    from zkpot.program.real import RealProgram


def read_narrowly(program: RealProgram) -> set[str]:
    """Tensors that must not be wide: arguments of functions, and factors of products."""
    masks = {
        n.out for n in program.nodes if isinstance(n, Function) and n.kind in ("Step", "OneHot")
    }
    narrow: set[str] = set()
    for node in program.nodes:
        if isinstance(node, Function):
            if node.kind in ("Step", "Max"):
                narrow.add(node.args[0])
            continue
        for term in node.terms:
            if term.right is None:
                continue
            pair = (term.left.tensor, term.right.tensor)
            if not masks.intersection(pair):
                narrow.update(pair)
    return narrow


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
            elif isinstance(node, Sum) and node.terms == (Term(Fraction(1), node.terms[0].left),):
                pending.append(node.out)
            else:
                return None
    return classes

"""Which terms of a sum can differ from zero at one place.

docs/spec/arithmetic.md, 'No wrap-around'.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpot.reference.verifier.program import Index, Operand, Program, Sum

LONGEST_AXIS = 1 << 12
MOST_GROUPS = 1 << 10

# Numbers of the terms that meet.
Group = frozenset[int]


def meeting(program: Program, node: Sum, lengths: Sequence[int]) -> set[Group]:
    """Groups of terms; each place of the output has one with all terms that are not zero there."""
    groups = {frozenset(range(len(node.terms)))}
    if len(node.terms) < 2:
        return groups
    for label, length in enumerate(program.tensors[node.out].shape):
        if length > LONGEST_AXIS:
            continue
        supports = []
        for term in node.terms:
            operands = [o for o in (term.left, term.right) if o is not None]
            alive = [
                all(_reaches(program, o, lengths, label, value) for o in operands)
                for value in range(length)
            ]
            supports.append(alive)
        patterns = {
            frozenset(number for number, own in enumerate(supports) if own[value])
            for value in range(length)
        }
        if len(groups) * len(patterns) <= MOST_GROUPS:
            groups = {group & pattern for group in groups for pattern in patterns}
    return groups


def _reaches(
    program: Program, operand: Operand, lengths: Sequence[int], label: int, value: int
) -> bool:
    """Whether an operand can read its tensor where a label has a value."""
    shape = program.tensors[operand.tensor].shape
    return all(
        label not in index.names or _reads(index, axis, lengths, label, value)
        for index, axis in zip(operand.axes, shape, strict=True)
    )


def _reads(index: Index, axis: int, lengths: Sequence[int], label: int, value: int) -> bool:
    (stride,) = (part.stride for part in index.labels if part.label == label)
    others = Index([part for part in index.labels if part.label != label], index.offset, 1)
    low, high = (end + stride * value for end in others.span(lengths))
    inside = high >= 0 and low <= (axis - 1) * index.divisor
    return inside and (low != high or low % index.divisor == 0)

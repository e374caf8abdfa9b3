"""Which weights to defer in a window: those that cost more than the blocks in their place.

A weight that a step rounds commits two integers an element and step, its value and its remainder.
Deferred, it does so once a window, and every pair of steps commits a block for each product that
the weight is read in, with as many rows and columns as there are rows in the two steps' batches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkpot.errors import UnsupportedOperator
from zkpot.program.real import Sum
from zkpot.program.window.defer import defer
from zkpot.program.window.unroll import unroll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.real import Node, RealProgram


#: Windows to choose from.
LENGTHS = (1, 2, 4, 8, 12, 16, 20, 24, 28, 32)
#: Bytes at the peak of a link's proof for each committed integer, its digits included.
BYTES_PER_INTEGER = 225


@dataclass(frozen=True)
class Window:
    """What was made of a step.

    Attributes:
        steps: how many there are in it.
        deferred: states that exist at its ends alone.
        blocks: tensors that stand for them in between.
        copies: which tensor of the step others are copies of.
    """

    steps: int
    deferred: tuple[str, ...]
    blocks: tuple[str, ...]
    copies: dict[str, str]


def best_window(program: RealProgram, committed: int, memory: int) -> int:
    """The window in which a step commits least, of those that a proof has memory for.

    Args:
        program: one step.
        committed: integers that it commits alone.
        memory: bytes.
    """
    groups = _groups(program)

    def a_step(window: int) -> float:
        gains = (_gain(program, group, window) for group in groups)
        return committed - sum(gain for gain in gains if gain > 0) / window

    fit = [w for w in LENGTHS if w == 1 or w * a_step(w) * BYTES_PER_INTEGER <= memory]
    return min(fit, key=a_step)


def write_window(
    program: RealProgram, batch: int, window: int, rates: Mapping[str, float]
) -> Window:
    """Make a window of steps of a step, in place.

    Args:
        program: one step.
        batch: rows of one step.
        window: number of steps.
        rates: learning rates of the window's steps, as :func:`rates_of_window` names them.

    Raises:
        UnsupportedOperator: the step cannot be written in a window.
    """
    groups = [g for g in _groups(program) if _gain(program, g, window) > 0]
    copies = unroll(program, batch, window)
    found = {group: defer(program, group, rates) for group in groups}
    deferred = [group for group, blocks in found.items() if blocks is not None]
    if not deferred:
        raise UnsupportedOperator(
            f"no weight costs less in a window of {window} steps: the batch is too large for its "
            "size, or its update is not linear in gradients; compile with window 1"
        )
    states = tuple(state for group in deferred for state in group)
    return Window(window, states, tuple(b for new in found.values() for b in new or ()), copies)


def _groups(program: RealProgram) -> list[tuple[str, ...]]:
    """States whose next values are gradients that are products and each other, and nothing else.

    A weight comes with what its update keeps.
    """
    producers = program.by_output()
    of_value = {new: state for state, new in program.next.items() if new != state}
    groups: list[tuple[str, ...]] = []
    for state in program.next:
        found = _linear(program, producers, of_value, state, set())
        if state in of_value.values() and found is not None and len(program.shapes[state]) > 1:
            groups.append(tuple(sorted(found)))
    # A momentum goes with its weight, whose group is larger.
    sets = [set(group) for group in groups]
    unique = dict.fromkeys(g for g in groups if not any(set(g) < other for other in sets))
    return list(unique)


def _linear(
    program: RealProgram,
    producers: dict[str, Node],
    of_value: dict[str, str],
    state: str,
    seen: set[str],
) -> set[str] | None:
    """The state and those that its next value is made of; None where something else is.

    `weight` is the state whose next value is asked for, where another's goes into it.
    """
    seen.add(state)
    pending = [program.next[state]]
    while pending:
        node = producers.get(pending.pop())
        if not isinstance(node, Sum) or node.constant:
            return None
        for term in node.terms:
            source = term.left.tensor
            if term.right is not None:
                continue
            if source in seen:
                continue
            known = source if source in program.next else of_value.get(source)
            if known is None:
                pending.append(source)
            elif known not in seen and _linear(program, producers, of_value, known, seen) is None:
                return None
    return seen


def _gain(program: RealProgram, group: tuple[str, ...], window: int) -> int:
    """Integers that a window commits less."""
    own = sum(2 * math.prod(program.shapes[state]) for state in group)
    # A weight whose momentum is committed is only added up.
    a_step = own // len(group)
    pairs = window * (window - 1) // 2
    blocks = sum(2 * pairs * size for size in _block_sizes(program, group))
    return window * a_step - own - blocks


def _block_sizes(program: RealProgram, group: tuple[str, ...]) -> list[int]:
    """Elements of the block that a pair of steps has, for each product that reads a weight."""
    sizes = []
    for node in program.nodes:
        if not isinstance(node, Sum) or node.out in program.next.values():
            continue
        for term in node.terms:
            if term.right is None:
                continue
            for weight, other in (term.operands(), term.operands()[::-1]):
                if weight.tensor in group:
                    lengths = term.lengths(program.shapes[node.out])
                    rows = math.prod(lengths[a] for a in other.names - weight.names)
                    sizes.append(rows * rows)
    return sizes

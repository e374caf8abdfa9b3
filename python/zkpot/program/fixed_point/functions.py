"""Functions: signs, maxima, class encodings, the softmax; tables, roots and quotients."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program import tables
from zkpot.program.fixed_point.argument import enclosing, small
from zkpot.program.fixed_point.quotients import add_quotient, add_root
from zkpot.program.fixed_point.readers import below_maximum
from zkpot.program.fixed_point.tables import add_table
from zkpot.program.ranges import Range
from zkpot.program.rational import power
from zkpot.program.softmax import BELOW_MAX, EXPONENTIAL, SOFTMAX

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.real import Function

#: Binary places below which a softmax suffers.
LOGIT_BITS = 6
#: Signs of arguments with more bits are compared, not looked up.
STEP_BITS = 18
#: Arguments with more bits than this are rounded first, which costs less.
COMPARED_BITS = 44
#: Binary places that a softmax adds to its exponentials.
SOFTMAX_SHIFT = 16


def add_function(draft: Draft, node: Function) -> None:
    """Add a function of tensors that the program has already."""
    _RULES[node.kind](draft, node)


def _step(draft: Draft, node: Function) -> None:
    build, argument = draft.build, node.args[0]
    held = enclosing(draft, argument)
    rows = below_maximum(argument, draft.program.by_output())
    if rows is not None:
        # A maximum less its elements; a table from zero also proves the maximum.
        held = Range(0, enclosing(draft, rows).bits)
    elif held.bits > COMPARED_BITS:
        argument = small(draft, argument, STEP_BITS, node.out)
        held = enclosing(draft, argument)
    if held.bits > STEP_BITS:
        build.tensor(node.out, draft.program.shapes[node.out], Fraction(1), Range(0, 1))
        build.node("Positive", input=build.ids[argument], out=build.ids[node.out])
        return
    table = build.table(tables.step_table(held))
    build.tensor(node.out, draft.program.shapes[node.out], Fraction(1), Range(0, 1))
    build.node("Lookup", input=build.ids[argument], table=table, outs=[build.ids[node.out]])


def _max(draft: Draft, node: Function) -> None:
    build, argument = draft.build, node.args[0]
    shape = draft.program.shapes[node.out]
    build.tensor(node.out, shape, build.units[argument], enclosing(draft, argument))
    build.node("Max", input=build.ids[argument], out=build.ids[node.out])


def _one_hot(draft: Draft, node: Function) -> None:
    build = draft.build
    build.tensor(node.out, draft.program.shapes[node.out], Fraction(1), Range(0, 1))
    build.node("OneHot", input=build.ids[node.args[0]], out=build.ids[node.out])


def _exp(draft: Draft, node: Function) -> None:
    build, argument = draft.build, node.args[0]
    logits = argument.removesuffix(BELOW_MAX)
    # A maximum less its elements is at least 0 and below the length of their range.
    bits = enclosing(draft, logits).bits
    unit = build.units[argument]
    if unit > power(-LOGIT_BITS):
        draft.notes.warnings.append(
            f"'{logits}' has fewer than {LOGIT_BITS} binary places: its softmax is coarse; "
            "compile with more bits"
        )
    table = tables.exp_table(unit, bits)
    places = tables.EXP_FRACTION_BITS
    build.tensor(node.out, draft.program.shapes[node.out], power(-places), Range(1, places))
    build.node(
        "Lookup",
        input=build.ids[argument],
        table=build.table(table),
        outs=[build.ids[node.out]],
    )


def _divide(draft: Draft, node: Function) -> None:
    build = draft.build
    top, bottom = node.args
    if not top.endswith(EXPONENTIAL) or node.out != top.removesuffix(EXPONENTIAL) + SOFTMAX:
        add_quotient(draft, node)
        return
    # With two or more classes the sum exceeds each of its elements, so that the quotient
    # stays below 2^16 (see `exp_table`).
    quotient = Range(0, SOFTMAX_SHIFT)
    build.tensor(node.out, draft.program.shapes[node.out], power(-SOFTMAX_SHIFT), quotient)
    build.node(
        "Divide",
        numerator=build.ids[top],
        denominator=build.ids[bottom],
        axes=list(node.detail),
        out=build.ids[node.out],
        shift=SOFTMAX_SHIFT,
    )


_RULES: dict[str, Callable[[Draft, Function], None]] = {
    "Step": _step,
    "Positive": _step,
    "Root": add_root,
    "Table": add_table,
    "Max": _max,
    "OneHot": _one_hot,
    "Exp": _exp,
    "Divide": _divide,
}

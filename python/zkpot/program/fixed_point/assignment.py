"""Gives every tensor its unit and range, in the program's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.fixed_point.constants import add_constant
from zkpot.program.fixed_point.functions import add_function
from zkpot.program.fixed_point.inputs import add_field, add_rate
from zkpot.program.fixed_point.program import Fixed
from zkpot.program.fixed_point.sums import add_sum
from zkpot.program.fixed_point.updates import add_next_state
from zkpot.program.real import Bernoulli, Constant, Function

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft


def assign(draft: Draft, best: str) -> Fixed:
    """Write the whole program; `best` is the way of adding to weights that its plans allow.

    Raises:
        ProgramTooWide: a sum can reach half the field, or a range is too wide.
        InputError: the data do not fit.
    """
    program, build = draft.program, draft.build
    frozen = {state for state, update in draft.updates.items() if update.kind == "frozen"}
    update_of = {
        value: (state, number)
        for state in program.next
        if state not in frozen
        for number, value in enumerate(program.chain(state)[1:])
    }
    for name in program.roles.data:
        add_field(draft, name)
    for state, plan in draft.plans.items():
        build.tensor(state, program.shapes[state], plan.unit, plan.range, plan.interval)
    for name in program.roles.scalars:
        add_rate(draft, name)
    for node in program.nodes:
        if isinstance(node, Constant):
            add_constant(draft, node)
        elif isinstance(node, Bernoulli):
            build.bernoulli(node.out, program.shapes[node.out], node.draw)
        elif isinstance(node, Function):
            add_function(draft, node)
        elif node.out in update_of:
            add_next_state(draft, *update_of[node.out])
        else:
            add_sum(draft, node)
    for state, new in program.next.items():
        following = state if state in frozen else new
        build.json["states"].append(
            {
                "name": state,
                "tensor": build.ids[state],
                "next": build.ids[following],
                # Known when the initial values are, which are none of the draft's business.
                "initial": 0,
                "shape": list(program.outside[state]),
            }
        )
    units = {state: build.units[state] for state in program.next}
    return Fixed(build.json, units, build.ranges, build.intervals, draft.notes, best)

"""States that count steps: public numbers, not tensors of the program.

Requires: a graph with its constants folded.
Does: a state of one element whose next value is itself plus a constant leaves the roles.
Ensures: the remaining states are what a proof carries.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.public import Affine, counter
from zkpot.program.rational import recognise

if TYPE_CHECKING:
    from zkpot.program.graph import Graph


def find_counters(graph: Graph) -> dict[str, Affine]:
    """Take the counters out of the graph's states; their values when a step starts."""
    producers = graph.producers()
    found: dict[str, Affine] = {}
    for state, new in graph.roles.states.items():
        op = producers.get(graph.resolve(new))
        if op is None or op.kind != "Add" or any(n != 1 for n in graph.shapes[state]):
            continue
        if state.startswith("param."):
            continue
        others = [i for i in op.inputs if graph.resolve(i) != state]
        if len(others) != 1 or others[0] not in graph.constants:
            continue
        increment: Fraction = recognise(float(graph.constants[others[0]].reshape(())))
        initial = graph.initial.get(state)
        start = 0.0 if initial is None else float(initial.reshape(()))
        found[state] = counter(start, increment)
    states = {state: new for state, new in graph.roles.states.items() if state not in found}
    graph.roles = replace(graph.roles, states=states)
    return found

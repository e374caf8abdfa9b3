"""States of an order, as `OrderBook` numbers them."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """Where an order stands: docs/spec/settlement.md, 'States'."""

    NONE = 0
    BIDDING = 1
    AWARDED = 2
    PROVEN = 3
    COMPLETED = 4
    CANCELLED = 5
    UNFILLED = 6
    LATE = 7


def state_name(number: int) -> str:
    """For people."""
    try:
        name = State(number).name.lower()
    except ValueError:
        return f"in state {number}, which this zkpot does not know"
    return "not open" if name == "none" else name

"""States of orders and claims, as `OrderBook` and `Claims` number them."""

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


class ClaimState(IntEnum):
    """Where a claim stands: docs/spec/claims.md, 'States'."""

    NONE = 0
    POSTED = 1
    WAITING = 2
    ASKED = 3
    REFUSED = 4
    APPEALED = 5
    PENDING = 6
    DOUBTED = 7
    ACCEPTED = 8
    VOID = 9


def claim_state_name(number: int) -> str:
    """For people."""
    try:
        name = ClaimState(number).name.lower()
    except ValueError:
        return f"in state {number}, which this zkpot does not know"
    return "not claimed" if name == "none" else name

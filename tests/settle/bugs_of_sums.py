"""Bugs in what is paid to whom, and the check with symbols that finds numbers for each."""

from __future__ import annotations

from tests.settle.bugs import Bug, without
from tests.settle.bugs_of_claims import CLAIMS, SEATS
from tests.settle.bugs_of_registry import REWARDS

BONDS, STAKES = (f"ClaimsSymbolic.check_{name}" for name in ("BondsAndFees", "StakesAndSeats"))
POT, MOVED = (
    f"RewardsSymbolic.check_{name}" for name in ("NoEpochPaysMoreThanItsPot", "APotIsMovedWhole")
)

BUGS_OF_SUMS = (
    without(CLAIMS, "        _credit(treasury, terms.bond - share);\n", BONDS),
    without(CLAIMS, "        _credit(treasury, terms.fee);\n", BONDS),
    without(CLAIMS, "            _credit(claim_.challenger, terms.bond);\n", BONDS),
    without(
        CLAIMS,
        "        claim_.state = State.Accepted;\n        claim_.challenger = address(0);\n",
        BONDS,
    ),
    # More to one than was paid, though of the same sum.
    Bug(
        CLAIMS,
        "_credit(claim_.prompt ? validator : claim_.worker, terms.fee);",
        "_credit(claim_.challenger, terms.fee);",
        BONDS,
    ),
    # A step that cannot be taken.
    Bug(
        CLAIMS,
        "if (state == State.Waiting) until += terms.answer;",
        "until += terms.bond;",
        BONDS,
    ),
    without(
        CLAIMS,
        "        staking.slash(claim_.worker, statement, terms.stake, challenger);\n",
        STAKES,
    ),
    without(
        CLAIMS,
        "        if (seat != 0)"
        " _slashSeat(seat, seatOf(seat).stake > terms.stake ? address(0) : challenger);\n",
        STAKES,
    ),
    Bug(CLAIMS, "uint64 wrong = refused ? claim_.seat : 0;", "uint64 wrong = 0;", STAKES),
    Bug(
        CLAIMS,
        "        staking.release(claim_.worker, statement);\n    }\n\n"
        "    /// Nobody showed the proof of what was doubted.\n",
        "    }\n\n    /// Nobody showed the proof of what was doubted.\n",
        STAKES,
    ),
    without(SEATS, "        staking.release(msg.sender, keyOf(number));\n", STAKES),
    without(REWARDS, "        assert(paid[epoch] <= pot[epoch]);\n", POT),
    without(REWARDS, "        drawn[epoch][worker] = true;\n", POT),
    Bug(REWARDS, "pot[to] += amount;", "pot[to] = amount;", MOVED),
    Bug(REWARDS, "if (all != 0) revert", "if (false) revert", MOVED),
)

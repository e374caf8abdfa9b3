"""Where a claim stands, and what it goes by."""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.settle.contracts.states import ClaimState


@dataclass(frozen=True)
class Claim:
    """Where a claim stands: the contract's struct.

    Attributes:
        worker: Whose it is; zero where nothing is claimed.
        state: Of the claim.
        attested: Whether the validator said yes.
        prompt: Whether it answered in the first period.
        until: Seconds of the epoch: the last of the current wait.
        challenger: Who paid the bond that the claim holds; zero where it holds none.
        seat: The validator's; 0 where there is none.
        version: Of the terms.
        posted: Number of the block that it was posted in.
        draws: Number of the block whose hash draws.
        among: Seats among which it draws.
    """

    worker: str
    state: ClaimState
    attested: bool
    prompt: bool
    until: int
    challenger: str
    seat: int
    version: int
    posted: int
    draws: int
    among: int


@dataclass(frozen=True)
class Terms:
    """What a claim goes by: the contract's struct. Seconds, ten-thousandths, units."""

    draw: int
    response: int
    answer: int
    appeal: int
    challenge: int
    proof: int
    share: int
    stake: int
    seat: int
    bond: int
    fee: int

"""The end: everybody takes what they are owed, and the sums are right."""

from __future__ import annotations

from examples.settlement.telling import chapter, expect
from examples.settlement.town import MONEY, TREASURY, Town
from zkpot.settle.claims import Claims
from zkpot.settle.staking import Staking


def settle_up(town: Town) -> None:
    """Nothing is left in the contracts but stake, and no money came or went.

    Raises:
        RuntimeError: It did.
    """
    chapter("Everybody takes what they are owed")
    address = town.eve.variables["ZKPOT_CLAIMS"]
    claims, staking = Claims(town.seen(), address), Staking(town.seen(), town.market.staking)
    for person in town.people:
        owed = person.looks("stake", "show", person.address)["claimable"]
        if int(owed["orders"]):
            person.zkpot("claim")
        if int(owed["stake"]):
            person.zkpot("claim", "--stake")
        if claims.credit(person.address):
            person.zkpot("challenge", "claim")
    slashed = [place.credit(TREASURY) for place in (claims, staking)]
    expect("left in the book", town.money(town.market.book), 0)
    expect("left in claims, for the treasury", town.money(address), slashed[0])
    staked = sum(map(town.staked, town.people))
    expect("left as stake", town.money(town.market.staking) - slashed[1], staked)
    held = sum(map(town.money, town.people)) + town.money(TREASURY)
    # All but the operator were given money.
    made = MONEY * (len(town.people) - 1)
    expect("money in all", held + staked + sum(slashed), made)

"""How claims are put on a chain, with their registry and parameters."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from zkpot.errors import InputError
from zkpot.settle.claim import Terms
from zkpot.settle.deployment import Deployment, make
from zkpot.settle.front import Front
from zkpot.settle.staking import Staking
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.sending import Sender

_HOUR = 3600
#: Periods to begin with, and their bounds: what a claim takes at most fits into a day's challenge.
PERIODS = {
    "draw": (_HOUR // 6, _HOUR, 2 * _HOUR),
    "response": (_HOUR // 6, 2 * _HOUR, 3 * _HOUR),
    "answer": (_HOUR // 6, _HOUR, 2 * _HOUR),
    "appeal": (_HOUR // 6, 3 * _HOUR, 5 * _HOUR),
    "challenge": (_HOUR, 6 * _HOUR, 8 * _HOUR),
    "proof": (_HOUR, 4 * _HOUR, 5 * _HOUR),
    "share": (1_000, 5_000, 5_000),
}
#: How much further than the first amounts later versions may go, both ways.
_FACTOR = 10
#: Seconds that a validator's new key waits.
_DELAY = 24 * _HOUR


@dataclass(frozen=True)
class ClaimsDeployment:
    """Claims before a front.

    Attributes:
        claims: Address of `Claims`, which orders name as their front.
        registry: Address of `Registry`.
        parameters: Address of `Parameters`.
        code_hash: keccak256 of the code of `Claims`.
    """

    claims: str
    registry: str
    parameters: str
    code_hash: str


def deploy_claims(
    sender: Sender,
    market: Deployment,
    front: str,
    first: Terms,
    least: Terms,
    most: Terms,
    *,
    owner: str,
    registry: str | None = None,
    with_role: bool = True,
) -> ClaimsDeployment:
    """Puts claims before a front. Who gives them the role administers it in the market's staking.

    Args:
        sender: Who pays for it.
        market: Whose stake and token are used.
        front: What verifies proofs.
        first: The first terms.
        least: What no terms may be below.
        most: What no terms may be above.
        owner: Who may add versions of the terms: a council's timelock.
        registry: Where validators enrol; a new one, unless it is said.
        with_role: Whether to give the claims the role, or to leave that to its admin.

    Raises:
        InputError: There is no front, its proofs can be forged by anybody, or the sender cannot
            give the role.
    """
    verifier = Front(sender.chain, front)
    verifier.shape()
    verifier.refuse_test_srs()
    code = bytes.fromhex(verifier.code_hash()[2:])
    staking = Staking(sender.chain, market.staking)
    if with_role and not staking.is_admin(sender.signer.address):
        raise InputError(
            f"{sender.signer.address} does not administer the role to reserve, which claims need: "
            "its admin can give it later"
        )
    registry = registry or make(sender, "Registry", _DELAY)
    bounds = tuple(asdict(terms) for terms in (least, most, first))
    parameters = make(sender, "Parameters", owner, *bounds)
    where = make(sender, "Claims", market.token, market.staking, registry, parameters, front, code)
    if with_role:
        perform(sender, staking.grant(where))
    made = Front(sender.chain, where)
    return ClaimsDeployment(where, registry, parameters, made.code_hash())


def terms_of(stake: int, seat: int, bond: int, fee: int) -> tuple[Terms, Terms, Terms]:
    """First terms with these amounts and usual periods, and what bounds them: first, least, most.

    Raises:
        InputError: An amount that has to deter is nothing.
    """
    amounts = {"stake": stake, "seat": seat, "bond": bond}
    for name, amount in amounts.items():
        if amount < 1:
            raise InputError(f"a {name} of nothing deters nobody")
    first = Terms(**{name: usual for name, (_, usual, _) in PERIODS.items()}, **amounts, fee=fee)
    least = replace(
        first,
        **{name: low for name, (low, _, _) in PERIODS.items()},
        **{name: max(1, amount // _FACTOR) for name, amount in amounts.items()},
        fee=0,
    )
    most = replace(
        first,
        **{name: high for name, (_, _, high) in PERIODS.items()},
        **{name: amount * _FACTOR for name, amount in amounts.items()},
        fee=fee * _FACTOR,
    )
    return first, least, most

"""Commands that put contracts on a chain."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpot.cli import options
from zkpot.cli.chain_options import reads, sends, signs
from zkpot.cli.market import Market, connected, market
from zkpot.cli.reporting import show, test_srs_note
from zkpot.cli.sending import act
from zkpot.cli.signing import signing
from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.settle.transactions.actions import Action


@click.command(name="deploy")
@click.option("--token", help="Address of the token that orders are paid in.")
@click.option("--stake-token", help="Address of the token that is staked. Default: the same.")
@click.option("--treasury", required=True, help="Who gets what is slashed and accusers do not.")
@click.option(
    "--challenge-period",
    type=click.IntRange(0),
    default=24 * 3600,
    show_default=True,
    help="Seconds that a challenge may take.",
)
@click.option(
    "--unbonding-period",
    type=click.IntRange(1),
    default=7 * 24 * 3600,
    show_default=True,
    help="Seconds until stake has left: more than a challenge takes, a year at most.",
)
@click.option(
    "--accuser-share",
    type=click.IntRange(0, 5_000),
    default=4_000,
    show_default=True,
    help="Of 10,000: what an accuser gets of what is slashed.",
)
@click.option(
    "--finality",
    type=click.IntRange(0),
    help="Blocks until a key may be shown. Default: 12, on local chains 1.",
)
@click.option(
    "--shortest-window",
    type=click.IntRange(2),
    default=3600,
    show_default=True,
    help="Seconds that a worker has at least for a key: more than so many blocks take.",
)
@click.option("--out", "-o", type=options.PATH, required=True, help="The file of addresses.")
@signs
def deploy_market(
    token: str | None,
    stake_token: str | None,
    treasury: str,
    challenge_period: int,
    unbonding_period: int,
    accuser_share: int,
    finality: int | None,
    shortest_window: int,
    out: Path,
    as_json: bool,
    rpc: str | None,
    deployment: Path | None,
    **given: Any,
) -> None:
    """Put the contracts of a market on a chain. On a local one they come with a token to try."""
    from zkpot.settle.contracts.interface import address
    from zkpot.settle.deployment import deploy
    from zkpot.settle.transactions.sending import Sender

    if deployment is not None:
        raise InputError("--deployment says where contracts are: 'deploy' makes new ones")
    account, key = signing(**given)
    with connected(rpc, None, None, account) as (chain, _):
        made = deploy(
            Sender(chain, key()),
            token=address("--token", token) if token else None,
            stake_token=address("--stake-token", stake_token) if stake_token else None,
            treasury=address("--treasury", treasury),
            challenge_period=challenge_period,
            unbonding_period=unbonding_period,
            accuser_share=accuser_share,
            finality=finality,
            shortest_window=shortest_window,
        )
    made.write(out)
    show(
        as_json,
        asdict(made),
        f"{out}: a market on chain {made.chain_id}\n"
        f"book             {made.book}\n"
        f"staking          {made.staking}\n"
        f"token            {made.token}\n"
        f"stake            {made.stake_token}",
    )


@click.command(name="deploy-front")
@click.argument("contract", type=options.PATH)
@click.option("--code", type=options.PATH, required=True, help="What 'solc --bin' made of it.")
@signs
def deploy_front(
    contract: Path,
    code: Path,
    as_json: bool,
    rpc: str | None,
    deployment: Path | None,
    **given: Any,
) -> None:
    """Put a generated verifier on a chain, with the front before it.

    CONTRACT is the folder that 'zkpot wrap contract' wrote; its front.json says how to compile.
    """
    from zkpot.pipeline.wrapping.contract import TERMS
    from zkpot.settle.deployment import FrontTerms
    from zkpot.settle.deployment import deploy_front as put
    from zkpot.settle.front import Front
    from zkpot.settle.transactions.sending import Sender

    terms = FrontTerms.read(contract / TERMS)
    content = _code(code)
    account, key = signing(**given)
    with connected(rpc, deployment, None, account) as (chain, _):
        where = put(Sender(chain, key()), content, terms)
        code_hash = Front(chain, where).code_hash()
    show(
        as_json,
        {
            "front": where,
            "code_hash": code_hash,
            "circuit": terms.circuit,
            "test_srs": terms.test_srs,
        },
        f"front            {where}\n"
        f"code hash        {code_hash}\n"
        f"circuit          {terms.circuit}{test_srs_note(terms.test_srs)}",
    )


@click.command(name="deploy-claims")
@click.argument("front")
@click.option("--stake", type=click.IntRange(1), required=True, help="Units of a worker, a claim.")
@click.option("--seat", type=click.IntRange(1), required=True, help="Units of a validator, a seat.")
@click.option("--bond", type=click.IntRange(1), required=True, help="Units of who doubts.")
@click.option("--fee", type=click.IntRange(0), default=0, help="Units for who answers.")
@click.option("--owner", help="Who may change terms: a timelock. Default: the account of the key.")
@click.option("--registry", help="Where validators enrol. Default: a new registry.")
@click.option(
    "--role-later",
    is_flag=True,
    help="Do not give the role to reserve: its admin does, by the call that is printed.",
)
@signs
def deploy_claims(
    front: str,
    stake: int,
    seat: int,
    bond: int,
    fee: int,
    owner: str | None,
    registry: str | None,
    role_later: bool,
    as_json: bool,
    rpc: str | None,
    deployment: Path | None,
    **given: Any,
) -> None:
    """Put claims before FRONT, which orders name in its place. Who deployed the market does it."""
    from zkpot.settle.claims_deployment import deploy_claims as put
    from zkpot.settle.claims_deployment import terms_of
    from zkpot.settle.contracts.interface import address
    from zkpot.settle.transactions.sending import Sender

    with market(rpc=rpc, deployment=deployment, signed=True, **given) as where:
        made = put(
            Sender(where.chain, where.key()),
            where.deployment,
            address("FRONT", front),
            *terms_of(stake, seat, bond, fee),
            owner=address("--owner", owner) if owner else where.account,
            registry=address("--registry", registry) if registry else None,
            with_role=not role_later,
        )
        call = "0x" + where.staking.role_call(made.claims).hex()
    show(
        as_json,
        asdict(made) | ({"role_call": call} if role_later else {}),
        f"claims           {made.claims}\n"
        f"code hash        {made.code_hash}\n"
        f"registry         {made.registry}\n"
        f"parameters       {made.parameters}"
        + (f"\ncall by the admin of {where.deployment.staking}: {call}" if role_later else ""),
    )


@click.command(name="compare")
@click.option("--front", help="A front, or claims, that an order names.")
@click.option("--code", type=options.PATH, help="What 'solc --bin' made of the front's verifier.")
@reads
def compare(
    front: str | None,
    code: Path | None,
    as_json: bool,
    rpc: str | None,
    deployment: Path | None,
) -> None:
    """Compare the code of a market's contracts with what this zkpot puts on chains."""
    from zkpot.settle.comparing import compare_front, compare_market
    from zkpot.settle.contracts.interface import address

    if code is not None and front is None:
        raise InputError("--code is for the verifier behind a front: give --front")
    content = _code(code) if code else None
    with market(rpc=rpc, deployment=deployment) as where:
        found = compare_market(where.chain, where.deployment)
        if front is not None:
            found += compare_front(where.chain, address("--front", front), content)
    show(
        as_json,
        {"contracts": [asdict(one) for one in found]},
        "\n".join(f"{one.contract:<16} {one.address}  {one.code_hash}" for one in found),
    )


@click.command(name="hand-over")
@click.argument("to")
@click.option("--account", is_flag=True, help="TO is an account with a key, and no contract.")
@sends
def hand_over(to: str, account: bool, as_json: bool, **given: Any) -> None:
    """Let TO administer the role to reserve stake, and you no longer: a timelock, a multisig.

    It cannot be taken back but by TO.
    """
    from zkpot.settle.contracts.interface import address

    to = address("TO", to)

    def find(where: Market) -> Action:
        if not account and not where.chain.node.code(to):
            raise InputError(
                f"{to}: no contract on chain {where.chain.id}; to hand over to somebody's key, "
                "give --account"
            )
        return where.staking.hand_over(where.account, to)

    act(find, as_json, **given)


def _code(path: Path) -> bytes:
    """The code in what solc prints: its longest line of hexadecimal digits."""
    try:
        lines = path.read_text().split()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: not readable") from None
    found = b""
    for line in lines:
        digits = line.removeprefix("0x")
        if len(digits) % 2 == 0 and not set(digits) - set("0123456789abcdefABCDEF"):
            found = max(found, bytes.fromhex(digits), key=len)
    if len(found) < 32:
        raise InputError(f"{path}: no compiled contract: give what 'solc --bin' printed")
    return found

"""Commands of claims: training that is taken as stated unless somebody doubts it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpot.artifacts.hexadecimal import digest
from zkpot.cli import options
from zkpot.cli.chain_options import reads, sends
from zkpot.cli.market import Market, market, read_order
from zkpot.cli.reporting import show
from zkpot.cli.sending import act
from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.settle.claims import Claims
    from zkpot.settle.transactions.actions import Action

CLAIM = click.argument("claim")
RUN = click.argument("run", type=options.PATH)
ORDER = click.option("--order", type=options.PATH, required=True, help="The order's file.")
FIRST = click.option(
    "--first",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Number of the first link.",
)
LINKS = click.option("--links", type=click.IntRange(1), required=True, help="Links of a chunk.")
LEAVE_KEY = click.option(
    "--leave-key", is_flag=True, help="Though the key of the chunk before is not paid."
)
CLAIMS = click.option(
    "--claims",
    envvar="ZKPOT_CLAIMS",
    required=True,
    help="Address of the claims, which the order names as its front, or ZKPOT_CLAIMS.",
)


@click.group()
def challenge() -> None:
    """Claim training without a proof, and doubt what others claim. Needs zkpot[chain].

    CLAIM is the statement's digest that 'zkpot challenge post' prints.
    """


@challenge.command(name="post")
@RUN
@ORDER
@FIRST
@LINKS
@click.option("--evidence", help="32 bytes that validators find the run by. Default: zeros.")
@LEAVE_KEY
@sends
def challenge_post(
    run: Path,
    order: Path,
    first: int,
    links: int,
    evidence: str | None,
    leave_key: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Claim a chunk of your order with your stake: links of a wrapped RUN, without their proof."""
    from zkpot.pipeline.claiming import unproven
    from zkpot.settle.proof_check import check_terms

    named = "0x" + (digest("--evidence", evidence) if evidence else "00" * 32)
    shown = unproven(run, first, links)

    def find(where: Market) -> Action:
        found = read_order(order, where)
        check_terms(found, where.account, shown)
        if not leave_key:
            where.book.require_keys_paid(found.order, shown.start.first_step)
        claims = _claims(where, found.order.verifier)
        return claims.post(found.book, found.order, shown, bytes.fromhex(named[2:]), where.account)

    act(find, as_json, **given)


@challenge.command(name="settle")
@RUN
@ORDER
@FIRST
@LINKS
@click.option("--scalars", type=options.PATH, help="The file beside an order that lists its rates.")
@LEAVE_KEY
@sends
def challenge_settle(
    run: Path,
    order: Path,
    first: int,
    links: int,
    scalars: Path | None,
    leave_key: bool,
    **given: Any,
) -> None:
    """Have a chunk paid whose claim was accepted, without a proof. Anybody may."""
    from zkpot.pipeline.claiming import unproven
    from zkpot.settle.proof_check import check_proof, path_of
    from zkpot.settle.scalars import Scalars

    shown = unproven(run, first, links)
    listed = None if scalars is None else Scalars.read(scalars)

    def find(where: Market) -> Action:
        found = read_order(order, where)
        chunk = check_proof(found, where.book.entry(found.number), shown)
        path = path_of(found.order, chunk, shown, listed)
        return where.book.settle(found.order, chunk, shown, path, leave_key)

    act(find, **given)


@challenge.command(name="prove")
@click.argument("proof", type=options.PATH)
@CLAIMS
@sends
def challenge_prove(proof: Path, claims: str, as_json: bool, **given: Any) -> None:
    """Show the proof of a claim, which accepts it: a file of 'zkpot wrap'. Anybody may."""
    from zkpot.artifacts.evm_proof import EvmProof

    shown = EvmProof.read(proof)
    act(lambda where: _claims(where, claims).prove(shown), as_json, **given)


def _mover(name: str, text: str) -> None:
    """A command that moves a claim on."""

    @challenge.command(name=name, help=text)
    @CLAIM
    @CLAIMS
    @sends
    def command(claim: str, claims: str, as_json: bool, **given: Any) -> None:
        statement = "0x" + digest("CLAIM", claim)
        act(
            lambda where: _claims(where, claims).move(name, statement, where.account),
            as_json,
            **given,
        )


for _name, _text in {
    "draw": "Draw a validator, two blocks after the claim was posted. Anybody may.",
    "attest": "Say that the claim is right: your seat is slashed if a doubt wins. The validator.",
    "refuse": "Say that the claim is wrong: your seat is slashed if it is proven. The validator.",
    "abstain": "Say neither, as where nothing was shown to you. The validator.",
    "ask": "Ask a validator who was silent, with a bond that comes back. Anybody may.",
    "appeal": "Appeal against a refusal, with a bond: the proof has to be shown. Anybody may.",
    "doubt": "Doubt a claim, with a bond: the proof has to be shown. Anybody may.",
}.items():
    _mover(_name, _text)


@challenge.command(name="advance")
@CLAIM
@CLAIMS
@sends
def challenge_advance(claim: str, claims: str, as_json: bool, **given: Any) -> None:
    """End a wait whose time has passed. Anybody may."""
    statement = "0x" + digest("CLAIM", claim)
    act(lambda where: _claims(where, claims).advance(statement), as_json, **given)


@challenge.command(name="enrol")
@CLAIMS
@sends
def challenge_enrol(claims: str, as_json: bool, **given: Any) -> None:
    """Enrol as a validator."""
    act(lambda where: _claims(where, claims).enrol(where.account), as_json, **given)


@challenge.command(name="take")
@CLAIMS
@sends
def challenge_take(claims: str, as_json: bool, **given: Any) -> None:
    """Take a validator's seat, for which your stake is reserved."""
    act(lambda where: _claims(where, claims).take(where.account), as_json, **given)


@challenge.command(name="vacate")
@click.argument("seat", type=click.IntRange(1))
@CLAIMS
@sends
def challenge_vacate(seat: int, claims: str, as_json: bool, **given: Any) -> None:
    """Give up SEAT, which is not on duty. Its stake is free again."""
    act(lambda where: _claims(where, claims).vacate(seat), as_json, **given)


@challenge.command(name="claim")
@click.option("--account", help="Whom to pay. Default: the account of the key.")
@CLAIMS
@sends
def challenge_claim(account: str | None, claims: str, as_json: bool, **given: Any) -> None:
    """Have an account sent the fees and bonds that it is owed. Anybody may."""
    from zkpot.settle.contracts.interface import address

    def find(where: Market) -> Action:
        whom = address("--account", account) if account else where.account
        return _claims(where, claims).collect(whom)

    act(find, as_json, **given)


@challenge.command(name="show")
@CLAIM
@CLAIMS
@reads
def challenge_show(
    claim: str, claims: str, as_json: bool, rpc: str | None, deployment: Path | None
) -> None:
    """Say where a claim stands."""
    from zkpot.settle.contracts.refusals import date
    from zkpot.settle.contracts.states import ClaimState, claim_state_name

    statement = "0x" + digest("CLAIM", claim)
    with market(rpc=rpc, deployment=deployment) as where:
        client = _claims(where, claims)
        found = client.claim(statement)
        validator = client.validator(found) if found.seat else None
    challenger = found.challenger if int(found.challenger, 16) else None
    waits = found.state not in (ClaimState.NONE, ClaimState.ACCEPTED, ClaimState.VOID)
    show(
        as_json,
        {
            "claim": statement,
            "state": claim_state_name(found.state),
            "worker": found.worker if found.state else None,
            "validator": validator,
            "attested": found.attested,
            "challenger": challenger,
            "until": found.until if waits else None,
        },
        f"claim            {statement}\n"
        f"state            {claim_state_name(found.state)}"
        + (f" until {date(found.until)}" if waits else "")
        + f"\nworker           {found.worker if found.state else 'nobody'}\n"
        f"validator        {validator or 'nobody'}{', attested' if found.attested else ''}\n"
        f"challenger       {challenger or 'nobody'}",
    )


def _claims(where: Market, given: str) -> Claims:
    """The claims at an address, whose stake is this market's."""
    from zkpot.settle.claims import Claims
    from zkpot.settle.contracts.interface import address

    found = Claims(where.chain, address("--claims", given))
    if not where.chain.node.code(found.address):
        raise InputError(f"{found.address}: there are no claims here")
    if found.staking().address != where.deployment.staking:
        raise InputError(f"{found.address}: no claims, or those of another market")
    return found

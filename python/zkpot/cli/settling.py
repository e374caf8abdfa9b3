"""Commands that move an order on: open, bid, award, settle, end, claim; and workers' stake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpot.cli import options
from zkpot.cli.chain_options import reads, sends
from zkpot.cli.market import Market, market, read_order
from zkpot.cli.order import ORDER, order
from zkpot.cli.reporting import show
from zkpot.cli.sending import act
from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.settle.order_file import OrderFile
    from zkpot.settle.transactions.actions import Action


@order.command(name="open")
@ORDER
@sends
def order_open(order: Path, **given: Any) -> None:
    """Open a signed order and lock its price, which is approved first if its consumer opens it."""

    def find(where: Market, found: OrderFile) -> Action:
        if not found.signature:
            raise InputError(f"{order}: not signed yet: 'zkpot order sign {order}'")
        return where.book.open(found.order, found.signature, where.account)

    _act(order, find, given)


@order.command(name="award")
@ORDER
@sends
def order_award(order: Path, **given: Any) -> None:
    """Give an order to the best bidder, after bidding. Anybody may."""
    _act(order, lambda where, found: where.book.award(found.order), given)


@order.command(name="cancel")
@ORDER
@sends
def order_cancel(order: Path, **given: Any) -> None:
    """Take an order back before bidding ends."""
    _act(order, lambda where, found: where.book.cancel(found.order), given)


@order.command(name="close")
@ORDER
@sends
def order_close(order: Path, **given: Any) -> None:
    """End an order that nobody bid for. Anybody may."""
    _act(order, lambda where, found: where.book.close(found.order), given)


@order.command(name="expire")
@ORDER
@sends
def order_expire(order: Path, **given: Any) -> None:
    """End an order whose worker is late. Anybody may."""
    _act(order, lambda where, found: where.book.expire(found.order), given)


@click.command()
@ORDER
@click.option("--price", type=click.IntRange(0), required=True, help="Units of the token a step.")
@click.option("--regions", type=click.IntRange(0), default=0, help="Bit set: where you compute.")
@click.option("--privacy", type=click.IntRange(0), default=0, help="Bit set of protections.")
@click.option("--accelerators", type=click.IntRange(0), default=0, help="How many.")
@click.option("--memory-gib", type=click.IntRange(0), default=0, help="GiB of each.")
@click.option("--cores", type=click.IntRange(0), default=0, help="Processor cores.")
@sends
def bid(
    order: Path,
    price: int,
    regions: int,
    privacy: int,
    accelerators: int,
    memory_gib: int,
    cores: int,
    **given: Any,
) -> None:
    """Bid for an order. Your stake is reserved until somebody bids less. Needs zkpot[chain]."""
    from zkpot.settle.order import Offer

    offer = Offer(regions, privacy, accelerators, memory_gib, cores)
    _act(
        order, lambda where, found: where.book.bid(found.order, price, offer, where.account), given
    )


@click.command()
@click.argument("proof", type=options.PATH)
@click.option("--order", type=options.PATH, required=True, help="The order's file.")
@click.option("--scalars", type=options.PATH, help="The file beside an order that lists its rates.")
@click.option("--leave-key", is_flag=True, help="Though the key of the chunk before is not paid.")
@sends
def settle(proof: Path, order: Path, scalars: Path | None, leave_key: bool, **given: Any) -> None:
    """Show the chain a proof, so that its chunk is paid: a file of 'zkpot wrap'. Anybody may.

    With envelopes the worker is paid for the key, which 'zkpot order reveal' shows.

    It is compared with the order first, and tried on the chain before anything is sent. Needs
    zkpot[chain].
    """
    from zkpot.artifacts.evm_proof import EvmProof
    from zkpot.settle.proof_check import check_proof, path_of
    from zkpot.settle.scalars import Scalars

    shown = EvmProof.read(proof)
    listed = None if scalars is None else Scalars.read(scalars)

    def find(where: Market, found: OrderFile) -> Action:
        chunk = check_proof(found, where.book.entry(found.number), shown)
        path = path_of(found.order, chunk, shown, listed)
        return where.book.settle(found.order, chunk, shown, path, leave_key)

    _act(order, find, given)


@click.command()
@click.option("--account", help="Whom to pay. Default: the account of the key.")
@click.option("--stake", "of_stake", is_flag=True, help="What was slashed, in place of orders.")
@sends
def claim(account: str | None, of_stake: bool, as_json: bool, **given: Any) -> None:
    """Have an account sent what it is owed. Anybody may. Needs zkpot[chain]."""
    from zkpot.settle.contracts.interface import address

    def find(where: Market) -> Action:
        whom = address("--account", account) if account else where.account
        return where.staking.claim(whom) if of_stake else where.book.claim(whom)

    act(find, as_json, **given)


@click.group()
def stake() -> None:
    """Stake what you lose if you do not do what you bid for. Needs zkpot[chain]."""


@stake.command(name="add")
@click.argument("amount", type=click.IntRange(1))
@sends
def stake_add(amount: int, as_json: bool, **given: Any) -> None:
    """Stake AMOUNT more units; what the contract takes is approved first."""
    act(lambda where: where.staking.add(amount, where.account), as_json, **given)


@stake.command(name="unbond")
@click.argument("amount", type=click.IntRange(1), required=False)
@click.option("--cancel", is_flag=True, help="Keep what is leaving.")
@sends
def stake_unbond(amount: int | None, cancel: bool, as_json: bool, **given: Any) -> None:
    """Send AMOUNT units of free stake on their way out."""
    if (amount is None) != cancel:
        raise InputError("give an amount to unbond, or --cancel")

    def find(where: Market) -> Action:
        return where.staking.keep() if amount is None else where.staking.unbond(amount)

    act(find, as_json, **given)


@stake.command(name="withdraw")
@sends
def stake_withdraw(as_json: bool, **given: Any) -> None:
    """Withdraw what has left."""
    act(lambda where: where.staking.withdraw(where.account), as_json, **given)


@stake.command(name="authorise")
@click.option("--revoke", is_flag=True, help="No longer. What is reserved stays so.")
@sends
def stake_authorise(revoke: bool, as_json: bool, **given: Any) -> None:
    """Let the book reserve your stake when you bid."""

    def find(where: Market) -> Action:
        return where.staking.authorise(where.account, where.deployment.book, not revoke)

    act(find, as_json, **given)


@stake.command(name="show")
@click.argument("worker")
@reads
def stake_show(worker: str, as_json: bool, rpc: str | None, deployment: Path | None) -> None:
    """Say what WORKER has staked, and what it can claim."""
    from zkpot.settle.contracts.interface import address
    from zkpot.settle.contracts.refusals import date

    account = address("WORKER", worker)
    with market(rpc=rpc, deployment=deployment) as where:
        found = where.staking.stake(account)
        authorised = where.staking.is_authorised(account, where.deployment.book)
        owed = {"orders": where.book.credit(account), "stake": where.staking.credit(account)}
    leaving = f" from {date(found.leaves_at)} on" if found.leaving else ""
    show(
        as_json,
        {
            "worker": account,
            "staked": str(found.staked),
            "free": str(found.free),
            "reserved": str(found.reserved),
            "leaving": str(found.leaving),
            "leaves_at": found.leaves_at,
            "authorised": authorised,
            "claimable": {name: str(amount) for name, amount in owed.items()},
        },
        f"staked           {found.staked} units\n"
        f"free             {found.free}\n"
        f"reserved         {found.reserved}\n"
        f"leaving          {found.leaving}{leaving}\n"
        f"book             {'may' if authorised else 'may not'} reserve it\n"
        f"claimable        {owed['orders']} of orders, {owed['stake']} of what was slashed",
    )


def _act(path: Path, find: Callable[[Market, OrderFile], Action], given: dict[str, Any]) -> None:
    """Does something with an order."""
    act(lambda where: find(where, read_order(path, where)), **given)

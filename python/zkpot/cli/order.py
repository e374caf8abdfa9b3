"""Orders as files: make one, sign it, say where it stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from zkpot.cli import options
from zkpot.cli.chain_options import reads, signs
from zkpot.cli.market import market, read_order
from zkpot.cli.reporting import show
from zkpot.errors import InputError

ORDER = click.argument("order", type=options.PATH)


@click.group()
def order() -> None:
    """Order training, and pay for what is proven. Needs zkpot[chain].

    docs/guide/getting-paid.md goes through all of it.
    """


@order.command(name="new")
@click.argument("program", type=options.PATH)
@click.option("--front", required=True, help="Address of the front that verifies proofs.")
@click.option("--first", required=True, help="Commitment to the first states, or its folder.")
@click.option("--shard", required=True, help="Commitment to the dataset, or its folder.")
@click.option("--steps", type=click.IntRange(1), required=True, help="Steps to train.")
@click.option("--price", type=click.IntRange(0), required=True, help="Units for a step, at most.")
@click.option("--stake", type=click.IntRange(0), default=0, help="Units that a late worker loses.")
@click.option("--bond", type=click.IntRange(0), default=0, help="Units for publishing envelopes.")
@click.option(
    "--reveal-window",
    type=click.IntRange(1),
    help="Seconds after the deadline for the last key. Default: the book's least, with envelopes.",
)
@click.option("--bidding", type=click.IntRange(1), default=3600, show_default=True, help="Seconds.")
@click.option(
    "--working", type=click.IntRange(1), default=86400, show_default=True, help="Seconds after it."
)
@options.LR
@click.option("--earlier-steps", type=click.IntRange(0), default=0, help="Behind the first states.")
@click.option("--nonce", help="32 bytes in hexadecimal that fix the batch order. Default: fresh.")
@click.option("--regions", type=click.IntRange(0), default=0, help="Bit set of allowed regions.")
@click.option("--privacy", type=click.IntRange(0), default=0, help="Bit set of protections.")
@click.option("--accelerators", type=click.IntRange(0), default=0, help="At least so many.")
@click.option("--memory-gib", type=click.IntRange(0), default=0, help="GiB of each, at least.")
@click.option("--cores", type=click.IntRange(0), default=0, help="Processor cores, at least.")
@click.option("--consumer", help="Who signs and pays. Default: the account of the key.")
@click.option("--out", "-o", type=options.PATH, required=True, help="The order's file to write.")
@signs
def order_new(
    program: Path,
    front: str,
    first: str,
    shard: str,
    lr: str | None,
    out: Path,
    consumer: str | None,
    as_json: bool,
    rpc: str | None,
    deployment: Path | None,
    keystore: Path | None,
    **given: Any,
) -> None:
    """Make an order for training PROGRAM. The front says what a proof shows."""
    from zkpot.pipeline import rates
    from zkpot.pipeline.ordering import Wishes, new_order
    from zkpot.settle.contracts.interface import address
    from zkpot.settle.contracts.refusals import date
    from zkpot.settle.order import Offer

    named = ("regions", "privacy", "accelerators", "memory_gib", "cores")
    conditions = Offer(**{name: given.pop(name) for name in named})
    del given["password_file"]
    wishes = Wishes(rate=rates.parse(lr), conditions=conditions, **given)
    with market(
        rpc=rpc, deployment=deployment, keystore=keystore, signed=consumer is None
    ) as where:
        payer = address("--consumer", consumer) if consumer else where.account
        made, scalars = new_order(
            *(where.chain, where.deployment.book, address("--front", front), payer),
            *(program, first, shard, wishes),
        )
    made.write(out)
    listed = scalars.constant is None
    beside = out.with_name(out.name + ".scalars")
    if listed:
        scalars.write(beside)
    terms = made.order
    show(
        as_json,
        {
            "order": str(out),
            "number": made.number,
            "scalars": str(beside) if listed else None,
            "most": str(terms.most),
            "chunks": terms.chunks,
        },
        f"{out}: order {made.number}\n"
        f"costs at most    {terms.most} units for {terms.steps} steps in {terms.chunks} proofs\n"
        f"bidding ends     {date(terms.bidding_ends)}\n"
        f"deadline         {date(terms.deadline)}\n"
        + (f"{beside}: its scalars, which the worker needs\n" if listed else "")
        + f"next: zkpot order sign {out}",
    )


@order.command(name="sign")
@ORDER
@signs
def order_sign(order: Path, as_json: bool, **signing: Any) -> None:
    """Sign an order. Whoever has the signed file can open it and lock its price."""
    from zkpot.settle.front import Front

    with market(**signing, signed=True) as where:
        found = read_order(order, where)
        Front(where.chain, found.order.verifier).refuse_test_srs()
        if where.account != found.order.consumer:
            raise InputError(
                f"{order}: {found.order.consumer} signs it, and the key is {where.account}'s"
            )
        message = found.order.message(found.chain_id, found.book)
        signed = replace(found, signature=where.key().message(message))
    signed.write(order)
    show(
        as_json,
        {"order": str(order), "number": signed.number, "signature": "0x" + signed.signature.hex()},
        f"{order}: signed by {signed.order.consumer}\nnext: zkpot order open {order}",
    )


@order.command(name="show")
@ORDER
@reads
def order_show(order: Path, as_json: bool, rpc: str | None, deployment: Path | None) -> None:
    """Say where an order stands."""
    from zkpot.settle.contracts.refusals import date
    from zkpot.settle.contracts.states import state_name

    with market(rpc=rpc, deployment=deployment) as where:
        found = read_order(order, where)
        entry = where.book.entry(found.number)
    terms = found.order
    worker = entry.worker if entry.has_bid else None
    show(
        as_json,
        {
            "number": found.number,
            "state": state_name(entry.state),
            "worker": worker,
            "steps": entry.steps,
            "paid": entry.paid,
            "accepted": entry.accepted,
            "of": terms.steps,
            "price": str(entry.price),
            "locked": str(entry.locked),
            "states": entry.states,
            "signed": bool(found.signature),
            "terms": terms.to_value(),
        },
        f"order            {found.number}\n"
        f"state            {state_name(entry.state)}\n"
        f"worker           {worker or 'nobody yet'}\n"
        f"steps            {entry.steps} of {terms.steps} are proven, {entry.paid} are paid\n"
        + (f"key              waits, {_accepted(entry.accepted)}\n" if entry.waits_for_key else "")
        + f"price            {entry.price if entry.state else terms.price_per_step} units a step\n"
        f"locked           {entry.locked} units\n"
        f"bidding ends     {date(terms.bidding_ends)}\n"
        f"deadline         {date(terms.deadline)}\n"
        f"signed           {'yes' if found.signature else 'no'}",
    )


def _accepted(whether: bool) -> str:
    return "accepted on the chain" if whether else "not accepted on the chain"


@order.command(name="context")
@ORDER
@click.option("--worker", help="Whose run it is. Default: who the order was awarded to.")
@click.option("--program", type=options.PATH, help="Compare it, and rates for it, with the order.")
@click.option("--lr", help="Learning rate, or a file with one a step, as the consumer told.")
@reads
def order_context(
    order: Path,
    worker: str | None,
    program: Path | None,
    lr: str | None,
    as_json: bool,
    rpc: str | None,
    deployment: Path | None,
) -> None:
    """Print what the worker's run is made with: zkpot prove --context, --nonce and --link-steps.

    An order has a hash of its learning rates. With --program and --lr they are compared, as they
    should be before a bid.
    """
    from zkpot.pipeline import rates
    from zkpot.pipeline.ordering import check_rates
    from zkpot.settle.contracts.interface import address
    from zkpot.settle.front import Front

    if lr is not None and program is None:
        raise InputError("--lr is compared for a program: give --program, too")
    with market(rpc=rpc, deployment=deployment) as where:
        found = read_order(order, where)
        entry = where.book.entry(found.number)
        if worker is None and not entry.has_bid:
            raise InputError(f"{order}: nobody has it yet: give --worker ADDRESS")
        account = address("--worker", worker) if worker else entry.worker
        context = where.book.context(found.number, account)
        shape = Front(where.chain, found.order.verifier).shape()
    if program is not None:
        check_rates(found.order, shape, program, rates.parse(lr))
    steps = shape.steps
    nonce = found.order.nonce.removeprefix("0x")
    show(
        as_json,
        {"context": context.hex(), "nonce": nonce, "worker": account, "link_steps": steps},
        f"--context {context.hex()} --nonce {nonce} --link-steps {steps}"
        + (f" --lr {lr}" if lr is not None else ""),
    )

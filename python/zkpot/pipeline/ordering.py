"""An order from what it is about: a program, commitments, and a front on a chain."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zkpot.artifacts.hexadecimal import digest
from zkpot.artifacts.owner_directory import Commitment, OwnerDirectory
from zkpot.artifacts.program import Program
from zkpot.errors import InputError
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.rates import Rates
from zkpot.settle.book import Book
from zkpot.settle.front import Front, Shape
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.order import Offer, Order
from zkpot.settle.order_file import OrderFile
from zkpot.settle.scalars import Scalars


@dataclass(frozen=True)
class Wishes:
    """What a consumer decides.

    Attributes:
        steps: Steps of the program to train.
        price: Most that a step costs, in units of the token.
        stake: Units of stake that the worker loses for missing steps.
        bond: Units for a worker who has to publish what the consumer did not accept.
        reveal_window: Seconds after the deadline for the last key; None for the book's least,
            where there are envelopes.
        bidding: Seconds from now until bidding ends.
        working: Seconds from then until the deadline.
        rate: A learning rate, one a step, or None for what the program came with.
        earlier_steps: Training steps that the first states have behind them.
        nonce: Of the batch schedule; a fresh one, unless it is given.
        conditions: What an offer must meet.
    """

    steps: int
    price: int
    stake: int = 0
    bond: int = 0
    reveal_window: int | None = None
    bidding: int = 3600
    working: int = 24 * 3600
    rate: float | Sequence[float] | None = None
    earlier_steps: int = 0
    nonce: str | None = None
    conditions: Offer = field(default_factory=Offer)


def new_order(
    chain: Chain,
    book: str,
    front: str,
    consumer: str,
    program: Path,
    first: str,
    shard: str,
    wishes: Wishes,
) -> tuple[OrderFile, Scalars]:
    """An order that the front can verify, and the scalars of its steps.

    Args:
        chain: Where it will be.
        book: The book's address.
        front: The front's address.
        consumer: Who will sign and pay.
        program: The .zkprog file.
        first: Commitment to the first states, or a folder that `zkpot commit` wrote.
        shard: Commitment to the dataset, or such a folder.
        wishes: The rest.

    Raises:
        InputError: The front is for something else, or its proofs can be forged by anybody; or
            window and bond do not fit it.
    """
    found, read = Front(chain, front), Program.read(program)
    found.refuse_test_srs()
    shape = found.shape()
    if shape.program != "0x" + read.digest:
        raise InputError(f"{front}: this front verifies {shape.program}, not {program}")
    if wishes.steps < 1 or wishes.steps % shape.chunk_steps or wishes.steps > shape.most_steps:
        raise InputError(
            f"{wishes.steps} steps: this front needs a multiple of {shape.chunk_steps}, at most "
            f"{shape.most_steps}"
        )
    window = _window(Book(chain, book), front, shape, wishes)
    scalars = _scalars(read, shape, wishes)
    # Where no blocks are made the last one is old, and a chain of tests may be ahead.
    now, conditions = max(int(time.time()), chain.node.block().time), wishes.conditions
    order = Order(
        consumer=consumer,
        verifier=front,
        verifier_code=found.code_hash(),
        program=shape.program,
        first="0x" + _commitment("first", first, read, shape),
        shard="0x" + _commitment("shard", shard, read, shape),
        nonce="0x" + choose_nonce(wishes.nonce, None),
        earlier_steps=wishes.earlier_steps,
        schedule=scalars.schedule,
        scalars=scalars.name,
        steps=wishes.steps,
        chunk_steps=shape.chunk_steps,
        price_per_step=wishes.price,
        stake=wishes.stake,
        bond=wishes.bond,
        bidding_ends=now + wishes.bidding,
        deadline=now + wishes.bidding + wishes.working,
        reveal_window=window,
        regions=conditions.regions,
        privacy=conditions.privacy,
        accelerators=conditions.accelerators,
        memory_gib=conditions.memory_gib,
        cores=conditions.cores,
    )
    return OrderFile(chain.id, book, order), scalars


def check_rates(
    order: Order, shape: Shape, program: Path, rate: float | Sequence[float] | None
) -> None:
    """Compares a program and its learning rates with what an order says of them.

    Args:
        order: The order.
        shape: Of its front.
        program: The .zkprog file.
        rate: As in `Wishes`.

    Raises:
        InputError: They are others.
    """
    read = Program.read(program)
    if order.program != "0x" + read.digest:
        raise InputError(f"{program}: not program {order.program}, which is ordered")
    wishes = Wishes(order.steps, order.price_per_step, rate=rate, earlier_steps=order.earlier_steps)
    scalars = _scalars(read, shape, wishes)
    if (scalars.schedule, scalars.name) != (order.schedule, order.scalars):
        raise InputError(
            f"these learning rates make scalars {scalars.name}, and the order's are "
            f"{order.scalars}: ask the consumer"
        )


def _window(book: Book, front: str, shape: Shape, wishes: Wishes) -> int:
    if not shape.envelopes:
        if wishes.bond or wishes.reveal_window is not None:
            raise InputError(
                f"{front}: this front makes no envelopes, so that an order has neither bond nor "
                "window for keys"
            )
        return 0
    least = book.shortest_window()
    if wishes.reveal_window is None:
        return least
    if wishes.reveal_window < least:
        raise InputError(
            f"a window of {wishes.reveal_window} s for the last key: this book needs {least} or "
            "more"
        )
    return wishes.reveal_window


def _scalars(program: Program, shape: Shape, wishes: Wishes) -> Scalars:
    training_steps = wishes.steps * program.window
    rates = Rates.of(wishes.rate, program)
    rows = rates.integers(program, 0, training_steps, earlier=wishes.earlier_steps)
    if len(rows) != shape.scalars:
        raise InputError(f"the program has {len(rows)} scalars, and the front {shape.scalars}")
    return Scalars.of(rows, shape.steps, shape.links)


def _commitment(name: str, given: str, program: Program, shape: Shape) -> str:
    """The commitment itself, or what a folder of commitments says."""
    if not Path(given).is_dir():
        return digest(name, given)
    public = OwnerDirectory(Path(given)).public()
    if public.program != program.digest:
        raise InputError(f"{given}: commitments for program {public.program}, not this one")
    if public.security != shape.security:
        raise InputError(
            f"{given}: commitments of {public.security} bits, and the front's are of "
            f"{shape.security}"
        )
    return _first(given, public) if name == "first" else _shard(given, public, shape)


def _first(given: str, public: Commitment) -> str:
    if public.first_commitment is None:
        raise InputError(f"{given}: no commitment to weights")
    return public.first_commitment


def _shard(given: str, public: Commitment, shape: Shape) -> str:
    if public.shard_rows != (shape.rows,):
        raise InputError(
            f"{given}: shards of {', '.join(map(str, public.shard_rows)) or 'no'} rows, and the "
            f"front takes one of {shape.rows}"
        )
    return public.shards[0]

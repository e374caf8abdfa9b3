"""Commands of weights for payment: accept a ciphertext, show its key, publish it, take both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpot.cli import options
from zkpot.cli.chain_options import reads, sends
from zkpot.cli.market import Market, market, read_order
from zkpot.cli.order import ORDER, order
from zkpot.cli.reporting import show
from zkpot.cli.sending import act
from zkpot.errors import InputError, InvalidProof

if TYPE_CHECKING:
    from zkpot.settle.transactions.actions import Action

CIPHERTEXT = click.option(
    "--ciphertext", type=options.PATH, required=True, help="What the worker delivered."
)


@order.command(name="accept")
@ORDER
@CIPHERTEXT
@click.option("--sign", type=options.PATH, help="Write a signature for the worker, send nothing.")
@sends
def order_accept(
    order: Path, ciphertext: Path, sign: Path | None, as_json: bool, **given: Any
) -> None:
    """Accept the ciphertext of the last chunk, whose key is paid then. The consumer does it.

    Its hash is compared with the one that the proof stated.
    """
    if sign is None:
        act(lambda where: _accept(where, order, ciphertext), as_json, **given)
        return
    if given["only_estimate"] or given["receipt"]:
        raise InputError("--sign sends nothing: leave out --estimate and --receipt")
    names = ("rpc", "deployment", "keystore", "password_file", "confirmations")
    with market(signed=True, **{name: given[name] for name in names}) as where:
        _sign(where, order, ciphertext, sign, as_json)


def _accept(where: Market, order: Path, ciphertext: Path) -> Action:
    from zkpot.pipeline.delivering import read_ciphertext

    found = read_order(order, where)
    seal = where.keys.seal(found.order)
    read_ciphertext(ciphertext, seal.ciphertext)
    return where.keys.accept(found.order, seal)


def _sign(where: Market, order: Path, ciphertext: Path, out: Path, as_json: bool) -> None:
    from zkpot.pipeline.delivering import read_ciphertext
    from zkpot.settle.seal import Acceptance

    found = read_order(order, where)
    if where.account != found.order.consumer:
        raise InputError(
            f"{order}: {found.order.consumer} accepts, and the key is {where.account}'s"
        )
    seal = where.keys.seal(found.order)
    read_ciphertext(ciphertext, seal.ciphertext)
    signature = where.key().message(seal.message(found.chain_id, found.book, found.number))
    Acceptance(
        *(found.chain_id, found.book, found.number, seal.ciphertext, seal.key, signature)
    ).write(out)
    show(
        as_json,
        {"acceptance": str(out), "number": found.number, "ciphertext": seal.ciphertext},
        f"{out}: ciphertext {seal.ciphertext} is accepted; it cannot be taken back\n"
        f"next: the worker's zkpot order reveal {order} --acceptance {out}",
    )


@order.command(name="reveal")
@ORDER
@click.option("--key", type=options.PATH, required=True, help="A file with the envelope's key.")
@click.option("--acceptance", type=options.PATH, help="What the consumer signed.")
@sends
def order_reveal(
    order: Path, key: Path, acceptance: Path | None, as_json: bool, **given: Any
) -> None:
    """Show the key of the last chunk, which pays the worker for all steps up to it.

    Nothing is sent, and no node is told the key, unless it is sure to be paid: the settlement is
    final, and the ciphertext was accepted or published.
    """
    from zkpot.pipeline.delivering import read_key
    from zkpot.settle.seal import Acceptance

    signed = None if acceptance is None else Acceptance.read(acceptance)

    def find(where: Market) -> Action:
        found = read_order(order, where)
        seal = where.keys.seal(found.order)
        return where.keys.reveal(found.order, seal, read_key(key, seal.key), signed)

    act(find, as_json, **given)


@order.command(name="publish")
@ORDER
@CIPHERTEXT
@click.option("--again", is_flag=True, help="Begin anew, where you published something else.")
@sends
def order_publish(order: Path, ciphertext: Path, again: bool, as_json: bool, **given: Any) -> None:
    """Publish a ciphertext on the chain, which counts as accepted later. It goes on where it ended.

    That takes some 7,500 gas for three weights.
    """
    from zkpot.pipeline.delivering import read_ciphertext

    def find(where: Market) -> Action:
        seal = where.keys.seal(read_order(order, where).order)
        content = read_ciphertext(ciphertext, seal.ciphertext)
        return where.keys.envelopes.publish(where.account, seal.ciphertext, content, again)

    act(find, as_json, **given)


@order.command(name="ciphertext")
@ORDER
@click.option("--out", "-o", type=options.PATH, required=True, help="The file to write.")
@reads
def order_ciphertext(
    order: Path, out: Path, as_json: bool, rpc: str | None, deployment: Path | None
) -> None:
    """Write the ciphertext that the worker published, as the chain has it, for zkpot wrap open."""
    from zkpot.artifacts.durable import write_file
    from zkpot.pipeline.delivering import is_ciphertext

    with market(rpc=rpc, deployment=deployment) as where:
        found = read_order(order, where)
        hashed = where.keys.ciphertext(found.order)
        content = where.keys.envelopes.read(hashed)
    if not is_ciphertext(content, hashed):
        raise InvalidProof(f"{order}: the node shows another ciphertext than the proof is about")
    write_file(out, content)
    show(
        as_json,
        {"ciphertext": str(out), "number": found.number, "hash": hashed},
        f"{out}: ciphertext {hashed}\nnext: zkpot order key {order}",
    )


@order.command(name="key")
@ORDER
@click.option("--out", "-o", type=options.PATH, required=True, help="The key's file to write.")
@reads
def order_key(
    order: Path, out: Path, as_json: bool, rpc: str | None, deployment: Path | None
) -> None:
    """Write the key that was shown last, for zkpot wrap open."""
    from zkpot.artifacts.durable import SECRET, write_file
    from zkpot.pipeline.delivering import is_key

    with market(rpc=rpc, deployment=deployment) as where:
        found = read_order(order, where)
        shown = where.keys.revealed(found.order)
    if not is_key(shown.key, shown.key_hash):
        raise InvalidProof(f"{order}: the node shows another key than the proof is about")
    write_file(out, shown.key.hex().encode() + b"\n", SECRET)
    show(
        as_json,
        {"key": str(out), "number": found.number, "ciphertext": shown.ciphertext},
        f"{out}: the key of ciphertext {shown.ciphertext}\nnext: zkpot wrap open",
    )

"""The market that a command is about: its chain, its contracts, who acts in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zkpot.cli.signing import nobody, signing
from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.settle.book import Book
    from zkpot.settle.deployment import Deployment
    from zkpot.settle.keys import Keys
    from zkpot.settle.nodes.chain import Chain
    from zkpot.settle.order_file import OrderFile
    from zkpot.settle.staking import Staking
    from zkpot.settle.transactions.signer import Signer


@dataclass(frozen=True)
class Market:
    """A market, and perhaps an account in it.

    Attributes:
        chain: Where it is.
        deployment: Its contracts.
        account: Who asks; empty where nobody does.
        key: Gives the account's key when it is needed.
    """

    chain: Chain
    deployment: Deployment
    account: str
    key: Callable[[], Signer]

    @property
    def book(self) -> Book:
        """Its orders."""
        from zkpot.settle.book import Book

        return Book(self.chain, self.deployment.book)

    @property
    def keys(self) -> Keys:
        """Payment for keys of its orders."""
        from zkpot.settle.keys import Keys

        return Keys(self.book)

    @property
    def staking(self) -> Staking:
        """Its workers' stake."""
        from zkpot.settle.staking import Staking

        return Staking(self.chain, self.deployment.staking)


@contextmanager
def market(
    *,
    rpc: str | None,
    deployment: Path | None,
    keystore: Path | None = None,
    password_file: Path | None = None,
    signed: bool = False,
    confirmations: int | None = None,
) -> Iterator[Market]:
    """The market that options name, or the one of the chain in this process."""
    from zkpot.settle.deployment import Deployment

    account, key = signing(keystore, password_file) if signed else nobody()
    with connected(rpc, deployment, confirmations, account) as (chain, own):
        if own is None and deployment is None:
            raise InputError("where are the contracts? Give --deployment FILE")
        found = Deployment.read(deployment) if deployment else own
        assert found is not None
        found.check(chain)
        yield Market(chain, found, account, key)


@contextmanager
def connected(
    rpc: str | None, deployment: Path | None, confirmations: int | None, account: str
) -> Iterator[tuple[Chain, Deployment | None]]:
    """A chain, and the market that it comes with."""
    from zkpot.settle.deployment import Deployment
    from zkpot.settle.nodes.chain import Chain
    from zkpot.settle.nodes.node import Node

    if rpc is not None:
        expected = int(Deployment.read(deployment).chain_id) if deployment else None
        yield Chain.of(Node.at(rpc), expected, confirmations), None
        return
    from zkpot.settle.embedded import EmbeddedChain

    with EmbeddedChain.opened(embedded_folder()) as embedded:
        if account:
            embedded.provide(account)
        yield embedded.chain, embedded.deployment if deployment is None else None


def embedded_folder() -> Path:
    """Where the chain in this process is kept."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get("ZKPOT_CHAIN") or Path(state) / "zkpot" / "chain")


def read_order(path: Path, where: Market) -> OrderFile:
    """The file of an order of this market.

    Raises:
        InputError: It is none, or of another market.
    """
    from zkpot.settle.order_file import OrderFile

    found, book = OrderFile.read(path), where.deployment.book
    if (found.chain_id, found.book) != (where.chain.id, book):
        raise InputError(
            f"{path}: an order for book {found.book} on chain {found.chain_id}, and this is {book} "
            f"on chain {where.chain.id}"
        )
    return found

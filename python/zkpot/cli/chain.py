"""What all commands that talk to a chain have: who is asked, who signs, what may be paid."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zkpot.cli import options
from zkpot.cli.reporting import show
from zkpot.errors import InputError

if TYPE_CHECKING:
    from zkpot.settle.book import Book
    from zkpot.settle.deployment import Deployment
    from zkpot.settle.keys import Keys
    from zkpot.settle.nodes.chain import Chain
    from zkpot.settle.order_file import OrderFile
    from zkpot.settle.staking import Staking
    from zkpot.settle.transactions.actions import Action
    from zkpot.settle.transactions.sending import Sender
    from zkpot.settle.transactions.signer import Signer

F = TypeVar("F", bound=Callable[..., Any])

_READING = (
    click.option(
        "--rpc",
        envvar="ZKPOT_RPC",
        metavar="URL",
        help="A node of the chain, or ZKPOT_RPC. Default: a chain in this process, for trying out.",
    ),
    click.option(
        "--deployment",
        type=options.PATH,
        envvar="ZKPOT_DEPLOYMENT",
        help="Where the contracts are: a file of 'zkpot order deploy', or ZKPOT_DEPLOYMENT.",
    ),
)
_SIGNING = (
    click.option(
        "--keystore",
        type=options.PATH,
        envvar="ZKPOT_KEYSTORE",
        help="An encrypted key, or ZKPOT_KEYSTORE. Default: the key in ZKPOT_PRIVATE_KEY.",
    ),
    click.option(
        "--password-file",
        type=options.PATH,
        help="The keystore's password. Default: ZKPOT_KEYSTORE_PASSWORD, or you are asked.",
    ),
)
_SENDING = (
    click.option(
        "--estimate", "only_estimate", is_flag=True, help="Say what it costs, and send nothing."
    ),
    click.option("--receipt", type=options.PATH, help="The JSON file to write the receipt to."),
    click.option(
        "--confirmations",
        type=click.IntRange(1),
        help="Blocks until it is final. Default: 12, on local chains 1.",
    ),
    click.option(
        "--max-fee",
        type=click.FloatRange(0),
        default=1000,
        show_default=True,
        help="Gwei for a unit of gas, at most.",
    ),
    click.option("--legacy-fees", is_flag=True, help="One price for gas, without a base fee."),
    click.option(
        "--wait", type=click.FloatRange(0), default=300, show_default=True, help="Seconds."
    ),
)


def reads(command: F) -> F:
    """A command that asks a chain."""
    return _with(command, (*_READING, options.AS_JSON))


def signs(command: F) -> F:
    """A command that signs, and asks a chain."""
    return _with(command, (*_READING, *_SIGNING, options.AS_JSON))


def sends(command: F) -> F:
    """A command that sends a transaction."""
    return _with(command, (*_READING, *_SIGNING, *_SENDING, options.AS_JSON))


def _with(command: F, given: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(given):
        command = option(command)
    return command


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

    account, key = ("", _key(None, None)) if not signed else signing(keystore, password_file)
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


def act(
    find: Callable[[Market], Action],
    as_json: bool,
    *,
    rpc: str | None,
    deployment: Path | None,
    keystore: Path | None,
    password_file: Path | None,
    confirmations: int | None,
    **sending: Any,
) -> None:
    """Finds out what to do in a market, and does it with the options of `sends`."""
    with market(
        rpc=rpc,
        deployment=deployment,
        keystore=keystore,
        password_file=password_file,
        signed=True,
        confirmations=confirmations,
    ) as where:
        send(where, find(where), as_json, **sending)


def send(
    where: Market,
    action: Action,
    as_json: bool,
    *,
    only_estimate: bool,
    receipt: Path | None,
    max_fee: float,
    legacy_fees: bool,
    wait: float,
) -> None:
    """Does something and prints what became of it, or what it would cost."""
    from zkpot.settle.transactions.actions import perform
    from zkpot.settle.transactions.fees import GWEI, FeePolicy
    from zkpot.settle.transactions.receipts import Receipt

    policy = FeePolicy(int(max_fee * GWEI), legacy_fees)
    if only_estimate:
        _estimate(where, action, policy, as_json)
        return

    def deliver(found: Receipt) -> None:
        if receipt is not None:
            found.write(receipt)
        again = (
            "; it was sent by an earlier call, and nothing was sent now" if found.resumed else ""
        )
        show(
            as_json,
            found.to_value(),
            f"{found.call}: {found.subject}{again}\n"
            f"transaction      {found.transaction}\n"
            f"block            {found.block}\n"
            f"gas              {found.gas}, {ether(found.cost)}"
            + (f"\n{receipt}: the receipt" if receipt else ""),
        )

    perform(sender(where, action, policy, wait), action, deliver)


def sender(where: Market, action: Action, policy: Any, wait: float) -> Sender:
    """Who sends for the market's account. Events of the market and of the contract are read."""
    from zkpot.settle.contracts.interface import interface
    from zkpot.settle.transactions.delivery import Patience
    from zkpot.settle.transactions.sending import Sender

    known, intent = dict(where.deployment.known()), action.intent
    name = intent.call.partition(".")[0]
    # What is published is long, and no receipt repeats it.
    if name != "Envelopes":
        known[intent.contract] = interface(name)
    return Sender(
        where.chain, where.key(), known=known, policy=policy, patience=Patience(whole=wait)
    )


def ether(wei: int) -> str:
    """An amount of the chain's own money."""
    return f"{wei / 10**18:.9f} ether"


def _estimate(where: Market, action: Action, policy: Any, as_json: bool) -> None:
    from zkpot.settle.transactions.sending import estimate

    waiting = [needed for needed in action.before if _is_needed(needed)]
    # What needs an approval, or another part before it, cannot be tried before that is there.
    tried = waiting[:1] or [action]
    lines, values = [], []
    for one in tried:
        one.guard()
        found = estimate(where.chain, where.account, one.intent, policy)
        lines.append(f"{one.intent.text()}: {found.gas} gas, at most {ether(found.cost)}")
        values.append({"call": one.intent.call, "gas": found.gas, "cost": str(found.cost)})
    if waiting:
        lines.append(f"{action.intent.call}: can be estimated once that is done")
    show(as_json, {"estimates": values, "complete": not waiting}, "\n".join(lines))


def _is_needed(action: Action) -> bool:
    from zkpot.errors import AlreadyDone

    try:
        action.guard()
    except AlreadyDone:
        return False
    return True


def signing(keystore: Path | None, password_file: Path | None) -> tuple[str, Callable[[], Signer]]:
    """Who signs, and what gives its key when it is needed."""
    return _account(keystore), _key(keystore, password_file)


def _account(keystore: Path | None) -> str:
    """Whose key it is, without its password."""
    from zkpot.settle.transactions.signer import Signer, keystore_address

    return Signer.from_environment().address if keystore is None else keystore_address(keystore)


def _key(keystore: Path | None, password_file: Path | None) -> Callable[[], Signer]:
    def key() -> Signer:
        from zkpot.settle.transactions.signer import PASSWORD, Signer

        if keystore is None:
            return Signer.from_environment()

        def password() -> str:
            if password_file is not None:
                try:
                    return password_file.read_text().rstrip("\r\n")
                except (OSError, UnicodeDecodeError):
                    raise InputError(f"{password_file}: not readable") from None
            if PASSWORD in os.environ:
                return os.environ[PASSWORD]
            return str(click.prompt(f"password of {keystore}", hide_input=True, err=True))

        return Signer.from_keystore(keystore, password)

    return key

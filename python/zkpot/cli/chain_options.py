"""Options of all commands that talk to a chain: who is asked, who signs, what may be paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from zkpot.cli import options

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

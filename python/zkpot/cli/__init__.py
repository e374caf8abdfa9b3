"""The command line: parse, call the pipeline, print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from zkpot.cli import challenging, committing, compiling, proving, sealing, settling, verifying
from zkpot.cli.deploying import compare, deploy_claims, deploy_front, deploy_market, hand_over
from zkpot.cli.ezkl import ezkl
from zkpot.cli.order import order
from zkpot.cli.reporting import INTERRUPTED
from zkpot.cli.wrap import wrap
from zkpot.errors import IncompleteRun, InputError, ZkpotError
from zkpot.interrupt import works_on


def _version(context: click.Context, _option: click.Parameter, given: bool) -> None:
    if given:
        from importlib.metadata import version

        from zkpot.backends import native

        click.echo(f"zkpot, version {version('zkpot')}, build {native.BUILD}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version, and which build of the prover this processor gets.",
)
def zkpot() -> None:
    """Prove that a neural network was trained as stated, and check such proofs.

    Exit codes: 0 success, 1 a proof that is invalid or incomplete, 2 unusable input.
    """


for _command in (
    compiling.export,
    compiling.compile_,
    compiling.inspect,
    compiling.precision,
    proving.prove,
    proving.prove_eval,
    verifying.status,
    verifying.bundle,
    verifying.verify,
    verifying.weights,
    proving.train,
    committing.commit,
    ezkl,
    wrap,
    order,
    settling.bid,
    settling.stake,
    settling.settle,
    settling.claim,
    challenging.challenge,
):
    zkpot.add_command(_command)
for _command in (
    deploy_market,
    deploy_front,
    deploy_claims,
    compare,
    hand_over,
    sealing.order_accept,
    sealing.order_reveal,
    sealing.order_publish,
    sealing.order_key,
):
    order.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        zkpot.main(given, prog_name="zkpot", standalone_mode=False)
    except ZkpotError as error:
        _fail(as_json, error, str(error), error.exit_code)
    except click.UsageError as error:
        if error.ctx is not None and not as_json:
            click.echo(error.ctx.get_usage(), err=True)
        _fail(as_json, error, error.format_message(), InputError.exit_code)
    except click.exceptions.Exit as stop:
        _end(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail(as_json, KeyboardInterrupt(), "stopped", INTERRUPTED)


def _fail(as_json: bool, error: BaseException, message: str, exit_code: int) -> None:
    """Reports what went wrong; never returns."""
    click.echo(f"zkpot: {message}", err=True)
    if as_json:
        value: dict[str, Any] = {"error": type(error).__name__.lstrip("_"), "message": message}
        if isinstance(error, IncompleteRun):
            value |= {"complete": False, "pending": error.pending}
        click.echo(json.dumps(value))
    _end(exit_code)


def _end(exit_code: int) -> None:
    """Ends the process; native work that was left behind would not survive the interpreter."""
    if works_on():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)
    sys.exit(exit_code)

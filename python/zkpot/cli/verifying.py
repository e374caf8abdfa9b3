"""What a run has, what of it is public, and whether it verifies."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from zkpot.cli import options
from zkpot.cli.reporting import curve, quality, show
from zkpot.plan import size


@click.command()
@click.argument("directory", type=options.PATH)
@options.AS_JSON
def status(directory: Path, as_json: bool) -> None:
    """Show where a run stands."""
    from zkpot.pipeline.status import status as read_status

    found = read_status(directory)
    lines = [
        f"{directory}: {found.steps} of {found.target} steps in {found.links} links, "
        + ("sealed" if found.sealed else "not closed"),
        f"proofs {size(found.proof_bytes)}; {found.seconds_training:.1f} s training, "
        f"{found.seconds_proving:.1f} s proving",
    ]
    if found.losses:
        lines.append(f"loss {found.losses[0]:.4f} {curve(found.losses)} {found.losses[-1]:.4f}")
    lines += [f"pending: {pending}" for pending in found.pending]
    lines += [f"lost if deleted: {lost}" for lost in found.lost_if_deleted]
    show(as_json, found.to_value(), "\n".join(lines))


@click.command()
@click.argument("directory", type=options.PATH)
@click.option("--out", "-o", type=options.PATH, required=True, help="The .zkpot file to write.")
@options.AS_JSON
def bundle(directory: Path, out: Path, as_json: bool) -> None:
    """Pack the public part of a run into one file."""
    from zkpot.pipeline.verification import read_bundle

    packed = read_bundle(directory)
    written = packed.write(out)
    show(
        as_json,
        {"bundle": str(out), "bytes": written, "links": len(packed.links)},
        f"{out}: {len(packed.links)} links, {size(written)}",
    )


@click.command()
@click.argument("proof", type=options.PATH)
@click.option("--program", help="The program that must have been run: its file or its digest.")
@click.option("--first", help="Commitment to the first weights.")
@click.option("--data-root", help="Root that names the dataset.")
@click.option("--nonce", help="What the batch order must have been drawn from.")
@click.option("--steps", type=int, help="Number of training steps.")
@click.option("--earlier-steps", type=int, help="Training steps behind the first weights.")
@click.option("--context", help="Free bytes of the statement, hexadecimal.")
@click.option("--lr", type=float, help="The learning rate of every step.")
@click.option("--security", type=int, help="Bits of soundness that it must have. Default: 100.")
@click.option("--init-seed", help="The public seed that the first weights must come from.")
@click.option("--after", type=options.PATH, help="The run that this one continues, or its receipt.")
@click.option("--accuracy", type=float, help="Least accuracy of an evaluation: 0.95.")
@click.option("--loss", type=float, help="Greatest mean loss of an evaluation, with its error.")
@click.option("--public-data", type=options.PATH, help="The data, where they are public.")
@click.option("--clear", "allow_clear", is_flag=True, help="Accept proofs that hide nothing.")
@options.AS_JSON
def verify(proof: Path, as_json: bool, **expectations: Any) -> None:
    """Verify a bundle or a run directory, with neither data nor weights.

    A proof is about commitments: give what you expect, and read what stays unchecked.
    """
    from zkpot.pipeline.verification import verify as verify_run

    started = time.monotonic()
    receipt = verify_run(proof, **expectations)
    seconds = time.monotonic() - started
    unchecked = ", ".join(receipt.unchecked)
    show(
        as_json,
        {**receipt.details, "seconds": seconds},
        f"valid: {receipt.steps} training steps in {receipt.links} links, "
        f"verified in {seconds:.3f} s\n"
        f"program          {receipt.program}\n"
        f"first commitment {receipt.first_commitment}\n"
        f"last commitment  {receipt.last_commitment}\n"
        f"head             {receipt.head}\n"
        f"data root        {receipt.data_root}\n"
        f"nonce            {receipt.nonce}\n"
        f"first weights    {receipt.origin}\n"
        f"zero knowledge   {'yes' if receipt.zero_knowledge else 'no'}"
        + quality(receipt)
        + (f"\nunchecked: {unchecked} (no expectation was given)" if unchecked else ""),
    )


@click.command()
@click.argument("directory", type=options.PATH)
@click.option(
    "--out", "-o", type=options.PATH, required=True, help="The .safetensors file to write."
)
@options.AS_JSON
def weights(directory: Path, out: Path, as_json: bool) -> None:
    """Write the newest weights of a run; they load into the torch model."""
    from zkpot.pipeline.weights import write_weights

    written = write_weights(directory, out)
    show(
        as_json,
        {"weights": str(out), "steps": written.steps, "tensors": written.shapes},
        f"{out}: weights after step {written.steps} ({len(written.shapes)} tensors)",
    )

"""Training with and without proofs, and proofs of evaluation."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpot import machine
from zkpot.cli import options
from zkpot.cli.backends import check_backend
from zkpot.cli.ezkl import open_circuit_folder, prove_with_ezkl
from zkpot.cli.reporting import Stopped, curve, number, quality, reporter, show
from zkpot.plan import size

if TYPE_CHECKING:
    from zkpot.artifacts.ezkl.terms import Link


@click.command()
@click.argument("program", metavar="STEP_OR_PROGRAM", type=options.PATH)
@click.option("--data", type=options.PATH, help=options.DATA_HELP)
@click.option("--steps", type=int, required=True, help="Training steps of the whole run.")
@click.option(
    "--backend",
    type=click.Choice(["native", "ezkl"]),
    default="native",
    show_default=True,
    help="What proves: zkpot itself, or EZKL, one step at a time. Needs zkpot[ezkl].",
)
@click.option("--out", "-o", type=options.PATH, default=Path("run"), show_default=True)
@options.INITIAL_WEIGHTS
@options.LR
@options.NONCE
@options.SEED
@click.option("--context", default="", help="Free bytes for the statement, hexadecimal.")
@click.option("--commitments", type=options.PATH, help="A folder that 'zkpot commit' made.")
@options.EVALUATION
@options.MEMORY
@click.option("--link-steps", type=int, help="The longest link. Default: 64, or what fits.")
@click.option("--shard-rows", type=int, help="Rows of a data shard. Default: what a link reads.")
@click.option(
    "--after", type=options.PATH, help="The directory of a sealed run that this one continues."
)
@click.option("--init-seed", help="32 public bytes, hexadecimal, to draw the first weights from.")
@click.option("--keep-data", is_flag=True, help="Let a later run continue with the same data.")
@options.PUBLIC_DATA
@options.WORKERS
@options.RAY
@options.SECURITY
@options.CLEAR
@options.WRAPPED
@options.ENVELOPES
@options.SRS
@options.TEST_SRS
@options.LINK
@options.SCALE
@options.QUIET
@options.AS_JSON
def prove(
    program: Path,
    data: Path | None,
    steps: int,
    backend: str,
    out: Path,
    weights: Path | None,
    lr: str | None,
    evaluation: Path | None,
    quiet: bool,
    as_json: bool,
    srs: Path | None,
    test_srs: bool,
    link: Link | None,
    scale: int | None,
    **options: Any,
) -> None:
    """Train and prove.

    Takes a program (.zkprog) or a step (.onnx), which is compiled first. The same command goes
    on with a run that was interrupted.
    """
    check_backend(backend)
    if backend == "ezkl":
        circuit = open_circuit_folder(
            program, data, out / "circuit", weights, link, scale, options["memory"], quiet, as_json
        )
        prove_with_ezkl(circuit, data, steps, out, srs, test_srs, options["memory"], quiet, as_json)
        return
    from zkpot.data import read_dataset
    from zkpot.pipeline import rates
    from zkpot.pipeline.compiling import open_program
    from zkpot.pipeline.run import Run

    started = time.monotonic() - machine.process_age()
    progress = reporter(quiet or as_json)
    rate = rates.parse(lr)
    dataset = read_dataset(data) if data else None
    opened = open_program(program, dataset, out, weights, rate, progress.note)
    run = Run(
        opened,
        dataset,
        out,
        # Weights given to the compiler are in the program already.
        weights=weights,
        lr=rate,
        evaluation=read_dataset(evaluation, "test") if evaluation else None,
        progress=progress,
        **options,
    )
    try:
        summary = run.prove(steps, since=started)
    except KeyboardInterrupt:
        raise Stopped(out) from None
    show(
        as_json,
        summary.to_value(),
        f"{out}: {summary.steps} steps proven in {summary.links} links, "
        f"{summary.seconds:.1f} s ({summary.seconds_training:.1f} s training, "
        f"{summary.seconds_proving:.1f} s proving), {size(summary.proof_bytes)}\n"
        f"loss {number(summary.loss_first)} -> {number(summary.loss_last)}\n"
        f"first commitment {summary.first_commitment}\n"
        f"last commitment  {summary.last_commitment}\n"
        f"data root        {summary.data_root}\n"
        f"nonce            {summary.nonce}\n"
        + ("" if summary.zero_knowledge else "the links hide nothing\n")
        + f"next: zkpot verify {out}, zkpot weights {out} -o trained.safetensors",
    )


@click.command(name="prove-eval")
@click.argument("run", type=options.PATH)
@click.option("--data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--out", "-o", type=options.PATH, default=Path("evaluation"), show_default=True)
@options.PUBLIC_DATA
@options.MEMORY
@options.CLEAR
@options.QUIET
@options.AS_JSON
def prove_eval(
    run: Path, data: Path, out: Path, quiet: bool, as_json: bool, **options: Any
) -> None:
    """Prove how good the trained model of a sealed run is, without showing it.

    The proof continues the run: verify it with 'zkpot verify OUT --after RUN'.
    """
    from zkpot.data import read_dataset
    from zkpot.pipeline.proven_evaluation import prove_evaluation

    started = time.monotonic() - machine.process_age()
    progress = reporter(quiet or as_json)
    dataset = read_dataset(data, "test")
    try:
        summary = prove_evaluation(run, dataset, out, since=started, progress=progress, **options)
    except KeyboardInterrupt:
        raise Stopped(out) from None
    receipt = summary.receipt
    show(
        as_json,
        {
            **summary.to_value(),
            **{key: receipt.details[key] for key in ("outputs", "output_terms", "rows")},
        },
        f"{out}: evaluated on {receipt.rows} rows in {summary.links} links, "
        f"{summary.seconds:.1f} s, {size(summary.proof_bytes)}"
        f"{quality(receipt)}\n"
        f"data root        {summary.data_root}\n"
        f"next: zkpot verify {out} --after {run}",
    )


@click.command()
@click.argument("program", metavar="STEP_OR_PROGRAM", type=options.PATH)
@click.option("--data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--steps", type=int, required=True, help="Training steps.")
@options.INITIAL_WEIGHTS
@click.option("--out", "-o", type=options.PATH, help="A .safetensors file for the trained weights.")
@options.LR
@options.NONCE
@options.SEED
@options.EVALUATION
@options.QUIET
@options.AS_JSON
def train(
    program: Path,
    data: Path,
    steps: int,
    weights: Path | None,
    out: Path | None,
    lr: str | None,
    nonce: str | None,
    seed: int | None,
    evaluation: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Train without proving: what a run will reach, before paying for its proofs."""
    from zkpot.data import read_dataset
    from zkpot.pipeline import rates
    from zkpot.pipeline.compiling import open_program
    from zkpot.pipeline.training import train as train_only

    progress = reporter(quiet or as_json)
    rate = rates.parse(lr)
    dataset = read_dataset(data)
    with progress:
        trained = train_only(
            open_program(program, dataset, None, weights, rate, progress.note),
            dataset,
            steps,
            lr=rate,
            nonce=nonce,
            seed=seed,
            weights=weights,
            evaluation=read_dataset(evaluation, "test") if evaluation else None,
            progress=progress,
        )
    if out is not None:
        trained.write_weights(out)
    held_out = trained.evaluation
    show(
        as_json,
        trained.to_value(),
        f"{steps} steps in {trained.seconds:.1f} s"
        + (f", loss {curve(trained.losses)} {trained.losses[-1]:.4f}" if trained.losses else "")
        + (f"\n{held_out.text()}" if held_out else ""),
    )

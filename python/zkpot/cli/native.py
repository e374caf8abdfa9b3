"""Commands of zkpot's own prover and verifier."""

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
from zkpot.errors import InputError
from zkpot.plan import size

if TYPE_CHECKING:
    from zkpot.artifacts.ezkl.terms import Link


@click.command()
@click.argument("source", metavar="FILE.py:FUNCTION")
@click.option("--out", "-o", type=options.PATH, required=True, help="The .onnx file to write.")
@click.option("--clip-grad-norm", type=float, help="Clip the gradients' norm to this.")
@click.option("--clip-grad-value", type=float, help="Clip each element of the gradients to this.")
@click.option("--tolerance", type=float, help="Largest deviation from torch. [default: 5e-4]")
@options.AS_JSON
def export(
    source: str,
    out: Path,
    clip_grad_norm: float | None,
    clip_grad_value: float | None,
    tolerance: float | None,
    as_json: bool,
) -> None:
    """Export a torch training step to ONNX.

    FUNCTION returns (model, loss, optimizer, example batch).
    """
    from zkpot.step import export_step
    from zkpot.step.export import DEFAULT_TOLERANCE
    from zkpot.step.source import load_source

    step = export_step(
        *load_source(source),
        clip_grad_norm=clip_grad_norm,
        clip_grad_value=clip_grad_value,
        tolerance=DEFAULT_TOLERANCE if tolerance is None else tolerance,
    )
    step.save(out)
    parity = step.parity
    show(
        as_json,
        {
            "step": str(out),
            "bytes": len(step.onnx),
            "digest": step.digest,
            "error": parity.error if parity else None,
            "tolerance": parity.tolerance if parity else None,
        },
        f"{out}: {size(len(step.onnx))}"
        + (f", within {parity.error:.1e} of torch in two steps" if parity else ""),
    )


@click.command(name="compile")
@click.argument("step", type=options.PATH)
@click.option("--calibrate", "data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--out", "-o", type=options.PATH, required=True, help="The .zkprog file to write.")
@click.option(
    "--weights", type=options.PATH, help="A .safetensors file in place of the step's weights."
)
@click.option("--lr", type=float, help="Learning rate in place of the step's.")
@click.option("--bits", type=int, default=16, show_default=True, help="Size of activations.")
@click.option("--headroom", type=int, default=3, show_default=True, help="Bits above the maximum.")
@click.option("--max-steps", type=int, help="The longest link that the bounds allow.")
@click.option("--window", default="1", help="Steps proven together: a number, or 'auto'.")
@click.option(
    "--memory",
    type=options.Memory(),
    help="With --window auto: of the machines that prove. Default: 16GB.",
)
@click.option("--scale", "scales", multiple=True, help="Fraction bits of a tensor: NAME=BITS.")
@click.option("--range", "ranges", multiple=True, help="Largest magnitude of a tensor: NAME=MAX.")
@click.option("--tensors", type=options.PATH, help="JSON with the scales and ranges of tensors.")
@click.option("--roles", type=options.PATH, help="JSON: which of the graph's tensors is what.")
@click.option("--name", help="What to call the program.")
@options.AS_JSON
def compile_(
    step: Path,
    data: Path,
    out: Path,
    weights: Path | None,
    lr: float | None,
    bits: int,
    headroom: int,
    max_steps: int | None,
    window: str,
    memory: int | None,
    scales: tuple[str, ...],
    ranges: tuple[str, ...],
    tensors: Path | None,
    roles: Path | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Turn an ONNX training step into a fixed-point program.

    Ranges are taken from a float run on the data and become public with the program. Initial
    weights are written beside the program, for its owner only.
    """
    from zkpot.data import read_dataset
    from zkpot.pipeline.compiling import compile_step
    from zkpot.pipeline.overrides import overrides

    if window != "auto" and not window.isdecimal():
        raise InputError(f"--window {window}: neither a number of steps nor 'auto'")
    steps = window if window == "auto" else int(window)
    options = {"max_steps": max_steps, "window": steps, "memory": memory, "name": name}
    precision = overrides(tensors, scales, ranges)
    compiled = compile_step(
        step,
        read_dataset(data),
        weights=weights,
        rate=lr,
        roles=roles,
        bits=bits,
        headroom=headroom,
        scales=precision.scales,
        ranges=precision.ranges,
        **{key: value for key, value in options.items() if value is not None},
    )
    written = compiled.program.write(out)
    show(
        as_json,
        {
            "program": str(out),
            "digest": compiled.program.digest,
            "initial": str(written[1]) if len(written) > 1 else None,
            "batch": compiled.program.batch,
            "window": compiled.program.window,
            "max_steps": compiled.program.max_steps,
        },
        f"{compiled.report.text()}\n"
        f"digest {compiled.program.digest}\n"
        f"{out}: public; its ranges come from {data}\n"
        + "".join(f"{path}: initial weights, for you only\n" for path in written[1:]).rstrip(),
    )


@click.command()
@click.argument("program", type=options.PATH)
@click.option("--steps", type=int, default=64, show_default=True, help="Predict a link this long.")
@click.option("--security", is_flag=True, help="Also list every soundness error.")
@click.option(
    "--bits",
    type=click.Choice(["100", "128"]),
    default="100",
    show_default=True,
    help="With --security: what the run is made for.",
)
@click.option(
    "--picture", type=options.PATH, help="Also draw what time is for: a .png, .svg or .pdf file."
)
@options.AS_JSON
def inspect(
    program: Path, steps: int, security: bool, bits: str, picture: Path | None, as_json: bool
) -> None:
    """Show a program: shapes, scales, ranges, operators, and what proving will take."""
    from zkpot.pipeline.inspection import inspect as describe
    from zkpot.pipeline.soundness import soundness

    inspected = describe(program, steps)
    if picture is not None:
        from zkpot.pipeline.plotting import plot_breakdown

        title = f"{inspected.report.name}, a link of {inspected.steps} steps"
        plot_breakdown(inspected.breakdown, title, picture)
    value, text = inspected.to_value(), inspected.text()
    if security:
        account = soundness(program, inspected.steps, int(bits))
        value["security"] = account.to_value()
        text += "\n" + account.text()
    show(as_json, value, text)


@click.command()
@click.argument("program", type=options.PATH)
@click.argument("step", type=options.PATH)
@click.option("--data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--steps", type=int, default=16, show_default=True, help="Steps to look at.")
@click.option("--roles", type=options.PATH, help="JSON: which of the graph's tensors is what.")
@click.option("--plot", type=options.PATH, help="Also draw it: a .png, .svg or .pdf file.")
@options.AS_JSON
def precision(
    program: Path,
    step: Path,
    data: Path,
    steps: int,
    roles: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare fixed point with float, tensor by tensor, the noisiest first.

    Runs PROGRAM (.zkprog, with its initial weights) and the STEP (.onnx) that it was compiled from
    side by side.
    """
    from zkpot.artifacts.program import Program
    from zkpot.data import read_dataset
    from zkpot.pipeline.precision import precision as compare

    report = compare(Program.read(program), step, read_dataset(data), steps, roles=roles)
    if plot is not None:
        from zkpot.pipeline.plotting import plot_precision

        plot_precision(report, plot)
    show(as_json, report.to_value(), report.text())


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
@click.option("--weights", type=options.PATH, help="A .safetensors file: the initial weights.")
@options.LR
@click.option("--nonce", help="32 bytes in hexadecimal that fix the batch order.")
@click.option("--seed", type=int, help="A number to derive a nonce from.")
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


@click.command()
@click.argument("program", metavar="STEP_OR_PROGRAM", type=options.PATH)
@click.option("--data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--steps", type=int, required=True, help="Training steps.")
@click.option("--weights", type=options.PATH, help="A .safetensors file: the initial weights.")
@click.option("--out", "-o", type=options.PATH, help="A .safetensors file for the trained weights.")
@options.LR
@click.option("--nonce", help="32 bytes in hexadecimal that fix the batch order.")
@click.option("--seed", type=int, help="A number to derive a nonce from.")
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


@click.command()
@click.argument("program", type=options.PATH)
@click.option("--data", type=options.PATH, help=options.DATA_HELP)
@click.option("--weights", type=options.PATH, help="A .safetensors file.")
@click.option("--out", "-o", type=options.PATH, default=Path("commitment"), show_default=True)
@click.option("--shard-rows", type=int, help="Rows of a data shard.")
@click.option("--wrapped", is_flag=True, help="For wrapped runs, any number of them.")
@options.SECURITY
@options.AS_JSON
def commit(
    program: Path,
    data: Path | None,
    weights: Path | None,
    out: Path,
    shard_rows: int | None,
    wrapped: bool,
    security: int,
    as_json: bool,
) -> None:
    """Commit to data or weights: public commitments, and openings for one run."""
    from zkpot.artifacts.program import Program
    from zkpot.data import read_dataset
    from zkpot.pipeline.ownership import commit as make

    made = make(
        Program.read(program),
        out,
        data=read_dataset(data) if data else None,
        weights=weights,
        shard_rows=shard_rows,
        security=security,
        wrapped=wrapped,
    )
    lines = [
        f"first commitment {made.first_commitment}" if made.first_commitment else "",
        f"data root        {made.data_root}  ({len(made.shards)} shards)" if made.data_root else "",
        f"{out}/commitment.json is public; {out}/secret opens it and serves "
        + ("wrapped runs" if wrapped else "one run"),
    ]
    show(
        as_json,
        {"directory": str(out), **made.to_value()},
        "\n".join(line for line in lines if line),
    )

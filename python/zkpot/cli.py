"""The command line: parse, call the pipeline, print."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from zkpot import machine
from zkpot.artifacts.receipt import Receipt
from zkpot.errors import IncompleteRun, InputError, ZkpotError
from zkpot.plan import size
from zkpot.progress import Lines, Progress, default_progress

if TYPE_CHECKING:
    from zkpot.artifacts.ezkl.circuit import CircuitDirectory
    from zkpot.artifacts.ezkl.terms import Link

T = TypeVar("T")
Command = Callable[..., Any]

# What a shell reports for a program that Ctrl-C ended.
_INTERRUPTED = 130

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
_quiet = click.option("--quiet", "-q", is_flag=True, help="No progress, no notes.")
_path = click.Path(path_type=Path)


class _Memory(click.ParamType[int]):
    """A number of bytes, as people write it."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"([0-9.]+)\s*([kMGT]?)(i?)B?", str(value).strip())
        if match is None:
            self.fail(f"'{value}' is no size; write 8GB or 500MB", param, ctx)
        base = 1024 if match[3] else 1000
        return int(float(match[1]) * base ** " kMGT".index(match[2] or " "))


_memory = click.option(
    "--memory", type=_Memory(), help="Memory that proving may use: 8GB. Default: most of it."
)
_lr = click.option("--lr", help="Learning rate, or a file with one a step. Default: the step's.")
_evaluation = click.option(
    "--eval", "evaluation", type=_path, help="Held-out data: its accuracy is shown, not proven."
)
_security = click.option(
    "--security",
    type=click.Choice(["100", "128"]),
    default="100",
    show_default=True,
    callback=lambda _context, _option, value: int(value),
    help="Bits of soundness.",
)
_public_data = click.option(
    "--public-data", is_flag=True, help="The data are public: who has them can check which."
)
_clear = click.option("--clear", is_flag=True, help="Debugging: proofs that hide nothing.")
_wrapped = click.option(
    "--wrapped",
    is_flag=True,
    help="Links that a circuit can verify; they hide nothing themselves.",
)
_workers = click.option(
    "--workers", type=int, help="Links proven side by side. Default: 1; with --ray all processors."
)
_ray = click.option(
    "--ray",
    is_flag=False,
    flag_value="local",
    metavar="[ADDRESS]",
    callback=lambda _context, _option, value: {None: False, "local": True}.get(value, value),
    help="Prove with Ray: at ADDRESS, or on this machine. Needs zkpot[ray].",
)
_srs = click.option(
    "--srs", type=_path, help="EZKL: the SRS of a ceremony, a file in halo2's raw format."
)
_test_srs = click.option(
    "--test-srs",
    is_flag=True,
    help="EZKL: a test SRS serves. Its maker can forge proofs, so this is for local use only.",
)
_link = click.option(
    "--link",
    type=click.Choice(["committed", "hashed"]),
    help="EZKL: what ties steps together: KZG commitments (default), or Poseidon hashes.",
)
_scale = click.option(
    "--scale", type=click.IntRange(1, 20), help="EZKL: fraction bits. Default: 7."
)
_data_help = "A .npz file with x and y, a .safetensors file, or a folder of IDX files."


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


@zkpot.command()
@click.argument("source", metavar="FILE.py:FUNCTION")
@click.option("--out", "-o", type=_path, required=True, help="The .onnx file to write.")
@click.option("--clip-grad-norm", type=float, help="Clip the gradients' norm to this.")
@click.option("--clip-grad-value", type=float, help="Clip each element of the gradients to this.")
@click.option("--tolerance", type=float, help="Largest deviation from torch. [default: 5e-4]")
@_json
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
    _show(
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


@zkpot.command(name="compile")
@click.argument("step", type=_path)
@click.option("--calibrate", "data", type=_path, required=True, help=_data_help)
@click.option("--out", "-o", type=_path, required=True, help="The .zkprog file to write.")
@click.option("--weights", type=_path, help="A .safetensors file in place of the step's weights.")
@click.option("--lr", type=float, help="Learning rate in place of the step's.")
@click.option("--bits", type=int, default=16, show_default=True, help="Size of activations.")
@click.option("--headroom", type=int, default=3, show_default=True, help="Bits above the maximum.")
@click.option("--max-steps", type=int, help="The longest link that the bounds allow.")
@click.option("--window", default="1", help="Steps proven together: a number, or 'auto'.")
@click.option(
    "--memory",
    type=_Memory(),
    help="With --window auto: of the machines that prove. Default: 16GB.",
)
@click.option("--scale", "scales", multiple=True, help="Fraction bits of a tensor: NAME=BITS.")
@click.option("--range", "ranges", multiple=True, help="Largest magnitude of a tensor: NAME=MAX.")
@click.option("--tensors", type=_path, help="JSON with the scales and ranges of tensors.")
@click.option("--roles", type=_path, help="JSON: which of the graph's tensors is what.")
@click.option("--name", help="What to call the program.")
@_json
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
    _show(
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


@zkpot.command()
@click.argument("program", type=_path)
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
    "--picture", type=_path, help="Also draw what time is for: a .png, .svg or .pdf file."
)
@_json
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
    _show(as_json, value, text)


@zkpot.command()
@click.argument("program", type=_path)
@click.argument("step", type=_path)
@click.option("--data", type=_path, required=True, help=_data_help)
@click.option("--steps", type=int, default=16, show_default=True, help="Steps to look at.")
@click.option("--roles", type=_path, help="JSON: which of the graph's tensors is what.")
@click.option("--plot", type=_path, help="Also draw it: a .png, .svg or .pdf file.")
@_json
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
    _show(as_json, report.to_value(), report.text())


@zkpot.command()
@click.argument("program", metavar="STEP_OR_PROGRAM", type=_path)
@click.option("--data", type=_path, help=_data_help)
@click.option("--steps", type=int, required=True, help="Training steps of the whole run.")
@click.option(
    "--backend",
    type=click.Choice(["native", "ezkl"]),
    default="native",
    show_default=True,
    help="What proves: zkpot itself, or EZKL, one step at a time. Needs zkpot[ezkl].",
)
@click.option("--out", "-o", type=_path, default=Path("run"), show_default=True)
@click.option("--weights", type=_path, help="A .safetensors file: the initial weights.")
@_lr
@click.option("--nonce", help="32 bytes in hexadecimal that fix the batch order.")
@click.option("--seed", type=int, help="A number to derive a nonce from.")
@click.option("--context", default="", help="Free bytes for the statement, hexadecimal.")
@click.option("--commitments", type=_path, help="A folder that 'zkpot commit' made.")
@_evaluation
@_memory
@click.option("--link-steps", type=int, help="The longest link. Default: 64, or what fits.")
@click.option("--shard-rows", type=int, help="Rows of a data shard. Default: what a link reads.")
@click.option("--after", type=_path, help="The directory of a sealed run that this one continues.")
@click.option("--init-seed", help="32 public bytes, hexadecimal, to draw the first weights from.")
@click.option("--keep-data", is_flag=True, help="Let a later run continue with the same data.")
@_public_data
@_workers
@_ray
@_security
@_clear
@_wrapped
@_srs
@_test_srs
@_link
@_scale
@_quiet
@_json
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
    _check_backend(backend)
    if backend == "ezkl":
        circuit = _ezkl_circuit(
            program, data, out / "circuit", weights, link, scale, options["memory"], quiet, as_json
        )
        _ezkl_prove(circuit, data, steps, out, srs, test_srs, options["memory"], quiet, as_json)
        return
    from zkpot.data import read_dataset
    from zkpot.pipeline import rates
    from zkpot.pipeline.compiling import open_program
    from zkpot.pipeline.run import Run

    started = time.monotonic() - machine.process_age()
    progress = _progress(quiet or as_json)
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
        raise _Stopped(out) from None
    _show(
        as_json,
        summary.to_value(),
        f"{out}: {summary.steps} steps proven in {summary.links} links, "
        f"{summary.seconds:.1f} s ({summary.seconds_training:.1f} s training, "
        f"{summary.seconds_proving:.1f} s proving), {size(summary.proof_bytes)}\n"
        f"loss {_number(summary.loss_first)} -> {_number(summary.loss_last)}\n"
        f"first commitment {summary.first_commitment}\n"
        f"last commitment  {summary.last_commitment}\n"
        f"data root        {summary.data_root}\n"
        f"nonce            {summary.nonce}\n"
        + ("" if summary.zero_knowledge else "the links hide nothing\n")
        + f"next: zkpot verify {out}, zkpot weights {out} -o trained.safetensors",
    )


@zkpot.command(name="prove-eval")
@click.argument("run", type=_path)
@click.option("--data", type=_path, required=True, help=_data_help)
@click.option("--out", "-o", type=_path, default=Path("evaluation"), show_default=True)
@_public_data
@_memory
@_clear
@_quiet
@_json
def prove_eval(
    run: Path, data: Path, out: Path, quiet: bool, as_json: bool, **options: Any
) -> None:
    """Prove how good the trained model of a sealed run is, without showing it.

    The proof continues the run: verify it with 'zkpot verify OUT --after RUN'.
    """
    from zkpot.data import read_dataset
    from zkpot.pipeline.proven_evaluation import prove_evaluation

    started = time.monotonic() - machine.process_age()
    progress = _progress(quiet or as_json)
    dataset = read_dataset(data, "test")
    try:
        summary = prove_evaluation(run, dataset, out, since=started, progress=progress, **options)
    except KeyboardInterrupt:
        raise _Stopped(out) from None
    receipt = summary.receipt
    _show(
        as_json,
        {
            **summary.to_value(),
            **{key: receipt.details[key] for key in ("outputs", "output_terms", "rows")},
        },
        f"{out}: evaluated on {receipt.rows} rows in {summary.links} links, "
        f"{summary.seconds:.1f} s, {size(summary.proof_bytes)}"
        f"{_quality(receipt)}\n"
        f"data root        {summary.data_root}\n"
        f"next: zkpot verify {out} --after {run}",
    )


@zkpot.command()
@click.argument("directory", type=_path)
@_json
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
        lines.append(f"loss {found.losses[0]:.4f} {_curve(found.losses)} {found.losses[-1]:.4f}")
    lines += [f"pending: {pending}" for pending in found.pending]
    lines += [f"lost if deleted: {lost}" for lost in found.lost_if_deleted]
    _show(as_json, found.to_value(), "\n".join(lines))


@zkpot.command()
@click.argument("directory", type=_path)
@click.option("--out", "-o", type=_path, required=True, help="The .zkpot file to write.")
@_json
def bundle(directory: Path, out: Path, as_json: bool) -> None:
    """Pack the public part of a run into one file."""
    from zkpot.pipeline.verification import read_bundle

    packed = read_bundle(directory)
    written = packed.write(out)
    _show(
        as_json,
        {"bundle": str(out), "bytes": written, "links": len(packed.links)},
        f"{out}: {len(packed.links)} links, {size(written)}",
    )


@zkpot.command()
@click.argument("proof", type=_path)
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
@click.option("--after", type=_path, help="The run that this one continues, or its receipt.")
@click.option("--accuracy", type=float, help="Least accuracy of an evaluation: 0.95.")
@click.option("--loss", type=float, help="Greatest mean loss of an evaluation, with its error.")
@click.option("--public-data", type=_path, help="The data, where they are public.")
@click.option("--clear", "allow_clear", is_flag=True, help="Accept proofs that hide nothing.")
@_json
def verify(proof: Path, as_json: bool, **expectations: Any) -> None:
    """Verify a bundle or a run directory, with neither data nor weights.

    A proof is about commitments: give what you expect, and read what stays unchecked.
    """
    from zkpot.pipeline.verification import verify as verify_run

    started = time.monotonic()
    receipt = verify_run(proof, **expectations)
    seconds = time.monotonic() - started
    unchecked = ", ".join(receipt.unchecked)
    _show(
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
        + _quality(receipt)
        + (f"\nunchecked: {unchecked} (no expectation was given)" if unchecked else ""),
    )


@zkpot.command()
@click.argument("directory", type=_path)
@click.option("--out", "-o", type=_path, required=True, help="The .safetensors file to write.")
@_json
def weights(directory: Path, out: Path, as_json: bool) -> None:
    """Write the newest weights of a run; they load into the torch model."""
    from zkpot.pipeline.weights import write_weights

    written = write_weights(directory, out)
    _show(
        as_json,
        {"weights": str(out), "steps": written.steps, "tensors": written.shapes},
        f"{out}: weights after step {written.steps} ({len(written.shapes)} tensors)",
    )


@zkpot.command()
@click.argument("program", metavar="STEP_OR_PROGRAM", type=_path)
@click.option("--data", type=_path, required=True, help=_data_help)
@click.option("--steps", type=int, required=True, help="Training steps.")
@click.option("--weights", type=_path, help="A .safetensors file: the initial weights.")
@click.option("--out", "-o", type=_path, help="A .safetensors file for the trained weights.")
@_lr
@click.option("--nonce", help="32 bytes in hexadecimal that fix the batch order.")
@click.option("--seed", type=int, help="A number to derive a nonce from.")
@_evaluation
@_quiet
@_json
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

    progress = _progress(quiet or as_json)
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
    _show(
        as_json,
        trained.to_value(),
        f"{steps} steps in {trained.seconds:.1f} s"
        + (f", loss {_curve(trained.losses)} {trained.losses[-1]:.4f}" if trained.losses else "")
        + (f"\n{held_out.text()}" if held_out else ""),
    )


@zkpot.command()
@click.argument("program", type=_path)
@click.option("--data", type=_path, help=_data_help)
@click.option("--weights", type=_path, help="A .safetensors file.")
@click.option("--out", "-o", type=_path, default=Path("commitment"), show_default=True)
@click.option("--shard-rows", type=int, help="Rows of a data shard.")
@_security
@_json
def commit(
    program: Path,
    data: Path | None,
    weights: Path | None,
    out: Path,
    shard_rows: int | None,
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
    )
    lines = [
        f"first commitment {made.first_commitment}" if made.first_commitment else "",
        f"data root        {made.data_root}  ({len(made.shards)} shards)" if made.data_root else "",
        f"{out}/commitment.json is public; {out}/secret opens it and serves one run",
    ]
    _show(
        as_json,
        {"directory": str(out), **made.to_value()},
        "\n".join(line for line in lines if line),
    )


@zkpot.group()
def ezkl() -> None:
    """Prove single steps with EZKL, and verify such proofs. Needs zkpot[ezkl].

    What they say is weaker than what zkpot's own proofs say: see docs/ezkl.md.
    """


@ezkl.command(name="compile")
@click.argument("step", type=_path)
@click.option("--calibrate", "data", type=_path, required=True, help=_data_help)
@click.option("--out", "-o", type=_path, required=True, help="The circuit's folder.")
@click.option("--weights", type=_path, help="A .safetensors file in place of the step's weights.")
@_link
@_scale
@_memory
@_quiet
@_json
def ezkl_compile(
    step: Path,
    data: Path,
    out: Path,
    weights: Path | None,
    link: Link | None,
    scale: int | None,
    memory: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Turn an ONNX training step into a circuit, and say what it will take."""
    from zkpot.data import read_dataset
    from zkpot.pipeline.ezkl.compiling import SCALE, compile_circuit

    made = compile_circuit(
        step,
        read_dataset(data),
        link=link or "committed",
        scale=scale or SCALE,
        weights=weights,
        folder=out,
        memory=memory,
        progress=_progress(quiet or as_json),
    )
    terms, expected = made.circuit.terms, made.estimate
    _show(
        as_json,
        {
            "circuit": str(out),
            "digest": made.circuit.digest,
            "link": terms.link,
            "scale": terms.scale,
            "logrows": terms.logrows,
            "memory_bytes": expected.memory_bytes,
            "key_bytes": expected.key_bytes,
        },
        f"digest {made.circuit.digest}\n"
        f"k = {terms.logrows}: about {size(expected.memory_bytes)} of memory, "
        f"{size(expected.key_bytes)} of disk\n"
        f"{out}: public, but for initial.safetensors",
    )


@ezkl.command(name="setup")
@click.argument("circuit", type=_path)
@_srs
@_test_srs
@_memory
@_quiet
@_json
def ezkl_setup(
    circuit: Path,
    srs: Path | None,
    test_srs: bool,
    memory: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make the keys of a circuit. They follow from the circuit and the SRS alone."""
    from zkpot.artifacts.ezkl.circuit import CircuitDirectory
    from zkpot.pipeline.ezkl.setup import set_up

    with _progress(quiet or as_json) as progress:
        done = set_up(
            CircuitDirectory(circuit), srs, test_srs=test_srs, memory=memory, progress=progress
        )
    keys = done.keys
    _show(
        as_json,
        {
            "circuit": keys.circuit,
            "vk": keys.vk,
            "srs": keys.srs,
            "test_srs": keys.test_srs,
            "seconds_srs": done.seconds_srs,
            "seconds": done.seconds,
        },
        f"circuit          {keys.circuit}\n"
        f"verifying key    {keys.vk}\n"
        f"SRS              {keys.srs}{_test_srs_note(keys.test_srs)}",
    )


@ezkl.command(name="prove")
@click.argument("circuit", type=_path)
@click.option("--data", type=_path, required=True, help=_data_help)
@click.option("--steps", type=int, required=True, help="Training steps of the whole run.")
@click.option("--out", "-o", type=_path, default=Path("run"), show_default=True)
@_srs
@_test_srs
@_memory
@_quiet
@_json
def ezkl_prove(
    circuit: Path,
    data: Path,
    steps: int,
    out: Path,
    srs: Path | None,
    test_srs: bool,
    memory: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Prove steps, each from what the one before left; or go on with a run."""
    from zkpot.artifacts.ezkl.circuit import CircuitDirectory

    directory = CircuitDirectory(circuit)
    _ezkl_prove(directory, data, steps, out, srs, test_srs, memory, quiet, as_json)


@ezkl.command(name="verify")
@click.argument("run", type=_path)
@_srs
@_test_srs
@click.option("--step", type=_path, help="The training step (.onnx) that must have been proven.")
@click.option("--circuit", help="The circuit that must have been used: its digest or your folder.")
@click.option("--vk", help="Digest of the key of --circuit, if you have set it up before.")
@click.option("--scale", type=int, help="Fraction bits that the circuit must have.")
@click.option("--first", help="Commitment to (hash of) the first weights.")
@click.option("--steps", type=int, help="Number of training steps.")
@click.option(
    "--batch", "batches", multiple=True, help="Commitment to (hash of) a batch, one a step."
)
@_memory
@_quiet
@_json
def ezkl_verify(
    run: Path, batches: tuple[str, ...], quiet: bool, as_json: bool, **expectations: Any
) -> None:
    """Verify a run of EZKL proofs.

    The verifying key is made again, which takes as long as 'zkpot ezkl setup', unless it is in
    the folder of --circuit, or --vk says which it is.
    """
    from zkpot.pipeline.ezkl.verification import verify_steps

    started = time.monotonic()
    receipt = verify_steps(
        run, batches=batches or None, progress=_progress(quiet or as_json), **expectations
    )
    seconds = time.monotonic() - started
    unchecked = ", ".join(receipt.unchecked)
    _show(
        as_json,
        {**receipt.to_value(), "seconds": seconds},
        f"valid: {receipt.steps} training steps proven with EZKL, verified in {seconds:.3f} s\n"
        f"circuit          {receipt.circuit}\n"
        f"verifying key    {receipt.vk} ({receipt.vk_source})\n"
        f"SRS              {receipt.srs}{_test_srs_note(receipt.test_srs)}\n"
        f"first commitment {receipt.first_commitment}\n"
        f"last commitment  {receipt.last_commitment}\n"
        f"statement: {receipt.statement}\n"
        + "".join(f"not proven: {limit}\n" for limit in receipt.limits)
        + (f"unchecked: {unchecked}" if unchecked else "nothing is unchecked"),
    )


@ezkl.command(name="weights")
@click.argument("run", type=_path)
@click.option("--out", "-o", type=_path, required=True, help="The .safetensors file to write.")
@_json
def ezkl_weights(run: Path, out: Path, as_json: bool) -> None:
    """Write the newest weights of a run."""
    from zkpot.pipeline.ezkl.proving import write_ezkl_weights

    steps, shapes = write_ezkl_weights(run, out)
    _show(
        as_json,
        {"weights": str(out), "steps": steps, "tensors": shapes},
        f"{out}: weights after step {steps} ({len(shapes)} tensors)",
    )


@ezkl.command(name="evm")
@click.argument("run", type=_path)
@click.option("--out", "-o", type=_path, default=Path("verifier"), show_default=True)
@click.option("--solc", type=_path, help="Solidity's compiler, 0.8.20. Default: npm's, or solc.")
@_srs
@_test_srs
@click.option("--step", type=_path, help="The training step (.onnx) that must have been proven.")
@click.option("--circuit", help="The circuit that must have been used: its digest or your folder.")
@click.option("--vk", help="Digest of the key of --circuit, if you have set it up before.")
@_memory
@_quiet
@_json
def ezkl_evm(
    run: Path, out: Path, solc: Path | None, quiet: bool, as_json: bool, **checks: Any
) -> None:
    """Verify a run, and write the contract that verifies its proofs on the EVM."""
    from zkpot.pipeline.ezkl.contract import write_contract

    written = write_contract(run, out, solc=solc, progress=_progress(quiet or as_json), **checks)
    _show(
        as_json,
        {"directory": str(out), **written.to_value()},
        f"{out}/verifier.sol: takes proofs of circuit {written.circuit}\n"
        f"SRS              {written.srs}{_test_srs_note(written.test_srs)}\n"
        f"{out}/step-*.calldata: calls that verify the run's {written.steps} proofs\n"
        "the contract checks one proof; compare the commitments of step and step yourself",
    )


def _ezkl_circuit(
    step: Path,
    data: Path | None,
    out: Path,
    weights: Path | None,
    link: Link | None,
    scale: int | None,
    memory: int | None,
    quiet: bool,
    as_json: bool,
) -> CircuitDirectory:
    """The circuit in a folder, made there unless it is this one already."""
    from zkpot.data import read_dataset
    from zkpot.pipeline.ezkl.compiling import open_circuit

    if data is None:
        raise InputError(f"{step}: compiling needs data to calibrate on: give --data")
    return open_circuit(
        step,
        read_dataset(data),
        folder=out,
        link=link,
        scale=scale,
        weights=weights,
        memory=memory,
        progress=_progress(quiet or as_json),
    )


def _ezkl_prove(
    circuit: CircuitDirectory,
    data: Path | None,
    steps: int,
    out: Path,
    srs: Path | None,
    test_srs: bool,
    memory: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    from zkpot.data import read_dataset
    from zkpot.pipeline.ezkl.proving import prove_steps

    if data is None:
        raise InputError("EZKL proves with data: give --data")
    proven = prove_steps(
        circuit,
        read_dataset(data),
        steps,
        out,
        srs=srs,
        test_srs=test_srs,
        memory=memory,
        progress=_progress(quiet or as_json),
    )
    _show(
        as_json,
        proven.to_value(),
        f"{out}: {proven.steps} steps proven with EZKL, {proven.seconds:.1f} s, "
        f"{size(proven.proof_bytes)}\n"
        f"circuit          {proven.circuit}\n"
        f"verifying key    {proven.vk}\n"
        f"SRS              {proven.srs}{_test_srs_note(proven.test_srs)}\n"
        f"first commitment {proven.first_commitment}\n"
        f"last commitment  {proven.last_commitment}\n"
        f"{out}/public is for the verifier: zkpot ezkl verify {out}",
    )


# Options of 'prove' that one backend alone has.
_EZKL_ALONE = ("srs", "test_srs", "link", "scale")
_EZKL_TAKES = ("program", "data", "steps", "backend", "out", "weights", "memory", "quiet")


def _check_backend(backend: str) -> None:
    """Refuses options that the backend does not know, rather than to ignore them."""
    context = click.get_current_context()
    given = [
        parameter
        for parameter in context.command.params
        if context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    ]
    for parameter in given:
        of_ezkl = parameter.name in _EZKL_ALONE
        known = of_ezkl or parameter.name in (*_EZKL_TAKES, "as_json")
        if (backend == "native" and of_ezkl) or (backend == "ezkl" and not known):
            raise InputError(f"{parameter.opts[0]} does not go with --backend {backend}")


def _test_srs_note(test: bool) -> str:
    return "  (TEST: whoever made it can forge proofs; for local use only)" if test else ""


class _Stopped(ZkpotError):
    """Ctrl-C ended a run that can be continued."""

    exit_code = _INTERRUPTED

    def __init__(self, directory: Path) -> None:
        from zkpot.artifacts.run_directory import RunDirectory

        last = RunDirectory(directory).journal.last
        steps = last.steps if last else 0
        super().__init__(
            f"stopped; {steps} steps are proven in {directory}; run the same command to go on"
        )


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
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail(as_json, KeyboardInterrupt(), "stopped", _INTERRUPTED)


def _fail(as_json: bool, error: BaseException, message: str, exit_code: int) -> None:
    """Reports what went wrong; never returns."""
    click.echo(f"zkpot: {message}", err=True)
    if as_json:
        value: dict[str, Any] = {"error": type(error).__name__.lstrip("_"), "message": message}
        if isinstance(error, IncompleteRun):
            value |= {"complete": False, "pending": error.pending}
        click.echo(json.dumps(value))
    sys.exit(exit_code)


def _show(as_json: bool, value: dict[str, Any], text: str) -> None:
    click.echo(json.dumps(value, default=list) if as_json else text)


def _progress(silent: bool) -> Progress:
    if silent:
        return Progress()
    return default_progress() if sys.stderr.isatty() else Lines()


def _quality(receipt: Receipt) -> str:
    """What an evaluation proves, on lines of its own."""
    text = ""
    if receipt.accuracy is not None:
        correct, all_places = receipt.outputs["correct"], receipt.output_terms["correct"].summands
        text += f"\naccuracy         {receipt.accuracy:.2%} ({correct} of {all_places})"
    if receipt.loss is not None:
        error = f" within {receipt.loss_error:.1g}" if receipt.loss_error else ""
        text += f"\nloss             {receipt.loss:.6f}{error}"
    return text


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.4f}"


def _curve(values: Sequence[float], width: int = 40) -> str:
    """Values as a row of small bars."""
    marks = "▁▂▃▄▅▆▇█"
    count = min(width, len(values))
    means = [
        sum(part) / len(part)
        for i in range(count)
        if (part := values[len(values) * i // count : len(values) * (i + 1) // count])
    ]
    low, high = min(means, default=0.0), max(means, default=0.0)
    span = (high - low) or 1.0
    return "".join(marks[int((mean - low) / span * (len(marks) - 1))] for mean in means)

"""From a training step to a program, and what it will cost."""

from __future__ import annotations

from pathlib import Path

import click

from zkpot.cli import options
from zkpot.cli.reporting import show
from zkpot.errors import InputError
from zkpot.plan import size


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
@options.STEP_WEIGHTS
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

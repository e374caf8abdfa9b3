"""Commitments of the owner of weights or data."""

from __future__ import annotations

from pathlib import Path

import click

from zkpot.cli import options
from zkpot.cli.reporting import show


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

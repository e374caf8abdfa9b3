"""Commands that make a wrapped run one proof for a contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from zkpot import machine
from zkpot.cli import options
from zkpot.cli.reporting import reporter, show, test_srs_note
from zkpot.plan import size

F = TypeVar("F", bound=Callable[..., Any])

_keys = click.option(
    "--keys", type=options.PATH, help="Where keys are kept. Default: with your cached files."
)
_srs = click.option(
    "--srs",
    type=options.PATH,
    help="Powers of tau of a ceremony, for new keys: a .ptau file, or halo2's raw format.",
)
_test_srs = click.option(
    "--test-srs",
    is_flag=True,
    help="A secret that everybody knows serves: for local chains only, proofs can be forged.",
)
_first = click.option(
    "--first", type=click.IntRange(0), default=0, help="Number of the first link."
)
_links = click.option("--links", type=click.IntRange(1), help="How many links. Default: the rest.")


def _shared(command: F) -> F:
    """What all commands that make keys take."""
    for option in reversed(
        (_first, _links, _keys, _srs, _test_srs, options.MEMORY, options.QUIET, options.AS_JSON)
    ):
        command = option(command)
    return command


class _WithDefault(click.Group):
    """A group whose first argument may be a run in place of a command."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments and arguments[0] not in self.commands:
            # Not by a name, which a run's directory might have, too.
            return "", wrap_run, arguments
        return super().resolve_command(context, arguments)


@click.group(cls=_WithDefault)
def wrap() -> None:
    """Make one proof of a wrapped run that a contract checks: zkpot wrap RUN -o proof.evm.

    The run is one that 'zkpot prove --wrapped' made. The proof hides weights and data, and says the
    same as the run.
    """


@click.command()
@click.argument("run", type=options.PATH)
@click.option("--out", "-o", type=options.PATH, required=True, help="The .evm file to write.")
@_shared
def wrap_run(
    run: Path, out: Path, first: int, links: int | None, quiet: bool, as_json: bool, **given: Any
) -> None:
    """Prove for a contract that the links of a wrapped run verify."""
    from zkpot.pipeline.wrapping.proving import wrap_run as prove
    from zkpot.pipeline.wrapping.setup import KeyOptions

    with reporter(quiet or as_json) as progress:
        making = KeyOptions(**given)
        wrapped = prove(run, out, first=first, links=links, options=making, progress=progress)
    proof = wrapped.proof
    steps = proof.terms.steps * len(proof.links)
    show(
        as_json,
        {
            "proof": str(out),
            "circuit": proof.circuit,
            "steps": steps,
            "links": len(proof.links),
            "proof_bytes": len(proof.proof) // 2,
            "test_srs": wrapped.test_srs,
            "seconds_keys": wrapped.seconds_keys,
            "seconds": wrapped.seconds,
            "peak_rss_bytes": machine.peak_memory(),
        },
        f"{out}: {steps} steps in one proof of {size(len(proof.proof) // 2)}, "
        f"{wrapped.seconds:.1f} s\n"
        f"circuit          {proof.circuit}{test_srs_note(wrapped.test_srs)}\n"
        f"first commitment {proof.terms.first}\n"
        f"last commitment  {proof.links[-1].after}\n"
        f"next: zkpot wrap contract {run} -o contract",
    )


@wrap.command(name="setup")
@click.argument("run", type=options.PATH)
@_shared
def wrap_setup(
    run: Path, first: int, links: int | None, quiet: bool, as_json: bool, **given: Any
) -> None:
    """Make the keys for proofs of links like those of a run. They are kept."""
    from zkpot.pipeline.wrapping.ready import make_ready
    from zkpot.pipeline.wrapping.setup import KeyOptions

    with reporter(quiet or as_json) as progress:
        ready = make_ready(run, first, links, KeyOptions(**given), progress)
    read, made = ready.read, ready.made
    show(
        as_json,
        {
            "keys": str(made.folder),
            "circuit": made.keys.digest,
            "k": made.circuit.k,
            "columns": made.circuit.columns,
            "test_srs": made.keys.known,
            "seconds": made.seconds,
            "peak_rss_bytes": machine.peak_memory(),
        },
        f"{made.folder}: keys for {len(read.links)} links of {read.terms.steps} steps, "
        + (f"{made.seconds:.1f} s\n" if made.seconds else "made before\n")
        + f"circuit          {made.keys.digest}{test_srs_note(made.keys.known)}",
    )


@wrap.command(name="contract")
@click.argument("run", type=options.PATH)
@click.option("--out", "-o", type=options.PATH, default=Path("contract"), show_default=True)
@_shared
def wrap_contract(
    run: Path, out: Path, first: int, links: int | None, quiet: bool, as_json: bool, **given: Any
) -> None:
    """Write the contract that checks proofs of links like those of a run."""
    from dataclasses import asdict

    from zkpot.pipeline.wrapping.contract import SOURCE, TERMS, write_contract
    from zkpot.pipeline.wrapping.setup import KeyOptions

    with reporter(quiet or as_json) as progress:
        making = KeyOptions(**given)
        front = write_contract(
            run, out, first=first, links=links, options=making, progress=progress
        )
    show(
        as_json,
        {"directory": str(out), **asdict(front)},
        f"{out / SOURCE}: checks proofs of circuit {front.circuit}"
        f"{test_srs_note(front.test_srs)}\n"
        f"compile it with solc {front.solc} and the settings of {out / TERMS}, which also has what "
        "the constructor of contracts/src/TrainingVerifier.sol takes",
    )


@wrap.command(name="circuit")
@click.argument("run", type=options.PATH)
@click.option("--out", "-o", type=options.PATH, required=True, help="The .zkcirc file to write.")
@_shared
def wrap_circuit(
    run: Path, out: Path, first: int, links: int | None, quiet: bool, as_json: bool, **given: Any
) -> None:
    """Write the file that checks proofs of links like those of a run where there is no EVM."""
    from dataclasses import asdict

    from zkpot.pipeline.wrapping.circuit_file import write_circuit
    from zkpot.pipeline.wrapping.setup import KeyOptions

    with reporter(quiet or as_json) as progress:
        making = KeyOptions(**given)
        written = write_circuit(
            run, out, first=first, links=links, options=making, progress=progress
        )
    show(
        as_json,
        {"file": str(out), **asdict(written)},
        f"{out}: {size(written.size)}, checks proofs of circuit {written.circuit}"
        f"{test_srs_note(written.test_srs)}\n"
        f"digest           {written.digest}",
    )


@wrap.command(name="open")
@click.argument("proof", type=options.PATH)
@click.option("--program", type=options.PATH, required=True, help="The program: program.zkprog.")
@click.option("--ciphertext", type=options.PATH, required=True, help="What was delivered.")
@click.option("--key", type=options.PATH, required=True, help="A file with the key.")
@click.option("--link", type=int, default=-1, help="Number of the link. Default: the last one.")
@click.option("--out", "-o", type=options.PATH, required=True, help="The .safetensors file.")
@options.AS_JSON
def wrap_open(proof: Path, out: Path, as_json: bool, **given: Any) -> None:
    """Decrypt the states that were delivered, and compare them with what was proven."""
    from zkpot.pipeline.wrapping.opening import open_envelope

    opened = open_envelope(proof, out=out, **given)
    show(
        as_json,
        {"weights": str(out), "commitment": opened.commitment, "tensors": opened.shapes},
        f"{out}: {len(opened.shapes)} tensors, which are what was proven\n"
        f"commitment       {opened.commitment}",
    )


@wrap.command(name="verify")
@click.argument("proof", type=options.PATH)
@click.option("--circuit", type=options.PATH, help="A .zkcirc file: needs no keys.")
@click.option("--binary", type=options.PATH, help="Where to write its binary form (--circuit).")
@_keys
@_test_srs
@options.AS_JSON
def wrap_verify(
    proof: Path, circuit: Path | None, binary: Path | None, as_json: bool, **given: Any
) -> None:
    """Check a proof as the contract does, with the keys of this machine or a circuit file."""
    from zkpot.pipeline.wrapping.setup import KeyOptions
    from zkpot.pipeline.wrapping.verification import verify_with_circuit, verify_wrapped

    if circuit is None:
        if binary is not None:
            raise click.UsageError("--binary is written with --circuit")
        found, known = verify_wrapped(proof, KeyOptions(**given)), given["test_srs"]
    else:
        found, known = verify_with_circuit(proof, circuit, given["test_srs"], binary)
    terms, steps = found.terms, found.terms.steps * len(found.links)
    show(
        as_json,
        {
            "valid": True,
            "circuit": found.circuit,
            "program": terms.program,
            "steps": steps,
            "first_step": found.start.first_step,
            "first_commitment": terms.first,
            "last_commitment": found.links[-1].after,
            "shard": terms.shard,
            "nonce": terms.nonce,
            "test_srs": known,
            "zero_knowledge": True,
        },
        f"valid: {steps} training steps in one proof\n"
        f"circuit          {found.circuit}{test_srs_note(known)}\n"
        f"program          {terms.program}\n"
        f"first commitment {terms.first}\n"
        f"last commitment  {found.links[-1].after}\n"
        f"data             {terms.shard}\n"
        f"nonce            {terms.nonce}",
    )

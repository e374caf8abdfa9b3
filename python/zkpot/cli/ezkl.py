"""Commands of the EZKL backend."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpot.cli import options
from zkpot.cli.reporting import reporter, show, test_srs_note
from zkpot.errors import InputError
from zkpot.plan import size

if TYPE_CHECKING:
    from zkpot.artifacts.ezkl.circuit import CircuitDirectory
    from zkpot.artifacts.ezkl.terms import Link


@click.group()
def ezkl() -> None:
    """Prove single steps with EZKL, and verify such proofs. Needs zkpot[ezkl].

    What they say is weaker than what zkpot's own proofs say: see docs/ezkl.md.
    """


@ezkl.command(name="compile")
@click.argument("step", type=options.PATH)
@click.option("--calibrate", "data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--out", "-o", type=options.PATH, required=True, help="The circuit's folder.")
@options.STEP_WEIGHTS
@options.LINK
@options.SCALE
@options.MEMORY
@options.QUIET
@options.AS_JSON
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
        progress=reporter(quiet or as_json),
    )
    terms, expected = made.circuit.terms, made.estimate
    show(
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
@click.argument("circuit", type=options.PATH)
@options.SRS
@options.TEST_SRS
@options.MEMORY
@options.QUIET
@options.AS_JSON
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

    with reporter(quiet or as_json) as progress:
        done = set_up(
            CircuitDirectory(circuit), srs, test_srs=test_srs, memory=memory, progress=progress
        )
    keys = done.keys
    show(
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
        f"SRS              {keys.srs}{test_srs_note(keys.test_srs)}",
    )


@ezkl.command(name="prove")
@click.argument("circuit", type=options.PATH)
@click.option("--data", type=options.PATH, required=True, help=options.DATA_HELP)
@click.option("--steps", type=int, required=True, help="Training steps of the whole run.")
@click.option("--out", "-o", type=options.PATH, default=Path("run"), show_default=True)
@options.SRS
@options.TEST_SRS
@options.MEMORY
@options.QUIET
@options.AS_JSON
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
    prove_with_ezkl(directory, data, steps, out, srs, test_srs, memory, quiet, as_json)


@ezkl.command(name="verify")
@click.argument("run", type=options.PATH)
@options.SRS
@options.TEST_SRS
@click.option(
    "--step", type=options.PATH, help="The training step (.onnx) that must have been proven."
)
@click.option("--circuit", help="The circuit that must have been used: its digest or your folder.")
@click.option("--vk", help="Digest of the key of --circuit, if you have set it up before.")
@click.option("--scale", type=int, help="Fraction bits that the circuit must have.")
@click.option("--first", help="Commitment to (hash of) the first weights.")
@click.option("--steps", type=int, help="Number of training steps.")
@click.option(
    "--batch", "batches", multiple=True, help="Commitment to (hash of) a batch, one a step."
)
@options.MEMORY
@options.QUIET
@options.AS_JSON
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
        run, batches=batches or None, progress=reporter(quiet or as_json), **expectations
    )
    seconds = time.monotonic() - started
    unchecked = ", ".join(receipt.unchecked)
    show(
        as_json,
        {**receipt.to_value(), "seconds": seconds},
        f"valid: {receipt.steps} training steps proven with EZKL, verified in {seconds:.3f} s\n"
        f"circuit          {receipt.circuit}\n"
        f"verifying key    {receipt.vk} ({receipt.vk_source})\n"
        f"SRS              {receipt.srs}{test_srs_note(receipt.test_srs)}\n"
        f"first commitment {receipt.first_commitment}\n"
        f"last commitment  {receipt.last_commitment}\n"
        f"statement: {receipt.statement}\n"
        + "".join(f"not proven: {limit}\n" for limit in receipt.limits)
        + (f"unchecked: {unchecked}" if unchecked else "nothing is unchecked"),
    )


@ezkl.command(name="weights")
@click.argument("run", type=options.PATH)
@click.option(
    "--out", "-o", type=options.PATH, required=True, help="The .safetensors file to write."
)
@options.AS_JSON
def ezkl_weights(run: Path, out: Path, as_json: bool) -> None:
    """Write the newest weights of a run."""
    from zkpot.pipeline.ezkl.proving import write_ezkl_weights

    steps, shapes = write_ezkl_weights(run, out)
    show(
        as_json,
        {"weights": str(out), "steps": steps, "tensors": shapes},
        f"{out}: weights after step {steps} ({len(shapes)} tensors)",
    )


@ezkl.command(name="evm")
@click.argument("run", type=options.PATH)
@click.option("--out", "-o", type=options.PATH, default=Path("verifier"), show_default=True)
@click.option(
    "--solc", type=options.PATH, help="Solidity's compiler, 0.8.20. Default: npm's, or solc."
)
@options.SRS
@options.TEST_SRS
@click.option(
    "--step", type=options.PATH, help="The training step (.onnx) that must have been proven."
)
@click.option("--circuit", help="The circuit that must have been used: its digest or your folder.")
@click.option("--vk", help="Digest of the key of --circuit, if you have set it up before.")
@options.MEMORY
@options.QUIET
@options.AS_JSON
def ezkl_evm(
    run: Path, out: Path, solc: Path | None, quiet: bool, as_json: bool, **checks: Any
) -> None:
    """Verify a run, and write the contract that verifies its proofs on the EVM."""
    from zkpot.pipeline.ezkl.contract import write_contract

    written = write_contract(run, out, solc=solc, progress=reporter(quiet or as_json), **checks)
    show(
        as_json,
        {"directory": str(out), **written.to_value()},
        f"{out}/verifier.sol: takes proofs of circuit {written.circuit}\n"
        f"SRS              {written.srs}{test_srs_note(written.test_srs)}\n"
        f"{out}/step-*.calldata: calls that verify the run's {written.steps} proofs\n"
        "the contract checks one proof; compare the commitments of step and step yourself",
    )


def open_circuit_folder(
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
        progress=reporter(quiet or as_json),
    )


def prove_with_ezkl(
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
    """Proves steps on circuits, and says what was proven."""
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
        progress=reporter(quiet or as_json),
    )
    show(
        as_json,
        proven.to_value(),
        f"{out}: {proven.steps} steps proven with EZKL, {proven.seconds:.1f} s, "
        f"{size(proven.proof_bytes)}\n"
        f"circuit          {proven.circuit}\n"
        f"verifying key    {proven.vk}\n"
        f"SRS              {proven.srs}{test_srs_note(proven.test_srs)}\n"
        f"first commitment {proven.first_commitment}\n"
        f"last commitment  {proven.last_commitment}\n"
        f"{out}/public is for the verifier: zkpot ezkl verify {out}",
    )

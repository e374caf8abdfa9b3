"""Checking a run, without its data or weights."""

from __future__ import annotations

from pathlib import Path

from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.program import Program
from zkpot.artifacts.receipt import Receipt
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError
from zkpot.pipeline.nonce import digest, hexadecimal


def verify(
    proof: str | Path | bytes,
    *,
    program: Program | str | Path | None = None,
    first: str | None = None,
    data_root: str | None = None,
    nonce: str | None = None,
    steps: int | None = None,
    context: str | None = None,
) -> Receipt:
    """Verifies a closed run and says what it proves.

    A proof is about commitments and digests; what they mean to you is in the expectations.
    Those that are not given are listed in the receipt under `unchecked`.

    Args:
        proof: A bundle (file or bytes) or a run directory.
        program: The program that must have been run: a `Program`, its file or its digest.
        first: Commitment to the first weights, hexadecimal.
        data_root: Root that names the dataset, hexadecimal.
        nonce: What the batch order must have been drawn from, hexadecimal.
        steps: Number of training steps.
        context: Free bytes of the statement, hexadecimal.

    Raises:
        InvalidProof: The proof is refused, or is about something else than expected.
        IncompleteRun: It verifies as far as it goes, but the run is not closed.
        InputError: An argument cannot be used.
    """
    bundle = Bundle.from_bytes(proof) if isinstance(proof, bytes) else read_bundle(Path(proof))
    expectations: dict[str, str | int | None] = {
        "program": _program_digest(program),
        "first": first and digest("--first", first),
        "data_root": data_root and digest("--data-root", data_root),
        "nonce": nonce and digest("--nonce", nonce),
        "steps": steps,
        "context": None if context is None else hexadecimal("--context", context),
    }
    given = {name: value for name, value in expectations.items() if value is not None}
    return native.verify(bundle, given)


def read_bundle(path: Path) -> Bundle:
    """The public part of a run, from a bundle file or a run directory."""
    if not path.exists():
        raise InputError(f"{path}: no such file or directory")
    return RunDirectory(path).bundle() if path.is_dir() else Bundle.read(path)


def _program_digest(program: Program | str | Path | None) -> str | None:
    if program is None:
        return None
    if isinstance(program, Program):
        return program.digest
    path = Path(program)
    return Program.read_public(path).digest if path.exists() else digest("--program", str(program))

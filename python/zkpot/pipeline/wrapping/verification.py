"""Checking a proof for a contract without a chain."""

from __future__ import annotations

from pathlib import Path

from zkpot.artifacts.circuit_name import CircuitName
from zkpot.artifacts.durable import write_file
from zkpot.artifacts.evm_proof import LARGEST_FILE, EvmProof
from zkpot.artifacts.reading import read_bounded
from zkpot.backends import wrap
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.wrapping.setup import KeyOptions

#: No circuit file is larger; most have less than 10 kB.
LARGEST_CIRCUIT = 1 << 20


def verify_wrapped(path: Path, options: KeyOptions) -> EvmProof:
    """Checks a file as front and contract check a call with it; returns what it says.

    Args:
        path: The file.
        options: Where keys come from.

    Raises:
        InvalidProof: It does not verify.
        InputError: It is no such file, or its circuit has no keys here.
    """
    proof = EvmProof.read(path)
    terms = proof.terms
    steps = (terms.steps,) * len(proof.links)
    name = CircuitName(terms.program, steps, terms.rows, terms.security, proof.envelopes)
    found = options.kept(name)
    if found is None:
        folder = options.folder(name)
        raise InputError(f"{folder}: no keys for this circuit: make them with 'zkpot wrap setup'")
    if found.digest != proof.circuit:
        raise InvalidProof(f"{path}: it is of another circuit or SRS than these keys")
    wrap.verify(found, proof.public_inputs(), bytes.fromhex(proof.proof))
    return proof


def verify_with_circuit(
    path: Path, circuit: Path, test_srs: bool = False, out: Path | None = None
) -> tuple[EvmProof, bool]:
    """Checks a file as chains without an EVM do, with the circuit's file and without keys.

    Args:
        path: The file.
        circuit: What 'zkpot wrap circuit' wrote.
        test_srs: Whether a circuit from a secret that everybody knows serves.
        out: Where to write the proof in its binary form.

    Returns:
        What it says, and whether everybody can forge such proofs.

    Raises:
        InvalidProof: It does not verify.
        InputError: One of them is no such file.
    """
    text = read_bounded(path, LARGEST_FILE)
    proof = EvmProof.read(path)
    try:
        verifier = wrap.read_verifier(read_bounded(circuit, LARGEST_CIRCUIT))
    except InputError as error:
        raise InputError(f"{circuit}: {error}") from error
    if verifier.known and not test_srs:
        raise InputError(
            f"{circuit}: a circuit from a secret that everybody knows: take another, or give "
            "--test-srs for local use only"
        )
    try:
        binary = verifier.verify(text)
    except InvalidProof as error:
        raise InvalidProof(f"{path}: {error}") from error
    if out is not None:
        write_file(out, binary)
    return proof, verifier.known

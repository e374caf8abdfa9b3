"""Checking a proof for a contract without a chain."""

from __future__ import annotations

from pathlib import Path

from zkpot.artifacts.circuit_name import CircuitName
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.backends import wrap
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.wrapping.setup import KeyOptions


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

"""Trained states that were paid for: decrypted, and compared with what was proven."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.envelope import Envelope
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.errors import InputError
from zkpot.pipeline.delivering import read_ciphertext, read_key
from zkpot.pipeline.integers import parameters
from zkpot.pipeline.weights import write_tensors


@dataclass(frozen=True)
class Opened:
    """What was written.

    Attributes:
        commitment: To the states that the envelope holds.
        shapes: Of each tensor.
    """

    commitment: str
    shapes: dict[str, tuple[int, ...]]


def open_envelope(
    proof: Path, program: Path, ciphertext: Path, key: Path, out: Path, link: int = -1
) -> Opened:
    """Decrypts the states after a link of a proof, and writes the weights as .safetensors.

    The commitment is rebuilt from what was decrypted, so that nobody's word is taken.

    Args:
        proof: What 'zkpot wrap' wrote, and a chain accepted.
        program: The program that was trained.
        ciphertext: What was delivered.
        key: A file with the key, 64 hexadecimal digits.
        out: The file to write.
        link: Number of the link in the proof; the last one, unless it is said.

    Raises:
        InvalidProof: The ciphertext or the key are others than the proof states, or do not hold
            what was committed to.
        InputError: A file is none, or the proof has no envelopes.
    """
    read = EvmProof.read(proof)
    if not read.envelopes:
        raise InputError(f"{proof}: its links have no envelopes; they were proven without")
    if not -len(read.links) <= link < len(read.links):
        raise InputError(f"{proof}: it has {len(read.links)} links, and not number {link}")
    proven = read.links[link]
    stated = proven.envelope
    assert stated is not None
    compiled = Program.read_public(program)
    if compiled.digest != read.terms.program:
        raise InputError(f"{program}: another program than the proof is about")
    envelope = Envelope(read_ciphertext(ciphertext, stated.ciphertext), read_key(key, stated.key))
    states = native.open_envelope(compiled, read.terms.security, proven.after, envelope)
    weights = parameters(compiled, states)
    write_tensors(out, weights)
    return Opened(proven.after, {name: value.shape for name, value in weights.items()})

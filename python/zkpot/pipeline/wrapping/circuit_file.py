"""The file with which proofs of a circuit are verified where there is no EVM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.durable import write_file
from zkpot.artifacts.keccak import keccak256
from zkpot.pipeline.wrapping.contract import Shape, shape
from zkpot.pipeline.wrapping.ready import make_ready
from zkpot.pipeline.wrapping.setup import KeyOptions
from zkpot.progress import Progress


@dataclass(frozen=True)
class CircuitFile:
    """What was written.

    Attributes:
        circuit: Digest of the circuit and the SRS.
        digest: keccak256 of the file, which verifiers pin.
        size: Its bytes.
        test_srs: Whether everybody can forge proofs that it accepts.
        shape: What proofs of the circuit say.
    """

    circuit: str
    digest: str
    size: int
    test_srs: bool
    shape: Shape


def write_circuit(
    run: Path,
    out: Path,
    *,
    first: int = 0,
    links: int | None = None,
    options: KeyOptions | None = None,
    progress: Progress | None = None,
) -> CircuitFile:
    """Writes the file that verifies proofs of links like these.

    Args:
        run: A run directory or a bundle, proven with `wrapped`.
        out: The file to write.
        first: Number of the first link.
        links: How many links a proof has; all that follow, unless it is said.
        options: Where keys come from.
        progress: Where to report to.

    Raises:
        InvalidProof: The run does not verify.
        InputError: It is not wrapped, or there are no keys, or the file cannot be written.
        NotEnoughResources: Its circuit does not fit into a contract, or into memory.
    """
    ready = make_ready(run, first, links, options, progress)
    keys = ready.made.keys
    terms = shape(ready.read, keys.proof_bytes)
    content = keys.circuit(terms)
    write_file(out, content)
    return CircuitFile(keys.digest, keccak256(content).hex(), len(content), keys.known, terms)

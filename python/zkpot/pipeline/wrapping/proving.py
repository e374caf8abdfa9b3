"""A proof that a contract checks, of a wrapped run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.backends import wrap
from zkpot.pipeline.ticking import ticking
from zkpot.pipeline.wrapping.ready import make_ready
from zkpot.pipeline.wrapping.setup import KeyOptions
from zkpot.progress import Progress


@dataclass(frozen=True)
class Wrapped:
    """A proof for a contract.

    Attributes:
        proof: What the file holds.
        test_srs: Whether everybody can forge such proofs.
        seconds_keys: What making keys took; zero where they were there.
        seconds: What proving took.
    """

    proof: EvmProof
    test_srs: bool
    seconds_keys: float
    seconds: float


def wrap_run(
    run: Path,
    out: Path,
    *,
    first: int = 0,
    links: int | None = None,
    options: KeyOptions | None = None,
    progress: Progress | None = None,
) -> Wrapped:
    """Proves in zero knowledge that links of a wrapped run verify, and writes the proof.

    Args:
        run: A run directory or a bundle, proven with `wrapped`.
        out: The file to write.
        first: Number of the first link.
        links: How many links; all that follow, unless it is said.
        options: Where keys come from.
        progress: Where to report to.

    Raises:
        InvalidProof: The run does not verify.
        InputError: It is not wrapped, or there are no keys.
        NotEnoughResources: Its circuit does not fit into a contract, or into memory.
    """
    progress = progress or Progress()
    ready = make_ready(run, first, links, options, progress, envelopes=True)
    read, made = ready.read, ready.made
    started = time.monotonic()
    tick = ticking(progress, "prove for a contract", made.estimate.seconds_proof)
    hashed, proof = wrap.prove(made.circuit, made.keys, read.links, ready.envelopes, tick)
    wrapped = EvmProof(
        circuit=made.keys.digest,
        terms=read.terms,
        start=read.start,
        links=read.proven,
        hash=hashed,
        proof=proof.hex(),
    )
    # The file says the same as the circuit, or nothing is written.
    wrap.verify(made.keys, wrapped.public_inputs(), proof)
    wrapped.write(out)
    return Wrapped(wrapped, made.keys.known, made.seconds, time.monotonic() - started)

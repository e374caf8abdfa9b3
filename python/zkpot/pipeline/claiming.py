"""What a run claims of a chunk before there is a proof of it for a chain."""

from __future__ import annotations

from pathlib import Path

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.pipeline.wrapping.links import read_links


def unproven(run: Path, first: int, links: int) -> EvmProof:
    """Links of a wrapped run as a chain is told of them, without hash and proof.

    Args:
        run: A run directory or a bundle, which is verified.
        first: Number of the first link.
        links: How many a proof has.

    Raises:
        InvalidProof: The run does not verify.
        InputError: It is no wrapped one, or has no such links.
    """
    read = read_links(run, first, links)
    return EvmProof(
        # It names keys, and there are none yet.
        circuit="00" * 32,
        terms=read.terms,
        start=read.start,
        links=read.proven,
        hash="00" * 32,
        proof="",
    )

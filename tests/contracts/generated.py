"""A generated verifier with the front before it, as 'zkpot wrap contract' describes both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.compile import Contract, compile_sources
from tests.contracts.chain import Chain
from tests.contracts.front import FRONT, Front

SOURCE = "Verifier.sol"
_FIELDS = (
    *("security", "rows", "steps", "scalars", "outputs", "links", "mostSteps", "proofBytes"),
    "envelopes",
)


def compile_generated(folder: Path) -> Contract:
    """The contract of a folder, with the settings that the folder names."""
    terms = json.loads((folder / "front.json").read_text())
    (contract,) = compile_sources(
        {SOURCE: (folder / SOURCE).read_text()}, settings=terms["settings"]
    ).values()
    return contract


def put_generated(
    chain: Chain, compiled: Mapping[str, Contract], folder: Path, generated: Contract
) -> Front:
    """Both on a chain."""
    terms = json.loads((folder / "front.json").read_text())
    shape: dict[str, Any] = terms["shape"]
    arguments = (bytes.fromhex(shape["program"]), *(shape[name] for name in _FIELDS))
    verifier = chain.deploy(generated)
    front = chain.deploy(
        compiled[FRONT],
        verifier.address,
        chain.code_hash(verifier.address),
        terms["gas_cap"],
        arguments,
    )
    return Front(chain, front, verifier)

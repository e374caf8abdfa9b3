"""Says what the golden wrapped proofs state: python tests/golden/make_wrapped.py

The circuit file and the proofs are of two chunks of a digits run with envelopes, as 'zkpot wrap
circuit' and 'zkpot wrap' wrote them, and the example 'wrapped_form' of rust/wrapped made the binary
form. What is expected of them comes from Python's own packing.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.artifacts.keccak import keccak256

HERE = Path(__file__).parent / "wrapped"
CIRCUIT, PROOFS = "digits.zkcirc", ("0", "1")


def expected(proof: EvmProof) -> dict[str, Any]:
    """What a receipt of a proof says."""
    terms, start = proof.terms, proof.start
    return {
        "circuit": proof.circuit,
        "test_srs": True,
        "program": terms.program,
        "security": terms.security,
        "rows": terms.rows,
        "first": terms.first,
        "shard": terms.shard,
        "nonce": terms.nonce,
        "earlier_steps": terms.earlier_steps,
        "context": terms.context,
        "start": {
            "statement": start.previous,
            "states": start.before,
            "steps": start.first_step,
        },
        "end": {
            "statement": proof.statements()[-1].digest().hex(),
            "states": proof.links[-1].after,
            "steps": start.first_step + terms.steps * len(proof.links),
        },
        "links": [
            {
                "trained": link.after,
                "scalars": list(link.scalars),
                "outputs": list(link.outputs),
                "envelope": link.envelope and asdict(link.envelope),
            }
            for link in proof.links
        ],
    }


def index() -> dict[str, Any]:
    """What index.json holds."""
    return {
        "circuit": CIRCUIT,
        "digest": keccak256((HERE / CIRCUIT).read_bytes()).hex(),
        "proofs": [
            {
                "json": f"{name}.evm",
                "binary": f"{name}.zkwrap",
                "receipt": expected(EvmProof.read(HERE / f"{name}.evm")),
            }
            for name in PROOFS
        ],
    }


if __name__ == "__main__":
    (HERE / "index.json").write_text(json.dumps(index(), indent=1) + "\n")

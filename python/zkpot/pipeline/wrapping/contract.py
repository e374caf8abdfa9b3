"""The contract that checks proofs of a circuit, and what the front before it is made with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zkpot.artifacts.durable import unwritable, write_file
from zkpot.pipeline.wrapping.links import WrappedLinks
from zkpot.pipeline.wrapping.ready import make_ready
from zkpot.pipeline.wrapping.setup import KeyOptions
from zkpot.progress import Progress

#: The version that the library generates for. With the optimizer's new pipeline it makes nothing
#: of use, so it is given these settings.
SOLC = "0.8.19"
SETTINGS = {"optimizer": {"enabled": False}, "evmVersion": "paris"}
#: What the front gives the contract. A valid proof takes 480,000 (docs/spec/on-chain.md); an
#: invalid one may take all it is given.
GAS_CAP = 700_000
#: The generated contract, and what the front's constructor takes.
SOURCE, TERMS = "Verifier.sol", "front.json"


@dataclass(frozen=True)
class Shape:
    """What the front's constructor takes, under the same names; see its struct `Shape`."""

    program: str
    security: int
    rows: int
    steps: int
    scalars: int
    outputs: int
    links: int
    mostSteps: int  # noqa: N815 - as the contract calls it
    proofBytes: int  # noqa: N815
    envelopes: bool


@dataclass(frozen=True)
class Front:
    """What front.json holds.

    Attributes:
        circuit: Digest of the circuit and the SRS.
        test_srs: Whether everybody can forge proofs that the contract accepts.
        gas_cap: What the front gives the contract.
        shape: What the front packs into statements.
        solc: The compiler's version.
        settings: The compiler's settings.
    """

    circuit: str
    test_srs: bool
    gas_cap: int
    shape: Shape
    solc: str = SOLC
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))


def write_contract(
    run: Path,
    out: Path,
    *,
    first: int = 0,
    links: int | None = None,
    options: KeyOptions | None = None,
    progress: Progress | None = None,
) -> Front:
    """Writes the contract that checks proofs of links like these.

    Args:
        run: A run directory or a bundle, proven with `wrapped`.
        out: The folder to write.
        first: Number of the first link.
        links: How many links a proof has; all that follow, unless it is said.
        options: Where keys come from.
        progress: Where to report to.

    Raises:
        InvalidProof: The run does not verify.
        InputError: It is not wrapped, or there are no keys, or the folder cannot be written.
        NotEnoughResources: Its circuit does not fit into a contract, or into memory.
    """
    ready = make_ready(run, first, links, options, progress)
    keys = ready.made.keys
    front = Front(keys.digest, keys.known, GAS_CAP, shape(ready.read, keys.proof_bytes))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(out, error) from error
    write_file(out / SOURCE, keys.contract().encode())
    write_file(out / TERMS, json.dumps(asdict(front), indent=1).encode())
    return front


def shape(read: WrappedLinks, proof_bytes: int) -> Shape:
    """The shape of a circuit for links like these."""
    terms, program = read.terms, read.program.native
    scalars, outputs = (
        len(numbers) for numbers in (read.proven[0].scalars, read.proven[0].outputs)
    )
    account = json.loads(program.security(terms.steps, terms.security, "wrapped"))
    return Shape(
        program=terms.program,
        security=terms.security,
        rows=terms.rows,
        steps=terms.steps,
        scalars=scalars // terms.steps,
        outputs=outputs,
        links=len(read.links),
        # Errors of links add up.
        mostSteps=account["max_links"] * terms.steps,
        proofBytes=proof_bytes,
        envelopes=read.name.envelopes,
    )

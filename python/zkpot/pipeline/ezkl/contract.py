"""A contract that verifies proofs of a run on the EVM, and what to call it with."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zkpot.artifacts.durable import unwritable, write_file
from zkpot.artifacts.ezkl.circuit import json_bytes
from zkpot.backends.ezkl import solidity
from zkpot.backends.ezkl.process import call
from zkpot.pipeline.ezkl.verification import checked_run

_TEST = "// A TEST SRS: whoever made it may know its secret and forge proofs.\n"


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        circuit: Digest of the circuit whose proofs the contract takes.
        vk: SHA-256 of its verifying key.
        srs: What names the SRS.
        test_srs: Whether it is a test SRS.
        steps: Proofs that calls were written for.
        code_bytes: Of the code that makes the contract.
    """

    circuit: str
    vk: str
    srs: str
    test_srs: bool
    steps: int
    code_bytes: int

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def write_contract(path: Path, out: Path, *, solc: Path | None = None, **checks: Any) -> Written:
    """Verifies a run and writes the contract for its circuit, with a call for each step.

    The contract says whether one proof is valid. That a step begins with what the one before left,
    and with which weights the first one does, whoever calls it has to compare.

    Args:
        path: The run's folder.
        out: Where verifier.sol, its code and interface, and the calls shall stand.
        solc: Solidity's compiler, 0.8.20; by default npm's in this folder, or one on the path.
        checks: As for `verify_steps`.

    Raises:
        InputError: There is no compiler; and what `verify_steps` raises.
    """
    compiler = solidity.find(solc)
    run = checked_run(path, **checks)
    with tempfile.TemporaryDirectory(prefix="zkpot-ezkl-") as scratch:
        folder = Path(scratch)
        (folder / "circuit.onnx").write_bytes(run.circuit.graph)
        (folder / "vk").write_bytes(run.key)
        made = call(
            "contract",
            scratch=folder,
            graph=str(folder / "circuit.onnx"),
            terms=run.circuit.terms.to_json().decode(),
            srs=str(run.srs.path.absolute()),
            vk=str(folder / "vk"),
            proofs=[asdict(proof) for proof in run.proofs],
        )
    contract = solidity.compile_verifier(compiler, made["source"])
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(out, error) from error
    source = (_TEST if run.srs.test else "") + made["source"]
    write_file(out / "verifier.sol", source.encode())
    write_file(out / "verifier.abi.json", json_bytes(contract.interface))
    write_file(out / "verifier.bin", contract.code.hex().encode())
    for step, calldata in enumerate(made["calldata"]):
        write_file(out / f"step-{step:06}.calldata", calldata.encode())
    receipt = run.receipt
    return Written(
        circuit=receipt.circuit,
        vk=receipt.vk,
        srs=receipt.srs,
        test_srs=receipt.test_srs,
        steps=receipt.steps,
        code_bytes=len(contract.code),
    )

"""EZKL's calls, each with safe settings. Only a worker process imports this.

Every function takes and returns what JSON holds. `folder` is an empty directory of the call's own.
Errors are told by name and sentence (`process.py`): what EZKL says itself can contain values.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezkl

from zkpot.artifacts.ezkl.terms import Terms
from zkpot.backends.ezkl import settings as safe
from zkpot.backends.ezkl.proof import Proof
from zkpot.backends.ezkl.solidity import keep_from_fetching
from zkpot.backends.ezkl.srs import TEST_MARK
from zkpot.backends.ezkl.values import decode, encode
from zkpot.errors import BackendFailed, ValueOutOfRange

Values = dict[str, Any]


def describe(folder: Path, graph: str, terms: str) -> Values:
    """Settings of a circuit, whether or not they are safe: its rows, above all."""
    return _settings(folder, graph, Terms.from_json(terms))


def calibrate(folder: Path, graph: str, terms: str, vectors: list[list[list[int]]]) -> Values:
    """The range of tables, and k, that runs on these inputs need."""
    known = Terms.from_json(terms)
    _settings(folder, graph, known)
    inputs = [[value * 2.0**-known.scale for value in vector] for vector in _joined(vectors)]
    _write(folder / "calibration.json", {"input_data": inputs})
    path = folder / "settings.json"
    if not ezkl.calibrate_settings(
        # EZKL takes data, unlike other files, as a string alone.
        str(folder / "calibration.json"),
        folder / "circuit.onnx",
        path,
        "resources",
        scales=[known.scale],
        scale_rebase_multiplier=[1],
    ):
        raise BackendFailed("EZKL found no settings for this step and these data")
    found = json.loads(path.read_text())["run_args"]
    return {"logrows": found["logrows"], "lookup_range": found["lookup_range"]}


def make_srs(folder: Path, path: str, logrows: int) -> Values:
    """A test SRS, marked as one."""
    made = folder / "srs"
    ezkl.gen_srs(made, logrows)
    with made.open("ab") as file:
        file.write(TEST_MARK)
    made.replace(path)
    return {}


def setup(folder: Path, graph: str, terms: str, srs: str, vk: str, pk: str | None) -> Values:
    """Keys of a circuit; without `pk` the verifying key alone is kept."""
    _compile(folder, graph, Terms.from_json(terms))
    if not ezkl.setup(folder / "network", vk, pk or "/dev/null", srs):
        raise BackendFailed("EZKL could not set up the keys")
    return {}


def prove(
    folder: Path,
    graph: str,
    terms: str,
    srs: str,
    vk: str,
    pk: str,
    vectors: list[list[int]],
) -> Values:
    """A proof of one step, verified; and the vector that comes out."""
    known = Terms.from_json(terms)
    _compile(folder, graph, known)
    _write(folder / "input.json", {"input_data": [encode(vector) for vector in vectors]})
    files = {name: folder / name for name in ("input.json", "network", "witness.json", "proof")}
    began = time.monotonic()
    try:
        ezkl.gen_witness(str(files["input.json"]), files["network"], files["witness.json"], vk, srs)
    except RuntimeError as error:
        # What EZKL says has the value in it.
        raise ValueOutOfRange(
            f"a value of the step leaves what the circuit holds (magnitudes up to {safe.LARGEST}, "
            f"with {known.scale} fraction bits): lower --scale, or scale the data down"
        ) from error
    witness = json.loads(files["witness.json"].read_text())
    _check_lookups(witness, known)
    seen = time.monotonic()
    ezkl.prove(files["witness.json"], files["network"], pk, files["proof"], srs)
    seconds = {"witness": seen - began, "prove": time.monotonic() - seen}
    made = json.loads(files["proof"].read_text())
    proof = {
        "proof": bytes(made["proof"]).hex(),
        "instances": [element for column in made["instances"] for element in column],
    }
    # EZKL's prover checks nothing: a value outside a table gives a proof that is none.
    if not _verifies(folder, proof, srs, vk):
        raise ValueOutOfRange(
            "EZKL's proof of the step does not verify: a value leaves the range of a table; "
            "calibrate with these data"
        )
    return {
        "proof": proof,
        "next": decode(witness["outputs"][0]),
        "seconds": seconds,
        "peak_rss_bytes": _peak_memory(),
    }


def verify(
    folder: Path, graph: str, terms: str, srs: str, vk: str, proofs: list[dict[str, Any]]
) -> Values:
    """Whether each proof verifies, until one does not."""
    _write(folder / "settings.json", _safe_settings(folder, graph, Terms.from_json(terms)))
    valid = 0
    for proof in proofs:
        if not _verifies(folder, proof, srs, vk):
            break
        valid += 1
    return {"valid": valid}


def contract(
    folder: Path,
    graph: str,
    terms: str,
    srs: str,
    vk: str,
    proofs: list[dict[str, Any]],
) -> Values:
    """A verifier in Solidity, and what it has to be called with for each proof."""
    _write(folder / "settings.json", _safe_settings(folder, graph, Terms.from_json(terms)))
    # Where EZKL looks for a compiler.
    os.environ["HOME"] = str(folder)
    keep_from_fetching(folder)
    source = folder / "verifier.sol"

    async def create() -> None:
        await ezkl.create_evm_verifier(
            vk, folder / "settings.json", source, folder / "interface", srs, reusable=False
        )

    # The interface is found out with a compiler of ours.
    with contextlib.suppress(RuntimeError):
        asyncio.run(create())
    if not source.exists():
        raise BackendFailed("EZKL wrote no verifier contract for this circuit")
    calldata = []
    for proof in proofs:
        given = Proof(proof["proof"], tuple(proof["instances"]))
        _write(folder / "proof.json", given.to_ezkl())
        encoded = ezkl.encode_evm_calldata(folder / "proof.json", folder / "calldata")
        calldata.append(bytes(encoded).hex())
    return {"source": source.read_text(), "calldata": calldata}


def _settings(folder: Path, graph: str, terms: Terms) -> Values:
    """What EZKL makes of graph and terms."""
    arguments = ezkl.PyRunArgs()
    arguments.input_visibility = arguments.output_visibility = safe.VISIBILITY[terms.link]
    arguments.param_visibility = "fixed"
    arguments.input_scale = arguments.param_scale = terms.scale
    arguments.scale_rebase_multiplier = 1
    arguments.num_inner_cols = safe.COLUMNS
    arguments.decomp_base, arguments.decomp_legs = safe.BASE, safe.LEGS
    arguments.disable_freivalds = True
    arguments.logrows = terms.logrows
    arguments.lookup_range = terms.lookup_range
    (folder / "circuit.onnx").write_bytes(Path(graph).read_bytes())
    path = folder / "settings.json"
    if not ezkl.gen_settings(folder / "circuit.onnx", path, arguments):
        raise BackendFailed("EZKL cannot read the step's graph")
    return safe.normalise(json.loads(path.read_text()))


def _safe_settings(folder: Path, graph: str, terms: Terms) -> Values:
    settings = _settings(folder, graph, terms)
    safe.check(settings, terms)
    return settings


def _compile(folder: Path, graph: str, terms: Terms) -> None:
    _write(folder / "settings.json", _safe_settings(folder, graph, terms))
    if not ezkl.compile_circuit(
        folder / "circuit.onnx", folder / "network", folder / "settings.json"
    ):
        raise BackendFailed("EZKL cannot make a circuit of the step")


def _check_lookups(witness: Values, terms: Terms) -> None:
    least, most = terms.lookup_range
    found = witness["min_lookup_inputs"], witness["max_lookup_inputs"]
    if found[0] < least or found[1] > most:
        raise ValueOutOfRange(
            f"an argument of a table leaves its range {least} to {most}, which was found when the "
            "circuit was compiled: compile with data like these"
        )


def _verifies(folder: Path, proof: Values, srs: str, vk: str) -> bool:
    file = folder / "proof.json"
    given = Proof(proof["proof"], tuple(proof["instances"]))
    _write(file, given.to_ezkl())
    try:
        return bool(ezkl.verify(file, folder / "settings.json", vk, srs))
    except BaseException:  # it raises for what is false, and panics for what is malformed
        return False


def _peak_memory() -> int:
    """Most memory that this process occupied, in bytes; 0 where nobody says."""
    # What `getrusage` says is no less than what the process that started this one ever had.
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return 0


def _joined(vectors: list[list[list[int]]]) -> list[list[int]]:
    """Several sets of inputs one after another, as calibration reads them."""
    return [[value for part in column for value in part] for column in zip(*vectors, strict=True)]


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, sort_keys=True))


CALLS: dict[str, Callable[..., Values]] = {
    call.__name__: call for call in (describe, calibrate, make_srs, setup, prove, verify, contract)
}

"""Verifies a run of EZKL proofs, trusting nothing in its folder.

The circuit's settings are derived again from graph and terms and checked; the verifying key is
made again from them and the verifier's own SRS, unless the verifier expects one; commitments are
read from the proofs themselves.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from zkpot.artifacts.ezkl.circuit import LARGEST_FILE, Circuit, CircuitDirectory, sha256
from zkpot.artifacts.ezkl.receipt import EzklReceipt
from zkpot.artifacts.ezkl.run import Description, EzklRun
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.reading import read_bounded
from zkpot.backends.ezkl.estimate import address_space, estimate
from zkpot.backends.ezkl.graph import rates
from zkpot.backends.ezkl.process import call
from zkpot.backends.ezkl.proof import Proof, Statement
from zkpot.backends.ezkl.srs import Srs
from zkpot.errors import (
    BackendFailed,
    IncompleteRun,
    InputError,
    InvalidProof,
    UnsafeCircuit,
    UnsupportedOperator,
)
from zkpot.pipeline.compiling import read_step
from zkpot.pipeline.ezkl import resources
from zkpot.pipeline.ezkl.compiling import Subject
from zkpot.pipeline.ezkl.reference_string import reference_string
from zkpot.pipeline.ezkl.setup import verifying_key
from zkpot.progress import Progress


@dataclass(frozen=True)
class Checked:
    """A run that verified, and what it was verified with."""

    receipt: EzklReceipt
    circuit: Circuit
    key: bytes
    srs: Srs
    proofs: list[Proof]


def verify_steps(path: Path, **checks: Any) -> EzklReceipt:
    """What a run proves; arguments and errors are those of `checked_run`."""
    return checked_run(path, **checks).receipt


def checked_run(
    path: Path,
    *,
    srs: Path | None = None,
    test_srs: bool = False,
    step: Path | None = None,
    circuit: str | None = None,
    scale: int | None = None,
    vk: str | None = None,
    first: str | None = None,
    steps: int | None = None,
    batches: tuple[str, ...] | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Verifies a run: every proof, and that each step begins with what the last one left.

    Args:
        path: The run's folder, or its public part alone.
        srs: The verifier's own SRS, from a ceremony.
        test_srs: Whether a test SRS of this machine is good enough.
        step: The training step that must have been proven; its weights do not matter.
        circuit: Digest of the circuit that must have been used, or the verifier's own folder with
            it; a key that was set up there with this SRS is not made again.
        scale: Fraction bits that it must have; part of the circuit.
        vk: SHA-256 of the verifying key of `circuit`, where the verifier has set it up before.
        first: Commitment to (hash of) the weights before the first step.
        steps: Number of training steps.
        batches: Commitments to (hashes of) what the steps read.
        memory: Bytes that this may use.
        progress: Where to report to.

    Raises:
        InvalidProof: Something is not as it should be; the message says what.
        IncompleteRun: Proofs of some steps are missing.
        InputError: There is no run, or no SRS to verify it with.
    """
    progress = progress or Progress()
    run = EzklRun(path)
    description = run.description()
    made = run.circuit()
    _expect(path, "circuit", made.digest, description.circuit)
    if circuit is not None:
        _expect(path, "circuit", made.digest, _digest_of(circuit))
    elif vk is not None:
        raise InputError(
            "--vk says which key, and not of which circuit: give --circuit, its digest, as well"
        )
    if scale is not None and scale != made.terms.scale:
        raise InvalidProof(f"{path}: {made.terms.scale} fraction bits, and {scale} were expected")
    if step is not None:
        _check_step(path, made, step)
    chosen = reference_string(srs, test_srs, made.terms.logrows, progress, make=False)
    _check_srs(path, description, chosen)
    vk = vk or _set_up_before(circuit, chosen)
    proofs = _proofs(run, description)
    statements = [_statement(path, i, proof, made) for i, proof in enumerate(proofs)]
    _check_links(path, statements)
    if first is not None:
        _expect(path, "first commitment", statements[0].before, first.lower())
    if steps is not None and steps != len(proofs):
        raise InvalidProof(f"{path}: {len(proofs)} steps, and {steps} were expected")
    read = tuple(statement.batch for statement in statements)
    if batches is not None and read != batches:
        raise InvalidProof(f"{path}: the steps read other batches than were expected")
    with progress:
        key = _verifying_key(run, made, chosen, description, vk, memory, progress)
        _check_proofs(path, made, chosen, key, proofs)
    expected = {
        "circuit": circuit or step,
        "scale": circuit or scale,
        "first": first,
        "steps": steps,
        "batches": batches,
    }
    receipt = EzklReceipt(
        steps=len(proofs),
        circuit=made.digest,
        vk=description.vk,
        vk_source="recomputed" if vk is None else "expected",
        srs=chosen.identity,
        test_srs=chosen.test,
        link=made.terms.link,
        first_commitment=statements[0].before,
        last_commitment=statements[-1].after,
        batches=read,
        rates=_rates(path, made),
        scale=made.terms.scale,
        logrows=made.terms.logrows,
        parameters=sum(tensor.size for tensor in made.terms.states),
        batch=made.terms.data[0].shape[0],
        unchecked=(
            *(name for name, value in expected.items() if value is None),
            *(("srs",) if chosen.test else ()),
        ),
    )
    return Checked(receipt, made, key, chosen, proofs)


def _digest_of(expected: str) -> str:
    """The digest that is expected, or that of the circuit in a folder."""
    folder = Path(expected)
    if folder.is_dir():
        return CircuitDirectory(folder).circuit().digest
    return expected.lower()


def _set_up_before(circuit: str | None, srs: Srs) -> str | None:
    """The key that the verifier has in a folder of its own, for this circuit and SRS."""
    if circuit is None or not Path(circuit).is_dir():
        return None
    directory = CircuitDirectory(Path(circuit))
    keys = directory.keys()
    wanted = (directory.circuit().digest, srs.identity)
    return keys.vk if keys is not None and (keys.circuit, keys.srs) == wanted else None


def _expect(path: Path, what: str, found: str, expected: str) -> None:
    if found != expected:
        raise InvalidProof(f"{path}: the {what} is {found}, and {expected} was expected")


def _check_step(path: Path, circuit: Circuit, step: Path) -> None:
    """The graph is that of the step, which the verifier has."""
    subject = Subject.of(read_step(step)[0])
    terms = circuit.terms
    same = (subject.states, subject.data) == (terms.states, terms.data)
    try:
        expected = subject.linked(terms.scale)
    except UnsupportedOperator as error:
        raise InvalidProof(f"{path}: at {terms.scale} fraction bits, {step}: {error}") from error
    if not same or expected != circuit.graph:
        raise InvalidProof(f"{path}: its circuit is not that of {step}")


def _check_srs(path: Path, description: Description, srs: Srs) -> None:
    if description.srs != srs.identity:
        raise InvalidProof(
            f"{path}: made with the SRS {description.srs}, and yours is {srs.identity}: "
            "verify with the one that was agreed on"
        )


def _proofs(run: EzklRun, description: Description) -> list[Proof]:
    proofs = []
    for step in range(description.steps):
        content = run.read_step(step)
        if content is None:
            raise IncompleteRun(
                f"{run.path}: {step} of {description.steps} steps are proven",
                [f"step {step}"],
            )
        try:
            proofs.append(parse(content, Proof))
        except ValueError as error:
            raise InvalidProof(f"{run.path}: step {step}: not a proof ({error})") from error
    return proofs


def _statement(path: Path, step: int, proof: Proof, circuit: Circuit) -> Statement:
    try:
        return proof.statement(circuit.terms.link)
    except ValueError as error:
        raise InvalidProof(f"{path}: step {step}: {error}") from error


def _check_links(path: Path, statements: list[Statement]) -> None:
    for step, (before, after) in enumerate(pairwise(statements), start=1):
        if before.after != after.before:
            raise InvalidProof(
                f"{path}: step {step} does not begin with the weights that step {step - 1} left"
            )


def _verifying_key(
    run: EzklRun,
    circuit: Circuit,
    srs: Srs,
    description: Description,
    expected: str | None,
    memory: int | None,
    progress: Progress,
) -> bytes:
    """The circuit's verifying key: made again, or the one that the verifier made before."""
    if expected is not None:
        key = read_bounded(run.vk, LARGEST_FILE)
        _expect(run.path, "verifying key", sha256(key), expected.lower())
        _expect(run.path, "verifying key", sha256(key), description.vk)
        return key
    needed = estimate(circuit.terms.logrows, circuit.terms.link)
    resources.check(needed, run.path, memory)
    progress.note("making the verifying key again; --circuit with a folder that has it saves that")
    try:
        key = verifying_key(circuit, srs, progress)
    except (UnsafeCircuit, BackendFailed) as error:
        raise InvalidProof(f"{run.path}: its circuit is refused: {error}") from error
    _expect(run.path, "verifying key", description.vk, sha256(key))
    return key


def _check_proofs(path: Path, circuit: Circuit, srs: Srs, key: bytes, proofs: list[Proof]) -> None:
    with tempfile.TemporaryDirectory(prefix="zkpot-ezkl-") as scratch:
        folder = Path(scratch)
        (folder / "circuit.onnx").write_bytes(circuit.graph)
        (folder / "vk").write_bytes(key)
        try:
            valid = call(
                "verify",
                scratch=folder,
                limit=address_space(estimate(circuit.terms.logrows, circuit.terms.link)),
                graph=str(folder / "circuit.onnx"),
                terms=circuit.terms.to_json().decode(),
                srs=str(srs.path.absolute()),
                vk=str(folder / "vk"),
                proofs=[asdict(proof) for proof in proofs],
            )["valid"]
        except (UnsafeCircuit, BackendFailed) as error:
            raise InvalidProof(f"{path}: its circuit is refused: {error}") from error
    if valid != len(proofs):
        raise InvalidProof(f"{path}: step {valid}: the proof does not verify")


def _rates(path: Path, circuit: Circuit) -> dict[str, float]:
    try:
        return rates(circuit.graph)
    except ValueError as error:
        raise InvalidProof(f"{path}: circuit.onnx: {error}") from error

"""Proves a few steps with EZKL, one after another, each from what the last one left."""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from zkpot.artifacts.ezkl.circuit import CircuitDirectory
from zkpot.artifacts.ezkl.run import LONGEST, Description, EzklRun, State
from zkpot.artifacts.ezkl.terms import Terms
from zkpot.artifacts.json_text import parse
from zkpot.backends.ezkl.estimate import estimate
from zkpot.backends.ezkl.process import call
from zkpot.backends.ezkl.proof import Proof
from zkpot.backends.ezkl.values import salt
from zkpot.data import Dataset
from zkpot.errors import InputError
from zkpot.pipeline.ezkl import resources
from zkpot.pipeline.ezkl.batches import Batches
from zkpot.pipeline.ezkl.compiling import state_floats, state_vector
from zkpot.pipeline.ezkl.setup import SetUp, set_up
from zkpot.pipeline.ticking import ticking
from zkpot.pipeline.weights import write_tensors
from zkpot.progress import Progress


@dataclass(frozen=True)
class Proven:
    """What proving came to.

    Attributes:
        steps: Steps that the run has.
        seconds: What this call took, with keys where they were missing.
        seconds_witness: Of that, EZKL's witnesses.
        seconds_proving: Of that, EZKL's proofs.
        peak_rss_bytes: Most memory that a process of EZKL's occupied while it proved.
        key_bytes: Of the proving key.
        proof_bytes: Of all its proofs together.
        circuit: Digest of the circuit.
        vk: SHA-256 of the verifying key.
        srs: What names the SRS.
        test_srs: Whether it is a test SRS.
        first_commitment: To the weights before the first step.
        last_commitment: To those after the last.
        logrows: EZKL's k.
        backend: What proved it.
    """

    steps: int
    seconds: float
    seconds_witness: float
    seconds_proving: float
    peak_rss_bytes: int
    key_bytes: int
    proof_bytes: int
    circuit: str
    vk: str
    srs: str
    test_srs: bool
    first_commitment: str
    last_commitment: str
    logrows: int
    backend: str = "ezkl 23.0.5"

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def prove_steps(
    circuit: CircuitDirectory,
    data: Dataset,
    steps: int,
    out: Path,
    *,
    srs: Path | None = None,
    test_srs: bool = False,
    memory: int | None = None,
    progress: Progress | None = None,
) -> Proven:
    """Proves steps into `out`, or goes on with the run that is there.

    Args:
        circuit: A circuit with its step's weights; its keys are set up where they are missing.
        data: Step i reads the i-th batch of rows, in their order.
        steps: Training steps of the whole run.
        out: Where the run stands or shall stand.
        srs: The SRS of a ceremony.
        test_srs: Whether a test SRS serves: for use on this machine only.
        memory: Bytes that this may use.
        progress: Where to report to.

    Raises:
        ValueOutOfRange: A value leaves what the circuit holds; the steps before are proven.
        NotEnoughResources: It does not fit.
        InputError: The run that is there is another one.
    """
    started = time.monotonic()
    progress = progress or Progress()
    if not 1 <= steps <= LONGEST:
        raise InputError(f"--steps {steps}: a run of EZKL proofs has 1 to {LONGEST} steps")
    made = circuit.circuit()
    terms = made.terms
    batches = Batches(terms.data, data, terms.scale)
    expected = estimate(terms.logrows, terms.link)
    resources.check(expected, out, memory)
    run = EzklRun(out)
    with progress:
        ready = set_up(circuit, srs, test_srs=test_srs, memory=memory, progress=progress)
        description = _begin(run, circuit, ready, steps)
        state = run.state()
        spent = _Spent()
        while state.steps < description.steps:
            progress.steps(state.steps, description.steps)
            step = state.steps
            found = call(
                "prove",
                tick=ticking(progress, f"prove step {step}", expected.seconds_prove),
                scratch=run.secret,
                graph=str((run.public / "circuit.onnx").absolute()),
                terms=terms.to_json().decode(),
                srs=str(ready.srs.path.absolute()),
                vk=str(circuit.vk.absolute()),
                pk=str(circuit.pk.absolute()),
                vectors=[list(state.vector), batches.vector(step), salt()],
            )
            spent.add(found)
            state = State(step + 1, tuple(found["next"]))
            run.write_step(step, found["proof"])
            run.write_state(state)
        progress.steps(description.steps, description.steps)
    spent.seconds = time.monotonic() - started
    return _summary(run, description, terms, spent, circuit.pk.stat().st_size)


def write_ezkl_weights(directory: Path, out: Path) -> tuple[int, dict[str, tuple[int, ...]]]:
    """Writes the newest weights of a run as a .safetensors file; returns steps and shapes."""
    run = EzklRun(directory)
    state = run.state()
    values = state_floats(run.circuit().terms, state.vector)
    weights = {
        name.removeprefix("param."): value
        for name, value in values.items()
        if name.startswith("param.")
    }
    write_tensors(out, weights)
    return state.steps, {name: value.shape for name, value in weights.items()}


def _begin(run: EzklRun, circuit: CircuitDirectory, ready: SetUp, steps: int) -> Description:
    """The run that is there, or a new one; steps may be added to it."""
    made, keys = circuit.circuit(), ready.keys
    description = Description(keys.circuit, keys.vk, keys.srs, keys.test_srs, steps)
    if not run.begun:
        initial = circuit.initial()
        if initial is None:
            raise InputError(f"{circuit.path}: no initial weights there; compile the step again")
        vk = circuit.vk.read_bytes()
        run.begin(description, made, vk, State(0, tuple(state_vector(made.terms, initial))))
        return description
    found = run.description()
    if replace(found, steps=steps) != description:
        raise InputError(
            f"{run.path}: holds a run of another circuit, or with another SRS; give another --out"
        )
    _forget_scratch(run)
    if found.steps < steps:
        run.describe(description)
        return description
    return found


def _forget_scratch(run: EzklRun) -> None:
    """What a killed call left: witnesses, for instance."""
    for folder in run.secret.glob("zkpot-ezkl-*"):
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Spent:
    """What the steps of one call took."""

    seconds: float = 0.0
    witness: float = 0.0
    proving: float = 0.0
    peak: int = 0

    def add(self, found: dict[str, Any]) -> None:
        """One more step."""
        self.witness += found["seconds"]["witness"]
        self.proving += found["seconds"]["prove"]
        self.peak = max(self.peak, found["peak_rss_bytes"])


def _summary(
    run: EzklRun, description: Description, terms: Terms, spent: _Spent, key_bytes: int
) -> Proven:
    proofs = [parse(run.read_step(i) or b"", Proof) for i in range(description.steps)]
    return Proven(
        steps=description.steps,
        seconds=spent.seconds,
        seconds_witness=spent.witness,
        seconds_proving=spent.proving,
        peak_rss_bytes=spent.peak,
        key_bytes=key_bytes,
        proof_bytes=sum(len(proof.proof) // 2 for proof in proofs),
        circuit=description.circuit,
        vk=description.vk,
        srs=description.srs,
        test_srs=description.test_srs,
        first_commitment=proofs[0].statement(terms.link).before,
        last_commitment=proofs[-1].statement(terms.link).after,
        logrows=terms.logrows,
    )

"""What becomes of each model at its small size: it is proven, or why it cannot be compiled.

    python -m tests.models

writes expected.json anew. Progress of the compiler shows as a diff of it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

import zkpot
from models.catalogue import Model, Size
from models.refusals import reasons
from zkpot.artifacts.program import Program
from zkpot.errors import InputError
from zkpot.step.source import load_source

FILE = Path(__file__).with_name("expected.json")
PROVEN = "proven"

# Model -> [`PROVEN`], or the reasons of a refusal.
Outcomes = dict[str, list[str]]


def outcome(model: Model) -> list[str]:
    """Build, export, compile, train, prove and verify the model at its small size."""
    training, loss, optimizer, example = load_source(model.small.source)
    step = zkpot.export_step(training, loss, optimizer, example)
    data = dict(model.small.data().train)
    try:
        program = zkpot.compile(step, data)
        with tempfile.TemporaryDirectory() as folder:
            prove(program, data, model.small, Path(folder) / "run")
    except InputError as error:
        return reasons(error)
    return [PROVEN]


def prove(program: Program, data: dict[str, np.ndarray], size: Size, directory: Path) -> None:
    """Prove the schedule in two links and verify it, with all that a verifier may expect."""
    run = zkpot.Run(program, data, directory, seed=1, link_steps=size.link_steps)
    summary = run.prove(size.steps)
    receipt = zkpot.verify(
        directory,
        program=program.digest,
        steps=size.steps,
        first=summary.first_commitment,
        data_root=summary.data_root,
        nonce=summary.nonce,
    )
    assert receipt.steps == size.steps
    trained = [len(record.losses) for record in run.directory.journal.records if record.losses]
    assert trained == [size.link_steps] * 2
    kinds = ("param.", "buffer.")
    named = {
        state.name.split(".", 1)[1] for state in program.states if state.name.startswith(kinds)
    }
    finite = {name for name, value in run.weights().items() if np.isfinite(value).all()}
    assert finite == named


def read() -> Outcomes:
    """What the file says."""
    outcomes: Outcomes = json.loads(FILE.read_text())
    return outcomes


def write(outcomes: Outcomes) -> None:
    """Write the file."""
    FILE.write_text(json.dumps(outcomes, indent=1, ensure_ascii=False) + "\n")

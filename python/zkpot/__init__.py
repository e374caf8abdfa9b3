"""Proofs of neural-network training.

    step = zkpot.export_step(model, loss_fn, optimizer, (x, y))
    program = zkpot.compile(step, data)
    run = zkpot.Run(program, data, "run")
    run.prove(256)
    model.load_state_dict(run.state_dict())

    receipt = zkpot.verify("run", program=program)

Importing this imports no torch, no onnx and no prover; they come with what needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zkpot.errors import (
    ExportError,
    IncompleteRun,
    InputError,
    InvalidProof,
    MissingExtra,
    NotEnoughResources,
    RunLocked,
    UnsupportedOperator,
    ValueOutOfRange,
    ZkpotError,
)

if TYPE_CHECKING:
    from zkpot.artifacts.program import Program
    from zkpot.artifacts.receipt import Receipt
    from zkpot.data import Dataset, read_dataset
    from zkpot.pipeline.compiling import compile
    from zkpot.pipeline.proven_evaluation import prove_evaluation
    from zkpot.pipeline.run import Run
    from zkpot.pipeline.summary import Summary
    from zkpot.pipeline.verification import verify
    from zkpot.step import Step, export_step

__all__ = [
    "Dataset",
    "ExportError",
    "IncompleteRun",
    "InputError",
    "InvalidProof",
    "MissingExtra",
    "NotEnoughResources",
    "Program",
    "Receipt",
    "Run",
    "RunLocked",
    "Step",
    "Summary",
    "UnsupportedOperator",
    "ValueOutOfRange",
    "ZkpotError",
    "compile",
    "export_step",
    "prove_evaluation",
    "read_dataset",
    "verify",
]

# Where each name lives; see the module's docstring for why they are not imported here.
_HOMES = {
    "Dataset": "zkpot.data",
    "Program": "zkpot.artifacts.program",
    "Receipt": "zkpot.artifacts.receipt",
    "Run": "zkpot.pipeline.run",
    "Step": "zkpot.step",
    "Summary": "zkpot.pipeline.summary",
    "compile": "zkpot.pipeline.compiling",
    "export_step": "zkpot.step",
    "prove_evaluation": "zkpot.pipeline.proven_evaluation",
    "read_dataset": "zkpot.data",
    "verify": "zkpot.pipeline.verification",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'zkpot' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

"""A step of each family is proven, and both verifiers accept it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_training import compiled

import zkpot
from zkpot.errors import InvalidProof
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier import verify_run

PROVEN = (
    "layer norm, GELU, AdamW",
    "batch norm",
    "AMSGrad",
    "Adagrad",
    "clipping by norm",
    "Huber",
    "softmax over the batch",
)


@pytest.mark.parametrize("name", PROVEN)
def test_a_step_is_proven(name: str, tmp_path: Path) -> None:
    program, _, _, arrays = compiled(name)
    rows = {key: values[:32] for key, values in arrays.items()}
    zkpot.Run(program, rows, tmp_path / "run", seed=1, clear=True).prove(2)
    assert zkpot.verify(tmp_path / "run", allow_clear=True).details["steps"] == 2
    bundle = read_bundle(tmp_path / "run")
    receipt = verify_run(bundle.program, bundle.order, bundle.links, allow_clear=True)
    assert receipt.steps == 2


def test_a_rate_is_checked_through_the_formulas_of_its_scalars(tmp_path: Path) -> None:
    program, _, _, arrays = compiled("AMSGrad")
    rows = {key: values[:32] for key, values in arrays.items()}
    zkpot.Run(program, rows, tmp_path / "run", seed=1, clear=True).prove(3)
    receipt = zkpot.verify(tmp_path / "run", allow_clear=True, lr=0.01)
    assert "lr" not in receipt.unchecked
    # Bias corrections differ from step to step.
    assert any(len(runs) == 3 for runs in receipt.details["scalars"].values())
    with pytest.raises(InvalidProof, match=r"a learning rate of 0\.02 makes it \d+ units in step"):
        zkpot.verify(tmp_path / "run", allow_clear=True, lr=0.02)

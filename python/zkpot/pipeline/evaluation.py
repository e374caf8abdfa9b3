"""Held-out quality of a model; shown, not proven."""

from __future__ import annotations

from zkpot import _native
from zkpot.artifacts.program import Program
from zkpot.data import Dataset
from zkpot.pipeline.integers import Integers, data_integers
from zkpot.pipeline.summary import Evaluation


def evaluate(program: Program, states: list[Integers], dataset: Dataset, steps: int) -> Evaluation:
    """Loss and accuracy of the states after `steps` steps on a dataset."""
    result = _native.evaluate(program.native, states, data_integers(program, dataset))
    return Evaluation(steps=steps, loss=result["loss"], accuracy=result.get("accuracy"))

"""Held-out quality of a model; shown, not proven."""

from __future__ import annotations

from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.data import Dataset
from zkpot.errors import InputError
from zkpot.pipeline.integers import Integers, data_integers
from zkpot.pipeline.summary import Evaluation


def check_evaluable(program: Program, dataset: Dataset) -> None:
    """See that a program has a loss to show, before anything is trained.

    Raises:
        InputError: It has none.
    """
    if program.description["monitor"] is None:
        raise InputError(
            f"{dataset.source}: the program shows no loss, since its step names no prediction and "
            "loss that the compiler recognises: leave the held-out data out"
        )


def evaluate(program: Program, states: list[Integers], dataset: Dataset, steps: int) -> Evaluation:
    """Loss and accuracy of the states after `steps` steps on a dataset."""
    result = native.evaluate(program, states, data_integers(program, dataset))
    return Evaluation(steps=steps, loss=result["loss"], accuracy=result.get("accuracy"))

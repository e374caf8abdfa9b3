"""A proof of how good a trained model is: on a committed or a public dataset."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.data import Dataset
from zkpot.pipeline.compiling import dataset_of
from zkpot.pipeline.run import Run
from zkpot.pipeline.summary import Summary
from zkpot.progress import Progress


def prove_evaluation(
    run: str | Path,
    data: str | Path | Dataset | Mapping[str, Any] | tuple[Any, ...],
    directory: str | Path,
    *,
    public_data: bool = False,
    memory: int | None = None,
    clear: bool = False,
    since: float | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Proves how many rows of a dataset the sealed model of a run gets right.

    Neither weights nor data are shown. The proof is a run of its own, by the evaluation program
    that follows from the training program; it continues `run`, and whatever comes next continues
    it. Called again, it goes on where it was stopped.

    Args:
        run: The directory of a sealed run.
        data: The rows to evaluate on, all of them.
        directory: Where the proof stands or shall stand.
        public_data: The rows are public: verifiers who have them can check which they are.
        memory: Bytes that proving may use; by default most of what is available.
        clear: Debugging: prove on the clear channel, which hides nothing.
        since: What `seconds` counts from (`time.monotonic()`); by default this call.
        progress: Where to report to; by default a terminal or notebook, if there is one.

    Raises:
        InputError: The run is not sealed, or something else continues it already.
    """
    program = Program.from_bytes(RunDirectory.existing(Path(run)).program)
    if not program.description["outputs"]:
        program = program.evaluation()
    dataset = dataset_of(data)
    proven = Run(
        program,
        dataset,
        directory,
        nonce="00" * 32,
        after=run,
        public_data=public_data,
        security=RunDirectory.existing(Path(run)).order.security,
        memory=memory,
        clear=clear,
        progress=progress,
    )
    return proven.prove(math.ceil(dataset.rows / program.batch), since=since)

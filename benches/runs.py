"""Whole runs as users make them: `zkpot prove` and `zkpot verify` in processes of their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from benches import programs
from benches.commands import zkpot
from benches.record import Values
from zkpot.artifacts.journal import Record
from zkpot.artifacts.run_directory import RunDirectory


@dataclass(frozen=True)
class Run:
    """A run that can be proven again and again.

    Attributes:
        folder: with program and rows, as `programs.build` left them; the run is made in it, too.
        steps: of training.
        link_steps: the longest link; by default all of them.
        options: of `zkpot prove`, besides.
        threads: that the prover may use; by default one for each processor.
        source: what is proven: the program, or the step, which is compiled first.
    """

    folder: Path
    steps: int
    link_steps: int | None = None
    options: Sequence[object] = ()
    threads: int | None = None
    source: str = programs.PROGRAM

    @property
    def directory(self) -> Path:
        """Where the run is."""
        return self.folder / "run"

    def prove(self) -> Values:
        """Prove it in a new directory, which stays until the next time.

        Returns:
            `process` (seconds until the process ended), `seconds` (its own clock, from its start to
            the sealed run), `steps` (filled up to whole windows), `peak_bytes`, `proof_bytes`,
            `largest_link_bytes`, `links` (how many), `import` (seconds of proving the links that
            import data), `first` (a step of the first training link), `step` (a step of the links
            after it, of the first where there is no other), `link` (the last of the longest
            training links), and `phase/<name>` for each phase of it, exact training included.
        """
        shutil.rmtree(self.directory, ignore_errors=True)
        started = monotonic()
        told = zkpot(
            *("prove", self.folder / self.source, "--data", self.folder / programs.ROWS),
            *("--steps", self.steps, "--link-steps", self.link_steps or self.steps),
            *("--seed", 1, "--out", self.directory, *self.options),
            threads=self.threads,
        )
        process = monotonic() - started
        keys = {"seconds": "seconds", "peak_rss_bytes": "peak_bytes", "proof_bytes": "proof_bytes"}
        values = {"process": process, "steps": told["steps"]}
        values |= {name: told[key] for key, name in keys.items()}
        return values | _links(RunDirectory(self.directory).journal.records)

    def verify(self) -> Values:
        """Verify what was proven: `verify` seconds by the own clock of the process."""
        return {"verify": zkpot("verify", self.directory)["seconds"]}


def _links(records: Sequence[Record]) -> Values:
    """What the journal says of the links."""
    before = 0
    training: list[tuple[int, Record]] = []
    for record in records:
        if record.kind == "training":
            training.append((record.steps - before, record))
            before = record.steps
    later = training[1:] or training
    longest = max(steps for steps, _ in training)
    *_, last = (record for steps, record in training if steps == longest)
    return {
        "largest_link_bytes": max(record.link_bytes for record in records),
        "links": sum(record.link is not None for record in records),
        "import": sum(map(_seconds, (r for r in records if r.kind == "import"))),
        "first": _seconds(training[0][1]) / training[0][0],
        "step": sum(_seconds(record) for _, record in later) / sum(steps for steps, _ in later),
        "link": _seconds(last),
        "phase/train": last.seconds_training,
        **{f"phase/{name}": seconds for name, seconds in last.phases},
    }


def _seconds(record: Record) -> float:
    return record.seconds_training + record.seconds_proving

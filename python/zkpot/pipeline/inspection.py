"""A program for people, with what proving it will take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpot import plan
from zkpot.artifacts.program import Program
from zkpot.pipeline import prediction
from zkpot.program import Report
from zkpot.program import inspect as describe


@dataclass(frozen=True)
class Inspection:
    """What `inspect` shows.

    Attributes:
        digest: The program's digest.
        report: Shapes, scales, ranges and operators.
        steps: Length of the link that is predicted.
        seconds: Predicted time of a run of one such link, from the start of its process.
        memory_bytes: Predicted memory at its peak.
        disk_bytes: Predicted size of its directory, at most.
        proof_bytes: Predicted size of its proof, with import and seal.
    """

    digest: str
    report: Report
    steps: int
    seconds: float
    memory_bytes: int
    disk_bytes: int
    proof_bytes: int

    def text(self) -> str:
        """For the terminal."""
        return (
            f"{self.report.text()}\n"
            f"digest {self.digest}\n"
            f"a run of one link of {self.steps} steps, with import and seal: "
            f"about {self.seconds:.3g} s, {plan.size(self.memory_bytes)} of memory, "
            f"{plan.size(self.disk_bytes)} of disk, a proof of {plan.size(self.proof_bytes)}"
        )

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "digest": self.digest,
            "name": self.report.name,
            "batch": self.report.batch,
            "window": self.report.window,
            "max_steps": self.report.max_steps,
            "tensors": list(self.report.tensors),
            "nodes": self.report.nodes,
            "committed": self.report.cost.committed // self.report.window,
            "steps": self.steps,
            "seconds": self.seconds,
            "memory_bytes": self.memory_bytes,
            "disk_bytes": self.disk_bytes,
            "proof_bytes": self.proof_bytes,
        }


def inspect(path: Path, steps: int) -> Inspection:
    """Describes a program file and predicts a run of one link of `steps` steps."""
    program = Program.read_public(path)
    steps = program.whole_windows(max(1, min(steps, program.max_steps)))
    # As much data as the link reads.
    rows = [program.batch * steps]
    return Inspection(
        digest=program.digest,
        report=describe(program.description),
        steps=steps,
        seconds=prediction.run_seconds(program, rows, steps),
        memory_bytes=prediction.link_memory(program, rows, steps),
        disk_bytes=prediction.disk(program, rows, 3),
        proof_bytes=prediction.proof_bytes(program, rows, steps),
    )

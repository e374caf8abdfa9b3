"""A program for people, with what proving it will take."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zkpot import plan
from zkpot.artifacts.program import Program
from zkpot.errors import InputError
from zkpot.pipeline import prediction
from zkpot.pipeline.costing.breakdown import Breakdown, breakdown
from zkpot.pipeline.costing.link import Link, prices
from zkpot.pipeline.costing.quantities import PHASES
from zkpot.program import Report
from zkpot.program import inspect as describe

# Wide enough for all columns; terminals wrap.
_WIDTH = 100
# Layers that the table lists; the rest is one line.
_MOST = 24


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
        proof_bytes: Predicted size of its proof, all links together.
        links: Training link and seal, with an import before them where that pays.
        later: A training link of so many steps after the first, which takes nothing from owners.
        breakdown: What their time is for.
    """

    digest: str
    report: Report
    steps: int
    seconds: float
    memory_bytes: int
    disk_bytes: int
    proof_bytes: int
    links: tuple[Link, ...]
    later: Link
    breakdown: Breakdown

    @property
    def step_seconds(self) -> float:
        """Predicted time of a step of a training link after the first."""
        return self.later.seconds / self.steps

    def text(self) -> str:
        """For the terminal."""
        link = self.later
        witness = next(p for p in link.work["polynomials"] if p["role"] == "witness")
        return (
            f"{self.report.text()}\n"
            f"digest {self.digest}\n"
            f"a link of {self.steps} steps: {link.committed} elements in a table of "
            f"2^{witness['variables']}, {_seconds(self.step_seconds)} a step\n"
            f"a run of {self.steps} steps, with its data and its seal: "
            f"about {self.seconds:.3g} s, {plan.size(self.memory_bytes)} of memory, "
            f"{plan.size(self.disk_bytes)} of disk, a proof of {plan.size(self.proof_bytes)}\n"
            f"on {prices()['machine']}; {_seconds(self._processor)} of processor time\n"
            f"{self._tables()}"
        )

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        found = self.breakdown
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
            "step_seconds": self.step_seconds,
            "processor_seconds": self._processor,
            "memory_bytes": self.memory_bytes,
            "disk_bytes": self.disk_bytes,
            "proof_bytes": self.proof_bytes,
            "machine": prices()["machine"],
            "links": [
                {
                    "kind": link.kind,
                    "elements": link.committed,
                    "seconds": link.seconds,
                    "processor_seconds": link.processor_seconds,
                    "memory_bytes": link.memory_bytes,
                    "proof_bytes": link.proof_bytes,
                    "phases": link.phases(),
                }
                for link in self.links
            ],
            "layers": [
                {"part": part, "layer": layer, "seconds": seconds, "elements": elements}
                for (part, layer), (seconds, elements) in found.layers().items()
            ],
            "breakdown": [
                {"link": entry.link, "phase": entry.phase, "seconds": entry.seconds}
                | asdict(entry.place)
                for entry in found.entries
            ],
        }

    @property
    def _processor(self) -> float:
        return sum(link.processor_seconds for link in self.links)

    def _tables(self) -> str:
        """Phases and layers, what takes most first."""
        from rich.console import Console
        from rich.table import Table

        found = self.breakdown
        whole = sum(found.phases().values()) or 1.0

        def table(first: str, *more: str) -> Table:
            made = Table(box=None, pad_edge=False, header_style="")
            made.add_column(first)
            for name in (*more, "seconds", "share"):
                made.add_column(name, justify="right")
            return made

        phases = table("phase")
        for phase, seconds in sorted(found.phases().items(), key=lambda entry: -entry[1]):
            phases.add_row(PHASES[phase], f"{seconds:.3g}", f"{seconds / whole:.1%}")
        layers = table("layer", "elements a step")
        ranked = sorted(found.layers().items(), key=lambda entry: -entry[1][0])
        for (part, layer), (seconds, elements) in ranked[:_MOST]:
            layers.add_row(
                f"{part}: {layer}",
                f"{elements / self.steps:.0f}",
                f"{seconds:.3g}",
                f"{seconds / whole:.1%}",
            )
        if len(ranked) > _MOST:
            rest = [value for _, value in ranked[_MOST:]]
            seconds, elements = sum(s for s, _ in rest), sum(e for _, e in rest)
            layers.add_row(
                f"{len(rest)} more",
                f"{elements / self.steps:.0f}",
                f"{seconds:.3g}",
                f"{seconds / whole:.1%}",
            )
        out = io.StringIO()
        console = Console(file=out, width=_WIDTH, color_system=None)
        console.print(phases)
        console.print()
        console.print(layers)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def inspect(path: Path, steps: int) -> Inspection:
    """Describes a program file and predicts a run of one link of `steps` steps.

    The link is shorter where none of this length could be proven.

    Raises:
        InputError: The program is damaged, or not even one of its steps can be proven.
    """
    program = Program.read_public(path)
    steps = program.whole_windows(max(1, min(steps, program.max_steps)))
    while True:
        # As much data as the link reads.
        rows = [program.batch * steps]
        try:
            links = prediction.links(program, rows, steps)
            break
        except InputError:
            if steps <= program.window:
                raise
            steps = plan.floor_to_windows(steps // 2, program.window)
    return Inspection(
        digest=program.digest,
        report=describe(program.description),
        steps=steps,
        seconds=prediction.run_seconds(program, rows, steps),
        memory_bytes=prediction.link_memory(program, rows, steps),
        disk_bytes=prediction.disk(program, rows, len(links)),
        proof_bytes=prediction.proof_bytes(program, rows, steps),
        links=tuple(links),
        later=prediction.later_link(program, rows, steps),
        breakdown=breakdown(program, links),
    )


def _seconds(value: float) -> str:
    return f"{value:.3g} s" if value >= 0.1 else f"{1000 * value:.3g} ms"

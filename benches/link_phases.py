"""Seconds, processor time and memory of each phase of a program's links.

    python -m benches.link_phases FOLDER STEPS [--repeats N] [--clear] [--kept]

proves, in this process, an import, a training link of STEPS steps and a seal of the program
`step.zkprog` on the rows `rows.npz` in FOLDER, and prints what each phase took as JSON. A phase's
seconds are the least of the repeats, its memory the most.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.order import Order
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.data import read_dataset
from zkpot.machine import peak_memory, resident_memory
from zkpot.pipeline.integers import initial_integers, shard_integers
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.rates import Rates


class Phases:
    """Hears of a link's progress and measures what lies between."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._begin()

    def __call__(self, name: str, done: int, total: int) -> None:
        if name == "train" and done < total:
            return
        self.found.append(
            {
                "phase": name,
                "seconds": time.monotonic() - self._seconds,
                "processor": time.process_time() - self._processor,
                "peak_bytes": peak_memory(),
                "before_bytes": self._before,
            }
        )
        self._begin()

    def _begin(self) -> None:
        self._seconds, self._processor = time.monotonic(), time.process_time()
        # From here on the high-water mark is the phase's own (proc(5), clear_refs).
        Path("/proc/self/clear_refs").write_text("5")
        self._before = resident_memory()


def measure(
    folder: Path, steps: int, *, repeats: int = 1, clear: bool = False, kept: bool = False
) -> dict[str, Any]:
    """The links of a run of one training link; `kept` copies the data in each."""
    idle = resident_memory()
    program = Program.read(folder / "step.zkprog")
    data = read_dataset(folder / "rows.npz")
    rows = program.batch * steps
    data = type(data)(data.source, {n: values[:rows] for n, values in data.fields.items()})
    (fields,) = shard_integers(program, data, [rows])
    channel: Channel = "clear" if clear else "hiding"
    states = native.commit_states(program, initial_integers(program, None), channel=channel)
    shard = native.commit_shard(program, fields, channel=channel)
    order = Order(program.digest, states.root, (shard.root,), (rows,), choose_nonce(None, 1))
    start = resident_memory()

    def best(prove: Callable[[Phases], native.Proven]) -> tuple[native.Proven, list[Any]]:
        runs = []
        for _ in range(repeats):
            phases = Phases()
            proven = prove(phases)
            runs.append(phases.found)
        least = [
            entry
            | {key: min(run[i][key] for run in runs) for key in ("seconds", "processor")}
            | {"peak_bytes": max(run[i]["peak_bytes"] for run in runs)}
            for i, entry in enumerate(runs[0])
        ]
        return proven, least

    def shards(proven: native.Proven) -> dict[int, Any]:
        return {i: held for i, held in proven.shards.items() if held is not None}

    def position(place: int, last: bytes, held: Any, opened: dict[int, Any]) -> native.Position:
        previous = native.statement_digest(last) if last else native.NO_LINK
        return native.Position(place, previous, held, opened, channel, secrets.token_bytes(32))

    def prove(
        make: Callable[[Phases], native.Link], held: Any, opened: dict[int, Any]
    ) -> Callable[[Phases], native.Proven]:
        def proven(phases: Phases) -> native.Proven:
            link = make(phases)
            phases("commit outputs", 1, 1)
            unopened = native.prove(program, link, None, phases)
            return native.open_link(program, link, unopened, held, opened, phases)

        return proven

    first = position(0, b"", states, {0: shard})
    imported, importing = best(
        prove(lambda _: native.import_link(program, order, first, states), states, {0: shard})
    )
    assert imported.states is not None
    second = position(0, imported.link, imported.states, shards(imported))
    scalars = Rates.of(None, program).integers(program, 0, steps)
    keep = [0] if kept else []
    trained, training = best(
        prove(
            lambda p: native.train_link(
                program, order, second, scalars, steps, keep, p, witness=True
            ),
            second.states,
            dict(second.shards),
        )
    )
    assert trained.states is not None
    third = position(steps, trained.link, trained.states, shards(trained))
    sealed, sealing = best(
        prove(
            lambda _: native.seal_link(program, order, third, keep),
            third.states,
            dict(third.shards),
        )
    )
    links = {"import": importing, "training": training, "seal": sealing}
    sizes = {"import": imported, "training": trained, "seal": sealed}
    return {
        "steps": steps,
        "rows": rows,
        "clear": clear,
        "kept": kept,
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "idle_bytes": idle,
        "start_bytes": start,
        "links": [
            {"kind": kind, "phases": phases, "proof_bytes": len(sizes[kind].link)}
            for kind, phases in links.items()
        ],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("steps", type=int)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--clear", action="store_true")
    parser.add_argument("--kept", action="store_true")
    given = parser.parse_args()
    found = measure(
        given.folder, given.steps, repeats=given.repeats, clear=given.clear, kept=given.kept
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()

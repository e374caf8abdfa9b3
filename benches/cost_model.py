"""Keeps what `zkpot inspect` predicts next to what was measured.

    python -m benches.cost_model FOLDER FILE

reads what `benches.measurements` wrote (programs in FOLDER, links in FILE), records predictions and
measurements and writes docs/benchmarks.md. Links of full length (`--large`) were not used to fit
prices.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benches import conditions, page
from benches.measurements import key_of, links
from benches.record import Measured, Record, Round, shorten
from benches.sections import predictions
from zkpot.artifacts.program import SUFFIX, Program
from zkpot.pipeline.costing.link import Opened, count


def compare(folder: Path, found: Mapping[str, Any]) -> Iterator[tuple[str, Measured]]:
    """Each measured training link with what is predicted of it."""
    fitted = {key_of(link) for link in links(large=False)}
    for key, run in found["links"].items():
        program = Program.read_public(folder / run["program"] / f"step{SUFFIX}")
        (measured,) = [link for link in run["links"] if link["kind"] == "training"]
        link = count(
            program,
            "training",
            run["steps"],
            [Opened(run["rows"], copied=run["kept"])],
            channel="clear" if run["clear"] else "hiding",
        )
        phases = measured["phases"]
        witness = next(p for p in link.work["polynomials"] if p["role"] == "witness")
        values = {
            "measured/seconds": sum(phase["seconds"] for phase in phases),
            "measured/processor": sum(phase["processor"] for phase in phases),
            "measured/memory": max(phase["peak_bytes"] for phase in phases),
            "measured/proof": measured["proof_bytes"],
            "predicted/seconds": link.seconds,
            "predicted/processor": link.processor_seconds,
            "predicted/memory": link.memory_bytes,
            "predicted/proof": link.proof_bytes,
        }
        facts = {
            "fitted": int(key in fitted),
            "elements": link.committed,
            "variables": witness["variables"],
        }
        yield key, Measured(facts, [Round(run["load"], None, shorten(values))])


def main() -> None:
    """Compare, record and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    found = json.loads(given.file.read_text())
    record = Record(
        predictions.NAME,
        datetime.now(timezone.utc).date().isoformat(),
        conditions.machine(),
        conditions.versions("torch"),
        dict(compare(given.folder, found)),
    )
    record.write(page.RECORDED / f"{predictions.NAME}.json")
    page.write()


if __name__ == "__main__":
    main()

"""What `zkpot inspect` predicts next to what was measured.

    python -m benches.cost_model FOLDER FILE

reads what `benches.measurements` wrote (programs in FOLDER, links in FILE), keeps predictions and
measurements in docs/cost-model.json and writes the table of docs/benchmarks.md from it. Links of
full length (`--large`) were not used to fit prices.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benches.measurements import key_of, links
from benches.work import ROOT
from zkpot.artifacts.program import SUFFIX, Program
from zkpot.pipeline.costing.link import count, prices

KEPT = ROOT / "docs" / "cost-model.json"
PAGE = ROOT / "docs" / "benchmarks.md"
_HEADING = "## Predicted and measured\n"
_MEASURES = ("seconds", "processor", "memory", "proof")


def compare(folder: Path, found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each measured training link with what is predicted of it."""
    fitted = {key_of(link) for link in links(large=False)}
    for key, run in found["links"].items():
        program = Program.read_public(folder / run["program"] / f"step{SUFFIX}")
        (measured,) = [link for link in run["links"] if link["kind"] == "training"]
        link = count(
            program, "training", run["steps"], [(run["rows"], run["kept"])], clear=run["clear"]
        )
        phases = measured["phases"]
        witness = next(p for p in link.work["polynomials"] if p["role"] == "witness")
        yield {
            "link": key,
            "fitted": key in fitted,
            "elements": link.committed,
            "variables": witness["variables"],
            "load": run["load"],
            "measured": {
                "seconds": sum(phase["seconds"] for phase in phases),
                "processor": sum(phase["processor"] for phase in phases),
                "memory": max(phase["peak_bytes"] for phase in phases),
                "proof": measured["proof_bytes"],
            },
            "predicted": {
                "seconds": link.seconds,
                "processor": link.processor_seconds,
                "memory": link.memory_bytes,
                "proof": link.proof_bytes,
            },
        }


def table(rows: list[dict[str, Any]], machine: str) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        _HEADING,
        f"Made by `benches/cost_model.py` from `cost-model.json`, on {machine}. A training link "
        "in a process of its own; of a model at its small size where the name says so. Ratios are "
        "predicted by measured. Prices were fitted to the links without a star. The load is how "
        "many processes wanted a processor: where it is above the number of processors, seconds "
        "say little, and processor time says more.\n",
        "| link | load | elements | table | time | processor time | memory | a element | proof |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        measured, predicted = row["measured"], row["predicted"]

        def ratio(
            what: str,
            measured: Mapping[str, float] = measured,
            predicted: Mapping[str, float] = predicted,
        ) -> str:
            if what not in measured:
                return ""
            return f"{predicted[what] / measured[what]:.2f}"

        lines.append(
            f"| {row['link']}{'' if row['fitted'] else ' *'} | {row['load']:.1f} "
            f"| {row['elements']:,} | 2^{row['variables']} "
            f"| {measured['seconds']:.3g} s, {ratio('seconds')} "
            f"| {ratio('processor')} | {measured['memory'] / 1e6:,.0f} MB, {ratio('memory')} "
            f"| {measured['memory'] / row['elements']:,.0f} B | {ratio('proof')} |"
        )
    lines.append("")
    for what in _MEASURES:
        ratios = [
            row["predicted"][what] / row["measured"][what]
            for row in rows
            if what in row["measured"]
        ]
        within = sum(0.8 <= ratio <= 1.25 for ratio in ratios)
        lines.append(
            f"- {what}: within 25 % for {within} of {len(ratios)}, "
            f"{min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}"
        )
    return "\n".join(lines) + "\n\n"


def main() -> None:
    """Compare, keep and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    found = json.loads(given.file.read_text())
    rows = list(compare(given.folder, found))
    machine = prices()["machine"]
    KEPT.write_text(json.dumps({"machine": machine, "links": rows}, indent=1) + "\n")
    section, page = table(rows, machine), PAGE.read_text()
    before, _, rest = page.partition(_HEADING)
    if rest:
        rest = rest[rest.index("\n## ") + 1 :]
    else:
        before, _, rest = page.partition("## Verifying\n")
        rest = "## Verifying\n" + rest
    PAGE.write_text(before + section + rest)
    print(section)


if __name__ == "__main__":
    main()

"""What of the settlement contracts tests reach: `python -m tests.settle.coverage`.

Fails below 95 % of lines or branches, and says which are missing. Fuzzed
sequences of calls are left out: what they reach is chance.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.settle.planting import FORGE, GAS, ROOT

SOURCES = "contracts/src/settle/"
LEAST = 0.95


@dataclass
class Reached:
    """How often each line of a file was run, and each branch taken (line, block, number)."""

    lines: dict[int, int] = field(default_factory=dict)
    branches: dict[tuple[int, ...], int] = field(default_factory=dict)


def read(report: str) -> dict[str, Reached]:
    """Settlement's files in a report in the format of lcov."""
    found: dict[str, Reached] = {}
    for record in report.split("end_of_record"):
        entries = [line.partition(":")[::2] for line in record.split()]
        path = dict(entries).get("SF", "")
        if not path.startswith(SOURCES):
            continue
        file = found.setdefault(path, Reached())
        for kind, text in entries:
            values = text.split(",")
            if kind == "DA":
                file.lines[int(values[0])] = int(values[1])
            elif kind == "BRDA":
                line, block, number = map(int, values[:3])
                file.branches[line, block, number] = 0 if values[3] == "-" else int(values[3])
    return found


def measure() -> str:
    """What forge reports."""
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "lcov"
        command = [str(FORGE), "coverage", "--no-match-contract", f"({GAS}|InvariantsTest)$"]
        run = subprocess.run(
            [*command, "--report", "lcov", "--report-file", str(report)],
            cwd=ROOT,
            env={**os.environ, "FOUNDRY_CONFIG": "contracts/foundry.toml", "FOUNDRY_DENY": "never"},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode or not report.exists():
            sys.exit(f"forge does not measure:\n{(run.stdout + run.stderr)[-4000:]}")
        return report.read_text()


def share(counts: list[int]) -> float:
    return sum(count > 0 for count in counts) / len(counts)


def main() -> None:
    """Prints each file's shares, and what no test reaches."""
    files = read(measure())
    if not files:
        sys.exit(f"{SOURCES}: nothing is measured")
    lines = [count for file in files.values() for count in file.lines.values()]
    branches = [count for file in files.values() for count in file.branches.values()]
    for path, file in sorted(files.items()):
        missing = {line for line, count in file.lines.items() if not count}
        missing |= {branch[0] for branch, count in file.branches.items() if not count}
        said = f"not reached: {sorted(missing)}" if missing else "whole"
        print(f"{path.removeprefix(SOURCES)}: {said}")
    print(f"{share(lines):.1%} of {len(lines)} lines", end=", ")
    print(f"{share(branches):.1%} of {len(branches)} branches")
    if min(share(lines), share(branches)) < LEAST:
        sys.exit(f"less than {LEAST:.0%}")


if __name__ == "__main__":
    main()

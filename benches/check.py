"""Is something worse than it was recorded? ``python -m benches.check``

Measures the section `ratios` again, next to nothing else, and compares. Exits with 1 if a ratio is
worse than its tolerance allows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benches import page
from benches.commands import ROOT
from benches.markdown import table
from benches.measuring import Bench
from benches.progress import Progress
from benches.record import Record
from benches.sections.ratios import RATIOS, SECTION, medians

_FOLDER = ROOT / "target" / "bench" / "check"
# Share of the processors that may be in use before a round.
_CALM = 0.2


@dataclass(frozen=True)
class Verdict:
    """One ratio, then and now.

    Attributes:
        name: in `RATIOS`.
        recorded: what it was.
        measured: what it is; None where it was not measured.
    """

    name: str
    recorded: float
    measured: float | None

    @property
    def worse(self) -> bool:
        """Whether it grew by more than its tolerance; what was not measured is no better."""
        return self.measured is None or self.measured > self.recorded * RATIOS[self.name].tolerance


def compare(recorded: Mapping[str, float], measured: Mapping[str, float]) -> list[Verdict]:
    """Every ratio that was recorded, and is still held, with what it is now."""
    return [
        Verdict(name, recorded[name], measured.get(name)) for name in RATIOS if name in recorded
    ]


def report(verdicts: list[Verdict]) -> str:
    """A table of all, the worse ones marked."""
    rows = []
    for verdict in verdicts:
        ratio = RATIOS[verdict.name]
        now = verdict.measured
        rows.append(
            [
                ratio.title,
                ratio.show(verdict.recorded),
                "not measured" if now is None else ratio.show(now),
                "" if now is None else f"{now / verdict.recorded:.2f}",
                f"{ratio.tolerance:.2f}",
                "WORSE" if verdict.worse else "",
            ]
        )
    return table(["", "recorded", "now", "times", "at most", ""], rows)


def main() -> None:
    """Measure, compare and say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--recorded", type=Path, default=page.RECORDED / f"{SECTION.name}.json", help="a record"
    )
    given = parser.parse_args()
    recorded = Record.read(given.recorded)
    if recorded is None:
        sys.exit(f"{given.recorded}: nothing is recorded; 'make bench SECTIONS=ratios' does")
    with Progress(1) as progress:
        measured = Bench(_FOLDER, _FOLDER / "recorded").measure(SECTION, progress)
    busy = max(one.busy or 0.0 for case in measured.cases.values() for one in case.rounds)
    if busy > _CALM:
        print(f"others used up to {busy:.0%} of the processors: times say little, measure again")
    if measured.machine != recorded.machine:
        print(f"recorded on another machine, {recorded.machine.processor}: read times with care")
    verdicts = compare(medians(recorded), medians(measured))
    print(report(verdicts))
    worse = [verdict for verdict in verdicts if verdict.worse]
    print(f"{len(worse)} of {len(verdicts)} are worse" if worse else "none is worse")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()

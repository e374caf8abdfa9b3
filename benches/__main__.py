"""Measures sections of docs/benchmarks.md and writes it: ``python -m benches [SECTION ...]``.

Each section's record in benches/recorded is replaced when all of it was measured; the page and its
pictures are made from all records. What an interrupted run has measured is kept in target/bench.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from traceback import format_exc

from benches import page
from benches.commands import ROOT
from benches.measuring import Bench
from benches.progress import Progress
from benches.section import Section, Unavailable
from models.data.packages import MissingData

_UNDER_WAY = ROOT / "target" / "bench"


def main() -> None:
    """Measure what is asked for."""
    measurable = {section.name: section for section in page.SECTIONS if section.cases}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"{', '.join(measurable)}; default: all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round of the smallest cases; written to --out"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page")
    parser.add_argument(
        "--out", type=Path, help="write records and page here instead of into the checkout"
    )
    given = parser.parse_args()
    for name in given.sections:
        if name not in measurable:
            parser.error(f"no section '{name}' to measure; there are {', '.join(measurable)}")
    if given.quick and given.out is None:
        parser.error("--quick needs --out: what it finds is no figure to keep")
    recorded = given.out / "recorded" if given.out else page.RECORDED
    docs = given.out / "docs" if given.out else page.DOCS
    failed = False
    if not given.page:
        bench = Bench(given.out / "bench" if given.out else _UNDER_WAY, recorded, given.quick)
        try:
            failed = not run(bench, [measurable[n] for n in given.sections or measurable], docs)
        except KeyboardInterrupt:
            sys.exit("stopped: the same command goes on after the last complete round")
    page.write(recorded, docs)
    sys.exit(1 if failed else 0)


def run(bench: Bench, sections: list[Section], docs: Path) -> bool:
    """Measure one section after the other; whether none failed.

    A section that needs what is not here stays as it was recorded, and is no failure.
    """
    succeeded = True
    with Progress(len(sections)) as progress:
        for section in sections:
            try:
                bench.measure(section, progress)
            except (Unavailable, MissingData) as error:
                progress.note(f"{section.name}: stays as recorded, since {error}")
            except Exception:
                # Half an hour of other sections shall not be lost with this one.
                progress.note(f"{section.name} failed and stays as recorded\n{format_exc()}")
                succeeded = False
            else:
                page.write(bench.recorded, docs)
            progress.end()
    return succeeded


if __name__ == "__main__":
    main()

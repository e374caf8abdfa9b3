"""Measures sections round by round; a stop in between loses no round that is complete."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from benches import conditions
from benches.progress import Progress
from benches.record import Measured, Record
from benches.section import Case, Section


@dataclass(frozen=True)
class Bench:
    """Where things are kept, and how much is measured.

    Attributes:
        folder: for what is under way.
        recorded: for records that are complete.
        quick: the smallest cases, one round each.
    """

    folder: Path
    recorded: Path
    quick: bool = False

    def path(self, section: Section) -> Path:
        """Where a section's record is when it is complete."""
        return self.recorded / f"{section.name}.json"

    def measure(self, section: Section, progress: Progress) -> Record:
        """Measure what a section asks for, or what an interrupted run left to measure.

        Raises:
            Unavailable: Something that it needs is missing; what was recorded before stays.
        """
        assert section.cases is not None, section.name
        cases = section.cases(self.quick)
        path = self.folder / f"{section.name}.json"
        record = self._begin(section, path, progress)
        progress.begin(section.name, sum(map(self._times, cases)))
        for case in cases:
            self._measure(case, record, path, progress)
        # Of an earlier beginning there may be others.
        record.cases = {case.name: record.cases[case.name] for case in cases}
        record.write(self.path(section))
        path.unlink()
        return record

    def _times(self, case: Case) -> int:
        return 1 if self.quick else case.times

    def _begin(self, section: Section, path: Path, progress: Progress) -> Record:
        today = datetime.now(timezone.utc).date().isoformat()
        versions = conditions.versions(*section.packages)
        new = Record(section.name, today, conditions.machine(), versions, {})
        begun = Record.read(path)
        if begun is None:
            return new
        if begun.comparable(new):
            rounds = sum(len(found.rounds) for found in begun.cases.values())
            progress.note(f"{section.name}: goes on after {rounds} rounds")
            return begun
        progress.note(f"{section.name}: begins anew, since what was begun is of another version")
        return new

    def _measure(self, case: Case, record: Record, path: Path, progress: Progress) -> None:
        times = self._times(case)
        before = len(record.cases[case.name].rounds) if case.name in record.cases else 0
        progress.case(case.name, min(before, times))
        if before >= times:
            return
        folder = self.folder / "case"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        prepared = case.prepare(folder)
        found = record.cases.setdefault(case.name, Measured(prepared.facts, []))
        for _ in range(before, times):
            found.rounds.append(conditions.measured_round(prepared.rounds.__next__))
            record.write(path)
            progress.advance()
        # A generator ends its processes when it is closed.
        close = getattr(prepared.rounds, "close", None)
        if close is not None:
            close()
        shutil.rmtree(folder)

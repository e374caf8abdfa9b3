"""What a section measured, where and when: one file a section in benches/recorded."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import msgspec

#: What is known of a case before it is measured, such as its parameters.
Facts = dict[str, int | float | str]
#: What one round measured, by name; times in seconds, sizes in bytes.
Values = dict[str, float]

_DIGITS = 6


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured.

    Attributes:
        processor: its name.
        cores: how many of them this process may use.
        memory_bytes: of the machine.
        build: of the prover: the instructions that it is compiled for.
    """

    processor: str
    cores: int
    memory_bytes: int
    build: str


class Round(msgspec.Struct):
    """One round: what others did just before it, and its figures.

    Attributes:
        load: processes that wanted a processor over the last minute.
        busy: share of the processors that was used just before, None where nobody looked.
        values: figures by name.
    """

    load: float
    busy: float | None
    values: Values


class Measured(msgspec.Struct):
    """All rounds of a case."""

    facts: Facts
    rounds: list[Round]

    def values(self, name: str) -> list[float]:
        """One figure of all rounds.

        Raises:
            KeyError: A round does not have it.
        """
        return [each.values[name] for each in self.rounds]

    def median(self, name: str) -> float:
        """The median of one figure over the rounds."""
        return median(self.values(name))

    def number(self, name: str) -> float:
        """A fact that is a number."""
        return float(self.facts[name])


class Record(msgspec.Struct):
    """All that a section measured.

    Attributes:
        section: its name.
        date: when it was begun, as YYYY-MM-DD.
        machine: where.
        versions: of zkpot, the commit it was built from, Python, torch and others.
        cases: by name, in their order.
    """

    section: str
    date: str
    machine: Machine
    versions: dict[str, str]
    cases: dict[str, Measured]

    @classmethod
    def read(cls, path: Path) -> Record | None:
        """The record in a file, or None where there is none.

        Raises:
            msgspec.ValidationError: The file is no record.
        """
        return msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else None

    def write(self, path: Path) -> None:
        """Write it as text; the old file stays until the new one is complete."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"
        new = path.with_suffix(".new")
        new.write_bytes(content)
        new.replace(path)

    def comparable(self, other: Record) -> bool:
        """Whether rounds of both may stand in one record: same machine and same versions."""
        return (self.machine, self.versions) == (other.machine, other.versions)


def shorten(values: Values) -> Values:
    """The same with as many digits as a measurement deserves."""
    return {name: float(f"{value:.{_DIGITS}g}") for name, value in values.items()}

"""Tables and figures in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from benches.record import Record, Round


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are text."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float, digits: int = 3) -> str:
    """As many significant digits, without an exponent, thousands apart."""
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= 10 ** (digits - 1):
        return f"{rounded:,.0f}"
    if not rounded:
        return "0"
    # Digits behind the point that make as many significant ones.
    places = digits - 1
    while abs(rounded) * 10 ** (places - digits + 1) < 1:
        places += 1
    while abs(rounded) * 10 ** (places - digits + 1) >= 10:
        places -= 1
    return f"{rounded:.{places}f}"


def seconds(value: float) -> str:
    """Seconds, or milliseconds below a tenth."""
    return f"{number(value)} s" if value >= 0.1 else f"{number(1000 * value)} ms"


def size(value: float) -> str:
    """Bytes in the greatest unit of which there is one."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= bytes_:
            return f"{number(value / bytes_)} {unit}"
    return f"{value:.0f} B"


def spread(values: Sequence[float], show: str = "seconds") -> str:
    """The median, and from where to where rounds went, if there are several."""
    write = {"seconds": seconds, "size": size, "number": number}[show]
    middle = write(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({write(min(values))} to {write(max(values))})"


def conditions(record: Record) -> str:
    """A line: where and when it was measured, and what others did meanwhile."""
    machine, versions = record.machine, record.versions
    rounds = [one for case in record.cases.values() for one in case.rounds]
    known = ", ".join(
        [f"zkpot {versions['zkpot']} at `{versions['commit']}`"]
        + [f"{_TITLES.get(n, n)} {v}" for n, v in versions.items() if n not in ("zkpot", "commit")]
    )
    return (
        f"*{record.date}, {machine.processor}, {machine.cores} cores, {size(machine.memory_bytes)} "
        f"of memory, build {machine.build}; {known}. {_calm(rounds)}*"
    )


_TITLES = {"python": "Python", "ezkl": "EZKL", "ray": "Ray"}


def _calm(rounds: Sequence[Round]) -> str:
    """How busy the machine was."""
    busy = [one.busy for one in rounds if one.busy is not None]
    loads = [one.load for one in rounds]
    load = f"the load was {min(loads):.1f} to {max(loads):.1f}"
    if busy:
        load += f" and {median(busy):.0%} of the processors were in use, at most {max(busy):.0%}"
    return f"{len(rounds)} round{'s' if len(rounds) > 1 else ''}; before them {load}."

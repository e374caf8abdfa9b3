"""The same training steps in EZKL and in zkpot, in one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benches import ezkl, markdown, programs
from benches.record import Measured, Record, Values
from benches.runs import Run
from benches.section import Case, Prepared, Section, repeated
from benches.sources import Perceptron

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The next one, 128-64-10 with B = 16, needs 17 GB and as much disk in EZKL.
_STEPS = (Perceptron((16, 16, 4), 4), Perceptron((64, 16, 10), 8))
# A longer link shares its costs between its steps.
_LINK_STEPS = 64
# The second takes EZKL a minute a round.
_ROUNDS = (2, 1)


def _cases(quick: bool) -> Sequence[Case]:
    ezkl.version()
    cases = [_case(source, rounds) for source, rounds in zip(_STEPS, _ROUNDS, strict=True)]
    return cases[:1] if quick else cases


def _case(source: Perceptron, rounds: int) -> Case:
    """A round: a step in zkpot, a link of steps in zkpot, the step in EZKL."""

    def prepare(folder: Path) -> Prepared:
        facts = programs.build(source, folder, _LINK_STEPS)
        facts |= {"steps": _LINK_STEPS, "ezkl": ezkl.version()}
        one, link = Run(folder, 1), Run(folder, _LINK_STEPS)

        def measure() -> Values:
            values = _named("link", link.prove() | link.verify())
            values |= _named("one", one.prove() | one.verify())
            return values | _named("ezkl", ezkl.step(folder))

        return Prepared(facts, repeated(measure))

    return Case(f"{source.name}, B = {source.batch}", prepare, rounds)


def _named(side: str, values: Values) -> Values:
    return {f"{side}/{name}": value for name, value in values.items()}


def _theirs(case: Measured) -> float:
    """Seconds of EZKL's witness and proof."""
    return case.median("ezkl/seconds/witness") + case.median("ezkl/seconds/prove")


def _each(case: Measured) -> float:
    """Seconds of a step in a link, by the own clock of the whole run."""
    return case.median("link/seconds") / case.number("steps")


def _document(record: Record) -> str:
    parts = [
        markdown.conditions(record),
        "Squared error, one step of SGD; both systems on the same machine in the same run, from "
        "the same ONNX file.",
    ]
    for name, case in record.cases.items():
        parts += [f"### {name}", _table(case, record.versions["zkpot"])]
    return "\n\n".join([*parts, "![zkpot and EZKL](images/benchmarks/ezkl.svg)", _EXPLAINED])


def _table(case: Measured, version: str) -> str:
    theirs = _theirs(case)
    ours: list[tuple[str, float | None, float, str]] = [
        ("prove one step", case.median("one/seconds"), theirs, "seconds"),
        (f"a step of a link of {case.facts['steps']}", _each(case), theirs, "seconds"),
        ("set up, once a program", None, case.median("ezkl/seconds/setup"), "seconds"),
        ("test SRS, in place of a ceremony's", None, case.median("ezkl/seconds/srs"), "seconds"),
        *(
            (
                title,
                case.median(f"one/{mine}") if mine else None,
                case.median(f"ezkl/{its}"),
                "size",
            )
            for title, mine, its in (
                ("peak memory", "peak_bytes", "peak_rss_bytes"),
                ("proving key", None, "proving_key_bytes"),
                ("proof", "proof_bytes", "proof_bytes"),
            )
        ),
        ("verify", case.median("one/verify"), case.median("ezkl/seconds/verify"), "seconds"),
    ]
    shows = {"seconds": markdown.seconds, "size": markdown.size}
    rows = [
        [
            title,
            shows[unit](we) if we is not None else "none",
            shows[unit](they),
            markdown.number(they / we, 2) if we is not None else "",
        ]
        for title, we, they, unit in ours
    ]
    return markdown.table(["", f"zkpot {version}", f"EZKL {case.facts['ezkl']}", "ratio"], rows)


_EXPLAINED = """\
A ratio above 1 is in zkpot's favour. zkpot's are whole runs by their own clock: start of the
process, commitments, step and seal. EZKL's are its witness and its proof, in a process that
has started.

What this compares, and what it does not:

- The work is the same: EZKL gets the graph that zkpot exported, less loss and prediction, which
  zkpot does not prove either. Weights, data and new weights are committed to, and hidden, in both.
- EZKL's are steps of `zkpot ezkl` ([Steps in EZKL](ezkl.md)). The time to verify is that of the
  command, with a key that the verifier has set up before. Most of it starts a process and derives
  the settings again; EZKL's own verifier takes less than a tenth of a second of it.
- EZKL has a verifier for the EVM, and its proofs are small. zkpot has no EVM verifier yet.
- EZKL proves one step, and zkpot ties its steps together outside. zkpot's own links are chained to
  commitments, from the first weights to the last, and closed by a seal.
- EZKL's statement about rounding is looser (a division accepts floor and ceiling); zkpot's
  arithmetic has one result. EZKL works with 7 fractional bits, its default, and zkpot with 16-bit
  activations.
- EZKL's matrix products are constrained here (no Freivalds); by default they are not.
- These are small networks on one machine. [Comparison](comparison.md) has EZKL on others."""


def _plots(record: Record) -> Mapping[str, Figure]:
    from benches import drawing

    picture, (axes,) = drawing.figure(width=7.0, height=1.4 + 0.7 * len(record.cases))
    bars: list[tuple[str, float, str]] = []
    for name, case in record.cases.items():
        bars += [
            (f"EZKL, {name}", _theirs(case), drawing.COLOURS[1]),
            (f"zkpot, {name}", case.median("one/seconds"), drawing.COLOURS[0]),
            (f"zkpot, {name}, of {case.facts['steps']}", _each(case), drawing.COLOURS[4]),
        ]
    names, seconds, colours = zip(*bars, strict=True)
    axes.barh(names, seconds, color=colours)
    axes.set_xscale("log")
    drawing.plain_numbers(axes.xaxis)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("seconds to prove a step")
    return {"ezkl": picture}


SECTION = Section("ezkl", "The same step in EZKL", _cases, _document, _plots)

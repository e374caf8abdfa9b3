"""docs/benchmarks.md and its pictures, made from what is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benches.commands import ROOT
from benches.record import Record
from benches.section import Section
from benches.sections import (
    asked,
    ezkl,
    models,
    on_chain,
    predictions,
    ratios,
    steps,
    windows,
    workers,
    wrapped,
    zero_knowledge,
)

#: In the order of the page.
SECTIONS: tuple[Section, ...] = (
    asked.SECTION,
    steps.SECTION,
    windows.SECTION,
    models.SECTION,
    zero_knowledge.SECTION,
    wrapped.SECTION,
    on_chain.SECTION,
    ezkl.SECTION,
    workers.SECTION,
    predictions.SECTION,
    ratios.SECTION,
)
RECORDED = ROOT / "benches" / "recorded"
DOCS = ROOT / "docs"
_PAGE, _PICTURES = "benchmarks.md", "images/benchmarks"
# What stands between them in README.md is made from records, too.
_BEGIN, _END = "<!-- figures: make bench -->", "<!-- /figures -->"

_HEAD = """\
# Benchmarks

What proving costs, next to what was asked of zkpot, and the same training steps in EZKL. Made by
`make bench` from `benches/recorded`: do not edit.

Figures are medians over rounds; where there were several, the least and the greatest stand behind
in parentheses. Every round is a process of its own unless a section says otherwise, and begins with
a look at what others do on the machine; each section says what was seen, where it was measured,
when, and at which commit.
"""

_FOOT = """\
## Measuring again

```
make bench                                   # all, half an hour; the machine should do nothing else
make bench SECTIONS="steps zero_knowledge"   # these; the others stay as recorded
make bench-check                             # three minutes: is something worse than recorded?
make costs                                   # predictions, an hour
```

Sections: {sections}. A stop in between loses no round that is complete: the same command goes on.
What a section needs and is not there (MNIST, EZKL) is named, and the section stays as recorded.
"""


def read(folder: Path = RECORDED) -> dict[str, Record]:
    """What is recorded, by section."""
    found = {s.name: Record.read(folder / f"{s.name}.json") for s in SECTIONS}
    return {name: record for name, record in found.items() if record is not None}


def document(records: Mapping[str, Record]) -> str:
    """The page."""
    parts = [_HEAD.strip()]
    for section in SECTIONS:
        record = records.get(section.name)
        text = section.document(record) if record else _missing(section)
        parts += [f"## {section.title}", text]
    parts.append(_FOOT.strip().format(sections=", ".join(f"`{s.name}`" for s in SECTIONS)))
    return "\n\n".join(parts) + "\n"


def pictures(records: Mapping[str, Record]) -> dict[str, bytes]:
    """The pictures by the name of their file."""
    from benches import drawing

    return {
        f"{name}.svg": drawing.svg(figure)
        for section in SECTIONS
        if section.name in records
        for name, figure in section.plots(records[section.name]).items()
    }


def write(recorded: Path = RECORDED, docs: Path = DOCS) -> None:
    """Write page, pictures and README.md's figures, and delete pictures that are no more."""
    records = read(recorded)
    (docs / _PICTURES).mkdir(parents=True, exist_ok=True)
    drawn = pictures(records)
    for old in (docs / _PICTURES).glob("*.svg"):
        if old.name not in drawn:
            old.unlink()
    for name, content in drawn.items():
        (docs / _PICTURES / name).write_bytes(content)
    (docs / _PAGE).write_text(document(records))
    front = docs.parent / "README.md"
    if front.exists():
        front.write_text(with_figures(front.read_text(), records))


def with_figures(front: str, records: Mapping[str, Record]) -> str:
    """README.md with the figures that are recorded between its two marks."""
    if asked.SECTION.name not in records:
        return front
    before, begin, rest = front.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"README.md has lost a mark: {_BEGIN} ... {_END}")
    return f"{before}{begin}\n{asked.sentence(records[asked.SECTION.name])}\n{end}{after}"


def _missing(section: Section) -> str:
    how = f"make bench SECTIONS={section.name}" if section.cases else "make costs"
    return f"Not measured yet: `{how}` does."

"""docs/benchmarks.md is made from what is recorded, and from nothing else."""

import re
import shutil
from pathlib import Path

import pytest

from benches import page
from benches.record import Record
from benches.sections import asked, workers

# Small records of every section; `python -m benches --page --out tests/benches/golden` renews the
# page, whose difference is to be read.
GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture(scope="module")
def records() -> dict[str, Record]:
    return page.read(GOLDEN / "recorded")


def test_the_page_in_the_book_is_current() -> None:
    """`make bench` writes it."""
    assert (page.DOCS / "benchmarks.md").read_text() == page.document(page.read())


def test_the_book_has_every_picture_that_the_page_shows() -> None:
    text = (page.DOCS / "benchmarks.md").read_text()
    shown = set(re.findall(r"\]\(images/benchmarks/([^)]+)\)", text))
    there = {path.name for path in (page.DOCS / "images" / "benchmarks").glob("*.svg")}
    assert shown == there


def test_small_records_make_the_golden_page(records: dict[str, Record]) -> None:
    assert set(records) == {section.name for section in page.SECTIONS}
    assert page.document(records) == (GOLDEN / "docs" / "benchmarks.md").read_text()


@pytest.mark.parametrize("section", page.SECTIONS, ids=lambda section: section.name)
def test_a_section_that_is_not_recorded_says_how_to_measure_it(
    section: page.Section, records: dict[str, Record]
) -> None:
    others = {name: record for name, record in records.items() if name != section.name}
    text = page.document(others)
    (heading,) = re.findall(r"## (.+)\n\nNot measured yet", text)
    assert f"SECTIONS={section.name}" in text or section.cases is None
    # It is where the section would be.
    assert f"\n## {heading}\n" in page.document(records)
    assert all(record.section != section.name for record in others.values())


def test_a_section_shows_when_and_beside_what_it_was_measured(records: dict[str, Record]) -> None:
    record = records["asked"]
    rounds = [one for case in record.cases.values() for one in case.rounds]
    text = asked.SECTION.document(record)
    assert record.date in text
    assert record.versions["commit"] in text
    assert record.machine.processor in text
    assert f"{max(one.busy or 0 for one in rounds):.0%}" in text


def test_pictures_are_the_same_whenever_they_are_drawn(records: dict[str, Record]) -> None:
    first, second = page.pictures(records), page.pictures(records)
    assert first == second
    assert all(content.startswith(b"<?xml") for content in first.values())
    shown = re.findall(r"images/benchmarks/([a-z0-9_]+\.svg)", page.document(records))
    assert sorted(first) == sorted(shown)


def test_another_record_renews_its_section_alone(
    records: dict[str, Record], tmp_path: Path
) -> None:
    shutil.copytree(GOLDEN / "recorded", tmp_path / "recorded")
    page.write(tmp_path / "recorded", tmp_path / "docs")
    before = _files(tmp_path / "docs")
    path = tmp_path / "recorded" / "workers.json"
    changed = Record.read(path)
    assert changed is not None
    for case in changed.cases.values():
        for one in case.rounds:
            one.values = {name: 2 * value for name, value in one.values.items()}
    changed.write(path)
    page.write(tmp_path / "recorded", tmp_path / "docs")
    after = _files(tmp_path / "docs")
    different = {name for name in before | after if before.get(name) != after.get(name)}
    assert different == {"benchmarks.md", "images/benchmarks/workers.svg"}
    heading = f"## {workers.SECTION.title}"
    for old, new in zip(
        before["benchmarks.md"].decode().split("\n## "),
        after["benchmarks.md"].decode().split("\n## "),
        strict=True,
    ):
        assert (old != new) == old.startswith(heading.removeprefix("## "))


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_front_page_quotes_what_is_recorded(records: dict[str, Record]) -> None:
    front = "before <!-- figures: make bench -->\nold\n<!-- /figures -->\nafter"
    text = page.with_figures(front, records)
    assert "old" not in text
    assert text.startswith("before <!-- figures: make bench -->\nOn 2 cores a step of 128-64-10")
    assert text.endswith("\n<!-- /figures -->\nafter")
    assert page.with_figures(text, records) == text
    assert page.with_figures(front, {}) == front
    with pytest.raises(ValueError, match="lost a mark"):
        page.with_figures("no marks", records)


def test_the_front_page_of_the_checkout_is_current() -> None:
    front = (page.DOCS.parent / "README.md").read_text()
    assert page.with_figures(front, page.read()) == front

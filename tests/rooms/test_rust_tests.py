"""No file of Rust tests is left out: a crate's tests are one program, which names its files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = [*sorted(ROOT.glob("rust/*/tests/main.rs")), ROOT / "circuits" / "tests" / "main.rs"]
#: Files that are programs of their own.
ALONE = {"main", "accounting", "memory"}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.parts[-3])
def test_all_files_are_named(program: Path) -> None:
    named = set(re.findall(r"^mod (\w+);$", program.read_text(), re.MULTILINE))
    there = {path.stem for path in program.parent.glob("*.rs")} - ALONE
    there |= {path.parent.name for path in program.parent.glob("*/mod.rs")}
    assert there
    assert there <= named


def test_crates_without_such_a_program_have_no_such_tests() -> None:
    crates = {path.parents[1] for path in ROOT.glob("rust/*/tests/*.rs")}
    assert {path.parents[1] for path in PROGRAMS} >= crates

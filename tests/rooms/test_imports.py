"""Rooms keep to themselves; see the house rules in CONTRIBUTING.md."""

import ast
from pathlib import Path

import pytest

import zkpot

PACKAGE = Path(zkpot.__file__).parent
ROOMS = ("artifacts", "backends", "data", "program", "reference", "settle", "step")


def imported(path: Path) -> set[str]:
    """Modules of the package that a file imports, without `zkpot.` before them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: a relative import"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.removeprefix("zkpot.") for name in found if name.startswith("zkpot.")}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_artifacts_errors_and_its_own_files(room: str) -> None:
    files = list((PACKAGE / room).rglob("*.py"))
    assert files
    rooms = {name.partition(".")[0] for path in files for name in imported(path)}
    assert rooms - {"_native"} <= {room, "artifacts", "errors"}


def test_the_extension_has_four_doors() -> None:
    doors = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "_native" in imported(path)
    }
    # The fourth asks for openings alone.
    assert doors == {
        "backends/native.py",
        "backends/wrap.py",
        "artifacts/program.py",
        "reference/verifier/scheme.py",
    }

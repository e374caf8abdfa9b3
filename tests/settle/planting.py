"""Plants each bug in a copy of the contracts: `python -m tests.settle.planting [NUMBER ...]`.

Fails where a bug's test passes with it, or where nothing runs at all.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.settle.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
FORGE = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"


def plant(bug: Bug, folder: Path) -> str:
    """What is wrong with the bug or its test; empty if the test fails with it."""
    path = folder / bug.path
    text = path.read_text()
    if text.count(bug.text) != 1:
        return f"{bug.path} has {text.count(bug.text)} times: {bug.text}"
    path.write_text(text.replace(bug.text, bug.planted))
    try:
        said = _run(bug.test, folder)
    finally:
        path.write_text(text)
    if "Ran 1 test " not in said:
        return f"{bug.test} did not run:\n{said[-2000:]}"
    return "" if "[FAIL" in said else f"{bug.test} passes"


def _run(test: str, folder: Path) -> str:
    contract, function = test.split(".")
    command = [str(FORGE), "test", "--match-contract", f"^{contract}$", "--match-test"]
    # What a bug leaves unused is no reason to stop.
    settings = {"FOUNDRY_CONFIG": "contracts/foundry.toml", "FOUNDRY_DENY": "never"}
    run = subprocess.run(
        [*command, f"^{function}\\b"],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr)


def main() -> None:
    """All of them, or those with these numbers."""
    numbers = [int(number) for number in sys.argv[1:]] or range(len(BUGS))
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "contracts", folder / "contracts")
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        for number in numbers:
            bug = BUGS[number]
            found = plant(bug, folder)
            survivors += bool(found)
            print(
                f"{number} {bug.path}: {bug.text!r}: {found or f'killed by {bug.test}'}", flush=True
            )
    sys.exit(f"{survivors} bugs are not found" if survivors else 0)


if __name__ == "__main__":
    main()

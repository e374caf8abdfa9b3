"""Plants each bug of `bugs_of_sums.py`: `python -m tests.settle.planting_sums HALMOS [NUMBER ...]`.

Fails where halmos finds no numbers for which the bug's check fails, or does not say so in time.
That checks hold without a bug is what `make test-symbolic` says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.settle.bugs import Bug
from tests.settle.bugs_of_sums import BUGS_OF_SUMS
from tests.settle.planting import FORGE, ROOT, Ground, ground

OUT = "target/forge/out"
#: Other tests are not compiled.
CHECKS = "contracts/test/settle/symbolic"


def check(made: Ground, halmos: str, test: str) -> str:
    """What halmos says of this check."""
    contract, function = test.split(".")
    settings = {
        "PATH": os.pathsep.join(
            (str(FORGE.parent), str(Path(halmos).parent), os.environ.get("PATH", ""))
        ),
        "FOUNDRY_CONFIG": "contracts/foundry.toml",
        "FOUNDRY_TEST": CHECKS,
        "FOUNDRY_SCRIPT": CHECKS,
        "FOUNDRY_DENY": "never",
        "ZKPOT_COMPILER": str(made.socket),
    }
    chosen = ["--match-contract", f"^{contract}$", "--match-test", f"^{function}\\("]
    run = subprocess.run(
        [halmos, "--root", ".", "--forge-build-out", OUT, "--early-exit", *chosen],
        cwd=made.folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr)


def plant(made: Ground, halmos: str, bug: Bug) -> str:
    """What is wrong with the bug or its check; empty if there are numbers for which it fails."""
    path = made.folder / bug.path
    text = path.read_text()
    if text.count(bug.text) != 1:
        return f"{bug.path} has {text.count(bug.text)} times: {bug.text}"
    path.write_text(text.replace(bug.text, bug.planted))
    try:
        said = check(made, halmos, bug.test)
    finally:
        path.write_text(text)
    found = "Counterexample" in said and f"[FAIL] {bug.test.partition('.')[2]}(" in said
    return "" if found else f"{bug.test} does not fail:\n{said[-2000:]}"


def main() -> None:
    """All of them, or those with these numbers."""
    halmos = str(Path(sys.argv[1]).absolute())
    numbers = [int(number) for number in sys.argv[2:]] or range(len(BUGS_OF_SUMS))
    survivors = 0
    with (
        tempfile.TemporaryDirectory() as name,
        ground(Path(name) / "0", ROOT / "contracts") as made,
    ):
        for number in numbers:
            bug = BUGS_OF_SUMS[number]
            found = plant(made, halmos, bug)
            survivors += bool(found)
            said = found or f"numbers for {bug.test}"
            print(f"{number} {bug.path}: {bug.text!r}: {said}", flush=True)
    sys.exit(f"{survivors} bugs are not found" if survivors else 0)


if __name__ == "__main__":
    main()

"""Plants each bug in a copy of the contracts: `python -m tests.settle.planting [NUMBER ...]`.

Fails where a bug's test passes with it, where nothing runs at all, or where a test fails without
its bug. Two are planted side by side. The compiler stays running, compiles what changed and does
not optimise, which takes a twentieth of the time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.settle.bugs import BUGS, Bug
from tests.settle.bugs_of_adapters import BUGS_OF_ADAPTERS
from tests.settle.bugs_of_claims import BUGS_OF_CLAIMS
from tests.settle.bugs_of_registry import BUGS_OF_REGISTRY

ROOT = Path(__file__).parents[2]
ALL = (*BUGS, *BUGS_OF_CLAIMS, *BUGS_OF_REGISTRY, *BUGS_OF_ADAPTERS)
FORGE = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"
COMPILER = Path(__file__).parent / "warm_compiler.js"
SIDE_BY_SIDE = 2
#: What is measured there is what an optimiser made.
GAS = "GasTest"


@dataclass(frozen=True)
class Ground:
    """A copy of the contracts, and a compiler that listens at a socket."""

    folder: Path
    socket: Path

    def plant(self, bug: Bug) -> str:
        """What is wrong with the bug or its test; empty if the test fails with it."""
        path = self.folder / bug.path
        text = path.read_text()
        if text.count(bug.text) != 1:
            return f"{bug.path} has {text.count(bug.text)} times: {bug.text}"
        path.write_text(text.replace(bug.text, bug.planted))
        contract, function = bug.test.split(".")
        try:
            said = self.test("--match-contract", f"^{contract}$", "--match-test", f"^{function}\\b")
        finally:
            path.write_text(text)
        if "Ran 1 test " not in said:
            return f"{bug.test} did not run:\n{said[-2000:]}"
        return "" if "[FAIL" in said else f"{bug.test} passes"

    def test(self, *chosen: str) -> str:
        """What forge says of these tests."""
        settings = {
            "FOUNDRY_CONFIG": "contracts/foundry.toml",
            # What a bug leaves unused is no reason to stop.
            "FOUNDRY_DENY": "never",
            "FOUNDRY_OPTIMIZER": "false",
            # Tests find contracts by name, so that they are not compiled with them.
            "FOUNDRY_DYNAMIC_TEST_LINKING": "true",
            "ZKPOT_COMPILER": str(self.socket),
        }
        run = subprocess.run(
            [str(FORGE), "test", *chosen],
            cwd=self.folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        return re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr)


@contextmanager
def ground() -> Iterator[Ground]:
    """A copy to plant in, with all its tests compiled and passed."""
    with tempfile.TemporaryDirectory() as name:
        made = Ground(Path(name) / "contracts", Path(name) / "compiler")
        shutil.copytree(ROOT / "contracts", made.folder / "contracts")
        (made.folder / "node_modules").symlink_to(ROOT / "node_modules")
        command = ["node", str(COMPILER), str(made.socket)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as compiler:
            try:
                if compiler.stdout is None or compiler.stdout.readline() != "ready\n":
                    sys.exit(f"{COMPILER}: the compiler does not start")
                said = made.test("--no-match-contract", GAS)
                if " 0 failed" not in said or "[FAIL" in said:
                    sys.exit(f"tests fail where no bug is planted:\n{said[-4000:]}")
                yield made
            finally:
                compiler.terminate()


def search(numbers: Sequence[int]) -> int:
    """Plants these one after another; how many are not found."""
    survivors = 0
    with ground() as made:
        for number in numbers:
            bug = ALL[number]
            found = made.plant(bug)
            survivors += bool(found)
            said = found or f"killed by {bug.test}"
            print(f"{number} {bug.path}: {bug.text!r}: {said}", flush=True)
    return survivors


def main() -> None:
    """All of them, or those with these numbers."""
    numbers = [int(number) for number in sys.argv[1:]] or range(len(ALL))
    shares = [share for i in range(SIDE_BY_SIDE) if (share := numbers[i::SIDE_BY_SIDE])]
    with ThreadPoolExecutor(len(shares)) as pool:
        survivors = sum(pool.map(search, shares))
    sys.exit(f"{survivors} bugs are not found" if survivors else 0)


if __name__ == "__main__":
    main()

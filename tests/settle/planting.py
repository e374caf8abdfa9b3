"""Plants each bug in a copy of the contracts: `python -m tests.settle.planting [NUMBER ...]`.

Fails where a bug's test passes with it, where nothing runs at all, or where a test fails without
its bug. Two are planted side by side. The compiler stays running, compiles what changed and does
not optimise, which takes a twentieth of the time.

Tests find contracts by name, so that they are not compiled with them. For forge that is a cheat: a
constructor that is expected to fail ends the test, and what comes after it in the test is not
looked at. So it must be the first one there if a bug's test is to see it.
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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

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
def ground(folder: Path, *copied: Path) -> Iterator[Ground]:
    """A folder to plant in, with copies of these."""
    for each in copied:
        shutil.copytree(each, folder / each.name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    made = Ground(folder, folder / "compiler")
    command = ["node", str(COMPILER), str(made.socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as compiler:
        try:
            if compiler.stdout is None or compiler.stdout.readline() != "ready\n":
                sys.exit(f"{COMPILER}: the compiler does not start")
            yield made
        finally:
            compiler.terminate()


def search(made: Ground, numbers: SimpleQueue[int]) -> int:
    """Plants what is left, one after another; how many are not found."""
    survivors = 0
    while True:
        try:
            number = numbers.get_nowait()
        except Empty:
            return survivors
        bug = ALL[number]
        found = made.plant(bug)
        survivors += bool(found)
        said = found or f"killed by {bug.test}"
        print(f"{number} {bug.path}: {bug.text!r}: {said}", flush=True)


def plant_all(numbers: Sequence[int]) -> int:
    """Plants these on all grounds; how many are not found."""
    left: SimpleQueue[int] = SimpleQueue()
    # What is planted in the file of the last one is compiled with what is mended there.
    for number in sorted(numbers, key=lambda number: ALL[number].path):
        left.put(number)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folders = [Path(name) / str(i) for i in range(SIDE_BY_SIDE)]
        grounds = [stack.enter_context(ground(folders[0], ROOT / "contracts"))]
        said = grounds[0].test("--no-match-contract", GAS)
        if " 0 failed" not in said or "[FAIL" in said:
            sys.exit(f"tests fail where no bug is planted:\n{said[-4000:]}")
        compiled = [folders[0] / "contracts", folders[0] / "target"]
        grounds += [stack.enter_context(ground(folder, *compiled)) for folder in folders[1:]]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return sum(pool.map(search, grounds, [left] * SIDE_BY_SIDE))


def main() -> None:
    """All of them, or those with these numbers."""
    numbers = [int(number) for number in sys.argv[1:]] or range(len(ALL))
    survivors = plant_all(numbers)
    print(f"{len(numbers) - survivors} of {len(numbers)} bugs are found")
    sys.exit(f"{survivors} bugs are not found" if survivors else 0)


if __name__ == "__main__":
    main()

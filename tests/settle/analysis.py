"""Runs slither on the settlement contracts: `python -m tests.settle.analysis SLITHER`.

Fails at a finding that `answers.py` has no answer to, and at an answer to nothing. Comments that
hide findings count for nothing: nobody would notice when there is nothing left to hide.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.settle.answers import ANSWERS, Answer
from tests.settle.planting import FORGE, ROOT

#: A project as slither wants it: settings at its root, and what the compiler said.
PROJECT = ROOT / "target" / "slither"
SOURCES = "contracts/src/settle"


def compile_project() -> None:
    """The contracts without their tests, which are not deployed."""
    shutil.rmtree(PROJECT, ignore_errors=True)
    PROJECT.mkdir(parents=True)
    (PROJECT / "foundry.toml").write_text((ROOT / "contracts" / "foundry.toml").read_text())
    for name in ("contracts", "node_modules"):
        (PROJECT / name).symlink_to(ROOT / name)
    settings = {
        "FOUNDRY_CONFIG": "contracts/foundry.toml",
        "FOUNDRY_OUT": str(PROJECT / "out"),
        "FOUNDRY_CACHE_PATH": str(PROJECT / "cache"),
    }
    information = ["--build-info", "--build-info-path", str(PROJECT / "info")]
    command = [str(FORGE), "build", *information, SOURCES]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)
    compiled: set[str] = set()
    for path in (PROJECT / "info").iterdir():
        compiled |= json.loads(path.read_text())["output"]["sources"].keys()
    written = {str(path.relative_to(ROOT)) for path in (ROOT / SOURCES).rglob("*.sol")}
    if missing := written - compiled:
        sys.exit(f"not compiled, and so not looked at: {', '.join(sorted(missing))}")


def findings(slither: str) -> list[dict[str, Any]]:
    """What slither says of code that is not OpenZeppelin's."""
    said = PROJECT / "findings.json"
    project = ["--ignore-compile", "--foundry-build-info-directory", "info"]
    run = subprocess.run(
        [slither, ".", *project, "--show-ignored-findings", "--json", str(said)],
        cwd=PROJECT,
        # It asks forge for settings.
        env={**os.environ, "PATH": f"{FORGE.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if not said.exists():
        sys.exit(f"slither does not run:\n{run.stderr[-4000:]}")
    found = json.loads(said.read_text())
    analysed = " analyzed (0 contracts" not in run.stderr
    if not (found["success"] and analysed):
        sys.exit(f"slither does not run: {found['error']}\n{run.stderr[-2000:]}")
    detectors: list[dict[str, Any]] = found["results"].get("detectors", [])
    return [finding for finding in detectors if ours(finding)]


def ours(finding: dict[str, Any]) -> bool:
    """Whether it begins in code that is not OpenZeppelin's."""
    path: str = finding["elements"][0]["source_mapping"]["filename_relative"]
    return path.startswith("contracts/")


def place(finding: dict[str, Any]) -> str:
    """Contract and function, or variable, that it is about."""
    element = finding["elements"][0]
    names = []
    while element:
        if element.get("type") in ("contract", "function", "variable", "struct", "event"):
            names.append(element["name"])
        element = element.get("type_specific_fields", {}).get("parent")
    return ".".join(reversed(names))


def answered(finding: dict[str, Any], answer: Answer) -> bool:
    """Whether the answer is meant for it."""
    return finding["check"] == answer.detector and place(finding).startswith(answer.where)


def compare(found: Sequence[dict[str, Any]], answers: Sequence[Answer]) -> list[str]:
    """Findings without an answer, and answers without a finding."""
    return [
        f"{finding['check']} at {place(finding)}: {finding['description'].strip()}"
        for finding in found
        if not any(answered(finding, answer) for answer in answers)
    ] + [
        f"nothing is found of {answer.detector} at {answer.where or 'any place'}"
        for answer in answers
        if not any(answered(finding, answer) for finding in found)
    ]


def main() -> None:
    """Compiles, asks, compares."""
    compile_project()
    found = findings(sys.argv[1])
    wrong = compare(found, ANSWERS)
    print(f"{len(found)} findings, {len(ANSWERS)} answers, {len(wrong)} without the other")
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()

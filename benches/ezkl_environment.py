"""EZKL in an environment of its own, in target/ezkl; nothing else needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benches.commands import ROOT
from benches.section import Unavailable

REQUIREMENTS = ROOT / "benches" / "ezkl.txt"
_FOLDER = ROOT / "target" / "ezkl"
# Characters of what EZKL says that are worth repeating.
_SAID = 2000
_PYTHON = _FOLDER / "bin" / "python"


def version() -> str:
    """What benches/ezkl.txt pins."""
    return REQUIREMENTS.read_text().partition("==")[2].strip()


def install() -> None:
    """Make the environment, unless it is there.

    Raises:
        Unavailable: It cannot be made, for instance since there is no network.
    """
    stamp = _FOLDER / "installed.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return
    pip = (_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    # The same packages that zkpot runs with, besides.
    wanted = ("-c", ROOT / "requirements.txt", "-r", REQUIREMENTS, "onnx", "numpy")
    for command in ((sys.executable, "-m", "venv", "--clear", _FOLDER), (*pip, *wanted)):
        done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise Unavailable(
                f"ezkl {version()} cannot be installed in {_FOLDER.relative_to(ROOT)} "
                f"({said[-1] if said else 'no reason given'})"
            )
    stamp.write_text(REQUIREMENTS.read_text())


def step(onnx: Path, folder: Path) -> dict[str, Any]:
    """What one training step takes EZKL, in a process of its own.

    Raises:
        RuntimeError: EZKL failed; says what it said.
    """
    command = [_PYTHON, "-m", "benches.ezkl_step", onnx, folder]
    # EZKL prints reports of its own before the result.
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"ezkl ended with {done.returncode}: {done.stderr[-_SAID:]}")
    value = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(value, dict)
    return value

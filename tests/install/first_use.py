"""First use of an installed zkpot: ``python tests/install/first_use.py STEP.onnx``.

Run by the Python of an environment that has the wheel and what it requires, nothing else: no
torch, no checkout. Compiles, proves, verifies, and reads the weights.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ZKPOT = Path(sys.executable).with_name("zkpot")
STEPS = 8


def main(step: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder / "data.npz")
        zkpot(folder, "compile", step, "--calibrate", "data.npz", "-o", "p.zkprog")
        told = zkpot(folder, "inspect", "p.zkprog")
        assert told["proof_bytes"] > 0
        given = ("--data", "data.npz", "--steps", STEPS, "--seed", 1)
        proven = zkpot(folder, "prove", "p.zkprog", *given, "--out", "run")
        assert proven["loss_last"] < proven["loss_first"]
        zkpot(folder, "bundle", "run", "-o", "run.zkpot")
        verified = zkpot(folder, "verify", "run.zkpot", "--program", "p.zkprog", "--steps", STEPS)
        assert verified["last_commitment"] == proven["last_commitment"]
        written = zkpot(folder, "weights", "run", "-o", "trained.safetensors")
        assert written["steps"] == STEPS
        (folder / "model.py").write_text("import torch")
        refused = zkpot(folder, "export", "model.py:f", "-o", "s.onnx", code=2)
        assert refused["message"] == "model.py needs torch: install zkpot[torch]."
    print(f"{ZKPOT}: compiled, proved and verified {STEPS} steps")


def write_data(path: Path) -> None:
    """64 rows, with one target for all, so that every batch shows a smaller loss than the last."""
    random = np.random.default_rng(0)
    x = random.random((64, 64), np.float32) / 16
    y = np.tile(random.random(10, np.float32), (64, 1))
    np.savez(path, x=x, y=y)


def zkpot(
    folder: Path, *arguments: object, code: int = 0, build: str | None = None
) -> dict[str, Any]:
    """What a command prints with --json, in the folder and with one of the wheel's builds."""
    command = [ZKPOT, *map(str, arguments), "--json"]
    environment = os.environ | {"ZKPOT_SIMD": build or ""}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == code, done
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

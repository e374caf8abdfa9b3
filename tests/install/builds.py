"""The builds in an installed wheel: ``python tests/install/builds.py STEP.onnx BUILD ...``.

The named builds are there, the slowest first, and this processor runs them all. They train to the
same weights, and each verifies what each has proven.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from first_use import ZKPOT, write_data, zkpot

STEPS = 8


def main(step: Path, builds: list[str]) -> None:
    assert version("") == builds[-1], "zkpot does not load the fastest build"
    lanes = [int(told(build, "LANES")) for build in builds]
    assert lanes == sorted(set(lanes)), f"vectors of {builds} have {lanes} elements"
    assert all(version(build) == build for build in builds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder / "data.npz")
        zkpot(folder, "compile", step, "--calibrate", "data.npz", "-o", "p.zkprog")
        for build in builds:
            given = ("p.zkprog", "--data", "data.npz", "--steps", STEPS, "--seed", 1, "--out")
            zkpot(folder, "train", *given, f"{build}.safetensors", build=build)
            zkpot(folder, "prove", *given, build, build=build)
        weights = {(folder / f"{build}.safetensors").read_bytes() for build in builds}
        assert len(weights) == 1, "builds train to different weights"
        for prover in builds:
            for verifier in builds:
                given = ("--program", "p.zkprog", "--steps", STEPS)
                assert zkpot(folder, "verify", prover, *given, build=verifier)["steps"] == STEPS
        refused = zkpot(folder, "inspect", "p.zkprog", code=2, build="v9")
        assert refused["message"].startswith("ZKPOT_SIMD=v9: this installation"), refused
    print(f"{ZKPOT}: builds {', '.join(builds)} agree on {STEPS} steps")


def version(build: str) -> str:
    """The build that the command line says it uses when this one is asked for."""
    return run([ZKPOT, "--version"], build).rpartition(" ")[2]


def told(build: str, name: str) -> str:
    """An attribute of the extension in this build."""
    return run([sys.executable, "-c", f"from zkpot import _native; print(_native.{name})"], build)


def run(command: list[object], build: str) -> str:
    environment = os.environ | {"ZKPOT_SIMD": build}
    return subprocess.check_output(map(str, command), env=environment, text=True).strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])

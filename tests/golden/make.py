"""Makes the golden runs of the current format: PYTHONPATH=tests/run python tests/golden/make.py

Until 1.0 they are made again whenever the format changes, and its version rises with it; from then
on they are kept for ever, and a new version gets a folder of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from small_step import write_small_step

import zkpot
from zkpot.pipeline.proving.resources import Resources
from zkpot.pipeline.verification import read_bundle

FORMAT = "6"
HERE = Path(__file__).parent
SEED = "5a" * 32


def make(target: Path) -> None:
    """Proves runs of a small program, with and without dropout; writes bundles and an index."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = write_small_step(folder / "step.onnx")
        program = zkpot.compile(folder / "step.onnx", data, bits=8)
        test = {"x": data["x"][:8], "y": data["y"][:8]}

        public = {"init_seed": SEED, "context": "c0ffee"}
        zkpot.Run(program, data, folder / "hiding", seed=1, **public).prove(2)
        zkpot.Run(program, data, folder / "clear", seed=2, shard_rows=24, clear=True).prove(3)
        zkpot.prove_evaluation(folder / "hiding", test, folder / "evaluation")

        wrapped = {"wrapped": True, "link_steps": 1}
        zkpot.Run(program, data, folder / "wrapped", seed=4, **wrapped).prove(2)

        write_small_step(folder / "dropout.onnx", 0.25)
        dropping = zkpot.compile(folder / "dropout.onnx", data, bits=8)
        # As where memory does not hold a training link and what it would take from owners.
        with mock.patch.object(Resources, "fits", return_value=False):
            zkpot.Run(dropping, data, folder / "dropout", seed=3, clear=True).prove(2)

        expectations: dict[str, dict[str, Any]] = {
            "hiding": {"steps": 2, "program": program.digest, **public},
            "clear": {"allow_clear": True},
            "evaluation": {"after": "hiding"},
            "dropout": {"allow_clear": True},
            "wrapped": {"allow_clear": True},
        }
        runs = []
        for run, given in expectations.items():
            read_bundle(folder / run).write(target / f"{run}.zkpot")
            after = {"after": folder / given["after"]} if "after" in given else {}
            receipt = zkpot.verify(target / f"{run}.zkpot", **(given | after))
            entry = {"name": run, "after": given.pop("after", None), "expectations": given}
            runs.append(entry | {"receipt": dict(receipt.details)})
    (target / "index.json").write_text(json.dumps({"runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / FORMAT)

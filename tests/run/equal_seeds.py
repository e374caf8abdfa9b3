"""Goes on with the run in a folder, with randomness that a counter gives: for comparisons only.

python equal_seeds.py FOLDER begin|alone|ray
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from zkpot.artifacts.program import Program
from zkpot.pipeline.proving import chain
from zkpot.pipeline.run import Run
from zkpot.progress import Progress


def main(folder: Path, how: str) -> None:
    drawn = 0

    def count(length: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return hashlib.sha256(drawn.to_bytes(8, "little")).digest()[:length]

    options: dict[str, Any] = {"ray": True, "workers": 2} if how == "ray" else {}
    program = Program.read(folder / "small.zkprog")
    data, out = folder / "d.npz", folder / "run"
    run = Run(
        program, data, out, link_steps=2, shard_rows=8, seed=1, progress=Progress(), **options
    )
    if how == "begin":
        # The first commitments draw their own randomness.
        with mock.patch.object(Run, "_continue", side_effect=SystemExit):
            run.prove(6)
    with mock.patch.object(chain.secrets, "token_bytes", count):
        run.prove(6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

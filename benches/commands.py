"""The command line of zkpot in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ZKPOT = Path(sys.executable).with_name("zkpot")


def zkpot(
    *arguments: object,
    threads: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Runs a command; what it prints with --json.

    Args:
        arguments: the command and its options.
        threads: how many the prover may use; by default one for each processor.
        environment: variables that it gets besides.

    Raises:
        subprocess.CalledProcessError: It did not succeed.
    """
    limits = {"RAYON_NUM_THREADS": str(threads)} if threads else {}
    done = subprocess.run(
        [ZKPOT, *map(str, arguments), "--json"],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ | limits | dict(environment or {}),
    )
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value

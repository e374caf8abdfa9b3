"""One training step with `zkpot ezkl`, as users prove it."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path

from benches import programs
from benches.commands import zkpot
from benches.record import Values
from benches.section import Unavailable


def version() -> str:
    """What is installed.

    Raises:
        Unavailable: Nothing is.
    """
    try:
        return version_of("ezkl")
    except PackageNotFoundError:
        raise Unavailable("ezkl is not installed (pip install 'zkpot[ezkl]')") from None


def step(folder: Path) -> Values:
    """What one step takes EZKL, a test SRS included.

    Args:
        folder: with step and rows, as `programs.build` left them.

    Returns:
        `logrows`, `peak_rss_bytes`, `proof_bytes`, `proving_key_bytes`, and `seconds/<stage>` of
        `srs`, `setup`, `witness`, `prove` and `verify`, the last with a key that was set up before.
    """
    theirs = folder / "ezkl"
    shutil.rmtree(theirs, ignore_errors=True)
    circuit, run = theirs / "circuit", theirs / "run"
    # A test SRS is made anew.
    where = {"XDG_CACHE_HOME": str(theirs / "cache")}

    def told(command: str, *arguments: object) -> dict[str, object]:
        return zkpot("ezkl", command, *arguments, environment=where)

    rows = folder / programs.ROWS
    told("compile", folder / programs.STEP, "--calibrate", rows, "--out", circuit)
    keys = told("setup", circuit, "--test-srs")
    proven = told(
        *("prove", circuit, "--data", rows, "--steps", 1, "--out", run),
        "--test-srs",
    )
    verified = told("verify", run, "--test-srs", "--circuit", circuit)
    found = {
        "logrows": proven["logrows"],
        "peak_rss_bytes": proven["peak_rss_bytes"],
        "proof_bytes": proven["proof_bytes"],
        "proving_key_bytes": proven["key_bytes"],
        "seconds/srs": keys["seconds_srs"],
        "seconds/setup": keys["seconds"],
        "seconds/witness": proven["seconds_witness"],
        "seconds/prove": proven["seconds_proving"],
        "seconds/verify": verified["seconds"],
    }
    return {name: float(str(value)) for name, value in found.items()}

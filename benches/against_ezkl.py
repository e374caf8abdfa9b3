"""The same training step in EZKL and in zkpot, in one run: ``python -m benches.against_ezkl``.

64-16-10 with B = 8 takes a few minutes and 1.5 GB, nearly all of it EZKL's. With ``--large``
it is 128-64-10 with B = 16, where EZKL needs some 17 GB and as much disk.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from benches.work import ROOT, Prepared, Work, busy, zkpot

SMALL = Work("64-16-10, B = 8", "bench_64_16_10", 64, 10, False, 8, 1)
LARGE = Work("128-64-10, B = 16", "bench_128_64_10", 128, 10, False, 16, 1)
# A longer run shares the costs of a link between its steps.
LINK_STEPS = 64
ROUNDS = 3
EZKL = "23.0.5"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--large", action="store_true", help=f"{LARGE.name}; needs 17 GB")
    work = LARGE if parser.parse_args().large else SMALL
    _require_ezkl()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{work.name}, one step of SGD; processors busy before: {busy():.0%}", flush=True)
        one = work.prepare(Path(folder) / "one")
        ours = _zkpot(one)
        link = _zkpot(replace(work, steps=LINK_STEPS).prepare(Path(folder) / "link"))
        theirs = _ezkl(one)
    print(_table(ours, link, theirs))


def _require_ezkl() -> None:
    try:
        found = version("ezkl")
    except PackageNotFoundError:
        found = "none"
    if found != EZKL:
        sys.exit(f"this compares with ezkl {EZKL} ({found} installed): pip install 'zkpot[ezkl]'")


def _zkpot(prepared: Prepared) -> dict[str, float]:
    """Medians over some rounds; the last run is verified."""
    results = []
    for _ in range(ROUNDS):
        prepared.forget()
        results.append(prepared.prove())
    verified = [zkpot("verify", prepared.run) for _ in range(ROUNDS)]
    keys = ("seconds", "peak_rss_bytes", "proof_bytes")
    found = {key: median(result[key] for result in results) for key in keys}
    return found | {"verify": median(result["seconds"] for result in verified)}


def _ezkl(prepared: Prepared) -> dict[str, Any]:
    folder = prepared.folder / "ezkl"
    folder.mkdir()
    paths = (prepared.folder / "step.onnx", folder)
    command = [sys.executable, "-m", "benches.ezkl_step", *map(str, paths)]
    # EZKL prints reports of its own before the result.
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    value = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(value, dict)
    return value


def _table(ours: dict[str, float], link: dict[str, float], theirs: dict[str, Any]) -> str:
    """Markdown; a ratio above 1 is in zkpot's favour."""
    seconds = theirs["seconds"]
    each = link["seconds"] / LINK_STEPS
    proving = seconds["witness"] + seconds["prove"]
    megabyte = 10**6
    rows = [
        ("prove, s", ours["seconds"], proving),
        (f"prove, s a step of {LINK_STEPS}", each, proving),
        ("set up, s (once a program)", 0.0, seconds["setup"]),
        ("peak memory, MB", ours["peak_rss_bytes"] / megabyte, theirs["peak_rss_bytes"] / megabyte),
        ("proving key, MB", 0.0, theirs["proving_key_bytes"] / megabyte),
        ("proof, MB", ours["proof_bytes"] / megabyte, theirs["proof_bytes"] / megabyte),
        ("verify, s", ours["verify"], seconds["verify"]),
    ]
    lines = [f"| | zkpot {version('zkpot')} | EZKL {EZKL} | ratio |", "|---|---|---|---|"]
    for name, we, they in rows:
        ratio = f"{they / we:.3g}" if we else ""
        lines.append(f"| {name} | {we:.4g} | {they:.4g} | {ratio} |")
    return "\n".join([*lines, f"(EZKL's test SRS: {seconds['srs']:.1f} s, not counted)"])


if __name__ == "__main__":
    main()

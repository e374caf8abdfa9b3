"""A long run that is killed twice, goes on, is sealed and verified.

    python -m benches.long_run [--minutes 60 | --steps 937] [--title TITLE]

trains the perceptron of models/mlp.py on MNIST and proves it with `zkpot prove`, whose process is
killed once in the midst of a link and once while a link is written, at moments that a seed draws,
and started again by the same command. It ends with an error unless the run verifies, the weights
are those of the same training in one piece, no link was proven twice and memory did not grow.
What was measured is kept under its title in benches/recorded/long-run.json, and docs/long-runs.md
is written from that.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from benches.commands import ROOT, zkpot
from benches.conditions import machine, versions
from benches.long_run import page
from benches.long_run.checks import lost, proven_once, standing
from benches.long_run.kills import kills
from benches.long_run.memory import WITHIN, growth, predicted_memory, thinned
from benches.long_run.prepared import Prepared, prepare, steps_within
from benches.long_run.replay import replay
from benches.long_run.verifier import verified
from benches.long_run.watch import Strike, Watch

# Samples that are kept for the picture.
_KEPT = 300


def main(arguments: list[str] | None = None) -> None:
    """Runs, checks and records."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=60, help="about so long (default: 60)")
    length.add_argument("--steps", type=int, help="so many steps")
    parser.add_argument("--title", help="of what is recorded (default: minutes or steps)")
    parser.add_argument("--model", default="mlp", help="of models/catalogue.py (default: mlp)")
    parser.add_argument("--window", type=int, default=8, help="steps proven together")
    parser.add_argument("--headroom", type=int, default=4, help="of the program's ranges, in bits")
    parser.add_argument("--link-steps", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1, help="what the kills are drawn from")
    parser.add_argument("--period", type=float, default=0.2, help="seconds between samples")
    parser.add_argument("--growth", type=float, default=0.05, help="of memory, at most (0.05)")
    parser.add_argument("--folder", type=Path, help="where the run shall stay (default: nowhere)")
    parser.add_argument("--recorded", type=Path, default=page.RECORDED)
    parser.add_argument("--page", type=Path, default=page.PAGE)
    given = parser.parse_args(arguments)
    # Asked to end, it ends what it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(dir=given.folder or _scratch()) as scratch:
        folder = given.folder or Path(scratch)
        prepared = prepare(given.model, given.window, given.headroom, folder)
        steps = given.steps or steps_within(prepared, 60 * given.minutes, given.link_steps)
        print(f"{steps} steps, {steps * prepared.batch / prepared.rows:.1f} epochs", flush=True)
        found = measure(prepared, steps, given)
    title = given.title or (f"{given.steps} steps" if given.steps else f"{given.minutes:g} minutes")
    page.keep(given.recorded, title, found)
    page.write(given.recorded, given.page)
    failed = [check for check, holds in found["checks"].items() if not holds]
    for check in failed:
        print(f"not so: {check}")
    sys.exit(1 if failed else 0)


def measure(prepared: Prepared, steps: int, given: argparse.Namespace) -> dict[str, Any]:
    """Conducts the run and looks at it from all sides."""
    # Whether a value would leave its range after an hour is better known before.
    zkpot(
        *("train", prepared.program, "--data", prepared.folder / "train.npz"),
        *("--steps", steps, "--seed", 1),
    )
    load = os.getloadavg()[0]
    watch = Watch(prepared.command(steps, given.link_steps), prepared.run, given.period)
    struck = []
    for kill in kills(steps, given.seed):
        strike = watch.start(kill)
        if not isinstance(strike, Strike):
            raise SystemExit("the run ended before it was killed: it is too short")
        struck.append((watch.now, watch.steps, strike, standing(prepared.run)))
        print(f"killed after {watch.now:.1f} s and {watch.steps} steps: {strike}", flush=True)
    proven = watch.start(None)
    assert isinstance(proven, dict)
    seconds = watch.now
    print(f"sealed after {seconds:.1f} s", flush=True)
    now = standing(prepared.run)
    unchanged = all(now[name] == state for *_, before in struck for name, state in before.items())
    receipt = verified(prepared, steps)
    print(f"verified in {receipt['seconds']:.1f} s", flush=True)
    again = replay(prepared, steps)
    peak = max(sample.memory_bytes for sample in watch.samples)
    predicted = predicted_memory(prepared, given.link_steps)
    usual, grown = watch.usual_seconds(), growth(watch.samples, watch.records)
    links = [record for record in watch.records if record.kind != "commit"]
    return {
        "machine": msgspec.structs.asdict(machine()),
        "versions": versions(),
        "load_before": load,
        "model": given.model,
        "batch": prepared.batch,
        "rows": prepared.rows,
        "window": given.window,
        "headroom": given.headroom,
        "link_steps": given.link_steps,
        "link_seconds": usual,
        "steps": proven["steps"],
        "epochs": steps * prepared.batch / prepared.rows,
        "links": {
            kind: sum(record.kind == kind for record in links)
            for kind in ("import", "training", "seal")
        },
        "seconds": seconds,
        "seconds_training": proven["seconds_training"],
        "seconds_proving": proven["seconds_proving"],
        "kills": [
            {
                "second": second,
                "steps": done,
                "moment": strike.moment,
                "left": list(strike.left),
                "seconds_lost": lost(watch.records, process, usual),
            }
            for process, (second, done, strike, _) in enumerate(struck)
        ],
        "memory": {
            "first_third_mean_bytes": round(grown.first_mean),
            "last_third_mean_bytes": round(grown.last_mean),
            "first_third_peak_bytes": grown.first_peak,
            "last_third_peak_bytes": grown.last_peak,
            "growth": grown.share,
            "peak_bytes": peak,
            "predicted_bytes": predicted,
        },
        "proof_bytes": proven["proof_bytes"],
        "security_bits": receipt["security_bits"],
        "verify_seconds": receipt["seconds"],
        "verify_peak_bytes": receipt["peak_rss_bytes"],
        "loss_first": proven["loss_first"],
        "loss_last": proven["loss_last"],
        "test_accuracy": again.accuracy,
        "test_loss": again.loss,
        "checks": {
            "two kills, and three processes": len(watch.starts) == 3,
            "links are those of a run that nobody killed": proven_once(
                watch.records, receipt["steps"], given.link_steps, given.window
            ),
            "what stood at a kill still stands, unchanged": unchanged,
            "verified by another process, with nothing unchecked": receipt["complete"]
            and not receipt["unchecked"],
            "weights are those of the same training in one piece": again.equal_states,
            "losses are, too": again.equal_losses,
            f"memory grows by less than {given.growth:.0%}": grown.share < given.growth,
            f"memory is never {WITHIN:.0%} above its prediction": peak < (1 + WITHIN) * predicted,
        },
        "samples": thinned(watch.samples, _KEPT),
        "progress": _progress(watch),
    }


def _progress(watch: Watch) -> list[list[float]]:
    """Proven steps over time: pairs of seconds and steps."""
    links = [record for record in watch.records if record.kind == "training"]
    every = -(-len(links) // _KEPT)
    return [[0.0, 0], *([round(r.second, 1), r.steps] for r in links[::-every][::-1])]


def _scratch() -> Path:
    """A folder on a disk, since a run is larger than some systems' /tmp."""
    folder = ROOT / "target" / "long-run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    main()

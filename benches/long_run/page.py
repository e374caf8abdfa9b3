"""Keeps what long runs showed, and writes docs/long-runs.md with its pictures from that."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benches.commands import ROOT
from benches.long_run.picture import draw
from zkpot.artifacts.durable import write_file
from zkpot.plan import size

RECORDED = ROOT / "benches" / "recorded" / "long-run.json"
PAGE = ROOT / "docs" / "long-runs.md"


def keep(path: Path, title: str, found: Mapping[str, Any]) -> None:
    """Puts a run beside those that were recorded before, or in place of its namesake."""
    runs = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, (json.dumps(runs | {title: found}, indent=1) + "\n").encode())


def write(recorded: Path, page: Path) -> None:
    """Writes the page, and a picture for each run in images/ beside it."""
    runs: dict[str, dict[str, Any]] = json.loads(recorded.read_text())
    images = page.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    sections = []
    for title, run in runs.items():
        name = "long-run-" + re.sub("[^a-z0-9]+", "-", title.lower()).strip("-") + ".svg"
        (images / name).write_bytes(draw(run))
        sections.append(_section(title, run, f"images/{name}"))
    page.write_text(_HEAD + "".join(sections))


_HEAD = """# Long runs

Written by `make long-run` (`python -m benches.long_run`), which trains the perceptron 784-128-10
of [models/mlp.py](../models/mlp.py) on MNIST and proves every step. Twice the proving process is
killed with SIGKILL: once at a random moment of a link's proof, and once when a link is half
written. The same command is given again each time. The run is then sealed, and verified by
another process that is told program, first commitment, data root, nonce, steps and learning rate.
The command fails unless

- training links are as many and as long as those of a run that nobody kills, and what stood on
  the disk at a kill still stands there, unchanged: nothing is proven twice but the link that was
  cut off;
- the weights and the losses of all steps are, bit for bit, those of the same training in one
  piece (the exact executor without proofs, on the batch order of the run);
- memory is flat: from the first to the last third of the run its mean grows by less than 5 %,
  counted from the first training link of each process, and memory is never more than 25 % above
  what was predicted for a link, the prover's own check of the whole run included. An epoch may
  grow by 20 %: in the first epoch data are taken from their owner, and the memory that the prover
  keeps from link to link grows with that. Without a kill it went from 1.25 GB to
  1.65 GB over the first 1,150 steps, and stayed there for the 850 that followed.

Time lost by a kill is from the last training link before it to the next one, less what a link
takes otherwise: the work that was cut off, and the start of the process, which reads its data and
recognises them.

Ranges come from a short float run, and weights grow for as long as they are trained: with the
compiler's usual headroom of 3 bits, this model left them at step 67,769, in the 73rd epoch. So it
is compiled with `--headroom 4`, and trained without proofs before it is proven.

In the run of an hour, beside which the machine had other work to do for most of its first hour,
the prover kept gaps between its tables until they were 15 % above a link's prediction, and what
the next link took came on top: 32 % at most. They are returned at the prediction since: 4,000
steps of the same run then stayed within 24 % of it, with a mean that is 13 % lower, and 1,600
steps took 96 s (101 s before).
"""


def _section(title: str, run: Mapping[str, Any], picture: str) -> str:
    machine, links, memory = run["machine"], run["links"], run["memory"]
    imports = f"{links['import']} imports, " if links["import"] else ""
    rows = [
        (
            "machine",
            f"{machine['processor']}, {machine['cores']} cores, {size(machine['memory_bytes'])}; "
            f"zkpot {run['versions']['zkpot']} ({run['versions']['commit']}), build "
            f"{machine['build']}",
        ),
        ("load before", f"{run['load_before']:.1f}"),
        ("training steps", f"{run['steps']:,} ({run['epochs']:.1f} epochs), B = {run['batch']}"),
        (
            "links",
            f"{links['training']:,} of up to {run['link_steps']} steps in windows of "
            f"{run['window']}, {imports}a seal",
        ),
        ("time, from the first start to the sealed run", _time(run["seconds"])),
        ("a step, all in", f"{1000 * run['seconds'] / run['steps']:.1f} ms"),
        ("from link to link", f"{run['link_seconds']:.2f} s"),
        ("training alone", _time(run["seconds_training"])),
        *((f"kill {number}", _kill(kill)) for number, kill in enumerate(run["kills"], 1)),
        (
            "memory, first and last third",
            f"mean {size(memory['first_third_mean_bytes'])} and "
            f"{size(memory['last_third_mean_bytes'])}, maximum "
            f"{size(memory['first_third_peak_bytes'])} and "
            f"{size(memory['last_third_peak_bytes'])}",
        ),
        ("memory predicted for a link", size(memory["predicted_bytes"])),
        ("secret files, at most", size(max(s["secret_bytes"] for s in run["samples"]))),
        ("journal", size(run["samples"][-1]["journal_bytes"])),
        (
            "proof",
            f"{size(run['proof_bytes'])}, {size(run['proof_bytes'] // run['steps'])} a step",
        ),
        (
            "verification",
            f"{_time(run['verify_seconds'])}, {size(run['verify_peak_bytes'])} of memory, "
            f"{run['security_bits']} bits",
        ),
        ("training loss, first and last step", f"{run['loss_first']:.3f}, {run['loss_last']:.2g}"),
        ("accuracy on the test images", f"{run['test_accuracy']:.2%}"),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    failed = [check for check, holds in run["checks"].items() if not holds]
    verdict = f"\n**Not so: {'; '.join(failed)}.**\n" if failed else ""
    return f"\n## {title}\n\n| | |\n|---|---|\n{table}{verdict}\n![{title}]({picture})\n"


def _kill(kill: Mapping[str, Any]) -> str:
    left = f" (left: {', '.join(kill['left'])})" if kill["left"] else ""
    return (
        f"after {_time(kill['second'])} and {kill['steps']:,} steps, during {kill['moment']}"
        f"{left}; {kill['seconds_lost']:.1f} s lost"
    )


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"

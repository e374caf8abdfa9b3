"""docs/models.json, what was measured of each model, and docs/models.md, which is made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.catalogue import MODELS, Model
from zkpot.plan import size

DOCS = Path(__file__).resolve().parent.parent / "docs"
RESULTS = DOCS / "models.json"
TABLE = DOCS / "models.md"

_HEAD = """# Models

Made by `make models` from `models.json`: do not edit. Every model of
[`models/`](../models/catalogue.py) at full size. The first table is the same schedule of batches in
float32 (torch) and in the fixed point that is proven, from the same weights: loss and accuracy on
rows that training did not see. Rounded start is float32 again, from the weights as the program
rounds them: trainings that differ by rounding alone end so far apart. The second is a run of two
links in its own process, with import and seal: seconds of proving a training step, the peak of
memory, the size of the proof and the time to verify it. The load is how many processes wanted a
processor: where it is above their number, others were at work, and times are longer than they
have to be by about that factor.
"""


def keep(name: str, found: dict[str, Any]) -> None:
    """Take a model's figures into both files."""
    results = read()
    results[name] = found
    ordered = {model.name: results[model.name] for model in MODELS if model.name in results}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
    TABLE.write_text(document(ordered))


def read() -> dict[str, dict[str, Any]]:
    """What was measured so far."""
    results: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return results


def document(results: dict[str, dict[str, Any]]) -> str:
    """The page."""
    measured = [(model, results[model.name]) for model in MODELS if model.name in results]
    trained = [(model, found) for model, found in measured if "fixed_point" in found]
    proven = [(model, found) for model, found in measured if "step_seconds" in found]
    lines = [
        _HEAD,
        "| model | data | parameters | batch | steps | float32 | rounded start | fixed point |",
        "|---|---|---|---|---|---|---|---|",
        *(_quality(model, found) for model, found in trained),
        "",
        "| model | steps a link | s a step | load | memory | proof | verified in |",
        "|---|---|---|---|---|---|---|",
        *(_proof(model, found) for model, found in proven),
    ]
    refused = [(model, found) for model, found in measured if "refused" in found]
    if refused:
        lines += [
            "",
            "## Refused",
            "",
            "These export, but the compiler does not take them yet.",
            "",
        ]
        lines += [
            f"- {model.title}, {model.data}, {found['parameters']:,} parameters: "
            f"{'; '.join(found['refused'])}"
            for model, found in refused
        ]
    lines += [
        "",
        "## Operators",
        "",
        "| model | function | nodes | operators |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {model.title} | `{model.full.function}` | {found['nodes']} | "
        f"{', '.join(found['operators'])} |"
        for model, found in measured
    ]
    return "\n".join(lines) + "\n"


def _quality(model: Model, found: dict[str, Any]) -> str:
    qualities = " | ".join(
        f"{found[kind]['loss']:.4f}, {found[kind]['accuracy']:.2%}"
        for kind in ("float32", "float32_rounded", "fixed_point")
    )
    trained = found["trained"]
    share = "" if trained == found["parameters"] else f" ({trained:,} trained)"
    return (
        f"| {model.title} | {model.data} | {found['parameters']:,}{share} | {found['batch']} | "
        f"{found['steps']} | {qualities} |"
    )


def _proof(model: Model, found: dict[str, Any]) -> str:
    return (
        f"| {model.title} | {found['link_steps']} | {found['step_seconds']:.3g} | "
        f"{found['load']:.1f} on {found['processors']} | "
        f"{size(found['peak_rss_bytes'])} | {size(found['proof_bytes'])} | "
        f"{found['verify_seconds']:.2f} s |"
    )

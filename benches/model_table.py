"""docs/models.json, what was measured of each model, and docs/models.md, which is made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.catalogue import MODELS, Model

DOCS = Path(__file__).resolve().parent.parent / "docs"
RESULTS = DOCS / "models.json"
TABLE = DOCS / "models.md"

_HEAD = """# Models

Made by `make models` from `models.json`: do not edit. Every model of
[`models/`](../models/catalogue.py) at full size: the same schedule of batches in float32 (torch)
and in the fixed point that is proven, from the same weights; loss and accuracy on rows that
training did not see. Rounded start is float32 again, from the weights as the program rounds them:
trainings that differ by rounding alone end so far apart. Windows are fixed point again, with the
weights of large layers rounded after as many steps as the number says (`compile --window`). What
proving them takes is in [Benchmarks](benchmarks.md).
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
    lines = [
        _HEAD,
        "| model | data | parameters | batch | steps | float32 | rounded start | fixed point | "
        "windows |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_trained(model, found) for model, found in trained),
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


def _trained(model: Model, found: dict[str, Any]) -> str:
    qualities = [_quality(found[kind]) for kind in ("float32", "float32_rounded", "fixed_point")]
    windows = f"{found['window']}: {_quality(found['windows'])}" if "windows" in found else ""
    trained = found["trained"]
    share = "" if trained == found["parameters"] else f" ({trained:,} trained)"
    return (
        f"| {model.title} | {model.data} | {found['parameters']:,}{share} | {found['batch']} | "
        f"{found['steps']} | {' | '.join(qualities)} | {windows} |"
    )


def _quality(found: dict[str, float]) -> str:
    return f"{found['loss']:.4f}, {found['accuracy']:.2%}"

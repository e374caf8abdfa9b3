"""What one of each thing costs that a prover does, fitted to measured links.

    python -m benches.calibrate FOLDER FILE

reads what `benches.measurements` wrote (programs in FOLDER, times in FILE) and writes
python/zkpot/pipeline/costing/prices.json: for each name of `quantities.py` seconds, seconds of
processor time and bytes, none below zero, such that the relative errors are least. Prints how well
they fit. Links of full length are left out: what is said of them is a prediction
(`benches.cost_model`).

On a busy machine the clock says nothing, and processor time hardly less than on an idle one: with
`--busy` seconds are the processor time that two cores share as they do on an idle machine.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

from benches.measurements import key_of, links
from zkpot.artifacts.program import Program
from zkpot.pipeline.costing import quantities
from zkpot.pipeline.costing.link import PRICES, Link, Opened, count

Row = tuple[Mapping[str, float], float]

# A phase below this is noise: its error counts as if it took this long.
_LEAST_SECONDS = 0.02
_LEAST_BYTES = 20e6
_LEAST_PROOF = 1e5
_ROUNDS = 30
# Processor time of a second of proving on two idle cores.
_SHARED = 1.7


def fit(rows: list[Row], least: float) -> dict[str, float]:
    """Prices, none negative, that are wrong by least: of a ratio and its inverse alike.

    The squared error over the product of prediction and measurement is that, near one; the solver
    takes the prediction of the round before.
    """
    names = sorted({name for quantity, _ in rows for name in quantity})
    matrix = np.array([[quantity.get(name, 0.0) for name in names] for quantity, _ in rows])
    measured = np.array([value for _, value in rows])
    used = np.asarray(matrix.any(axis=0))
    # Columns of like size keep the solver accurate.
    scale = np.where(used, matrix.max(axis=0), 1.0)
    predicted = measured
    found = np.zeros(len(names))
    for _ in range(_ROUNDS):
        weights = 1 / np.sqrt(np.maximum(measured, least) * np.maximum(predicted, least))
        found = nnls(matrix / scale * weights[:, None], measured * weights)[0] / scale
        predicted = matrix @ found
    return {
        name: float(f"{price:.4g}")
        for name, price, is_used in zip(names, found, used.tolist(), strict=True)
        if is_used
    }


def observations(
    folder: Path, found: Mapping[str, Any]
) -> Iterator[tuple[Link, Mapping[str, Any]]]:
    """Each link that is fitted to, counted and measured, with its run."""
    wanted = {key_of(link) for link in links(large=False)}
    for key, run in found["links"].items():
        if key not in wanted:
            continue
        program = Program.read_public(folder / run["program"] / "step.zkprog")
        for link in run["links"]:
            kept, owned = run["kept"], link["kind"] == "import"
            # A seal opens no data but what it keeps.
            opens = link["kind"] != "seal" or kept
            shards = [Opened(run["rows"], owned, owned or kept)] if opens else []
            counted = count(
                program,
                link["kind"],
                run["steps"],
                shards,
                states=owned,
                channel="clear" if run["clear"] else "hiding",
            )
            yield counted, link | {"clear": run["clear"]}


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="programs, as benches.measurements left them")
    parser.add_argument("file", type=Path, help="what benches.measurements wrote")
    parser.add_argument("--busy", action="store_true", help="take seconds from processor time")
    given = parser.parse_args()
    found = json.loads(given.file.read_text())
    all_links = list(observations(given.folder, found))

    def seconds(key: str) -> dict[str, float]:
        rows: list[Row] = []
        for link, measured in all_links:
            counted = quantities.seconds(link.work, link.executions)
            for phase, value in _by_phase(measured, key).items():
                rows.append((counted[phase], value))
        return fit(rows, _LEAST_SECONDS)

    peaks: list[Row] = []
    proofs: list[Row] = []
    for link, measured in all_links:
        proofs.append((quantities.proof(link.work), measured["proof_bytes"]))
        # A seal comes after the training link, whose memory the process still has.
        if link.kind != "seal":
            peak = max(phase["peak_bytes"] for phase in measured["phases"])
            peaks.append((quantities.memory(link.work), peak))
    processor = seconds("processor")
    shared = {name: float(f"{price / _SHARED:.4g}") for name, price in processor.items()}
    prices = {
        "machine": found["machine"],
        "seconds": shared if given.busy else seconds("seconds"),
        "processor": processor,
        "memory": fit(peaks, _LEAST_BYTES),
        "proof": fit(proofs, _LEAST_PROOF),
    }
    PRICES.write_text(json.dumps(prices, indent=1) + "\n")
    _report("memory", peaks, prices["memory"])
    _report("proof", proofs, prices["proof"])
    for key in ("seconds", "processor"):
        totals = [
            (
                _sum(quantities.seconds(link.work, link.executions).values()),
                sum(entry[key] for entry in measured["phases"]),
            )
            for link, measured in all_links
        ]
        _report(key, totals, prices[key])


def _by_phase(measured: Mapping[str, Any], key: str) -> dict[str, float]:
    """What each phase took, openings of several polynomials together."""
    found: dict[str, float] = {}
    for entry in measured["phases"]:
        found[entry["phase"]] = found.get(entry["phase"], 0.0) + entry[key]
    return found


def _sum(parts: Any) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, number in part.items():
            total[name] = total.get(name, 0.0) + number
    return total


def _report(what: str, rows: Sequence[Row], prices: Mapping[str, float]) -> None:
    ratios = sorted(
        sum(prices.get(name, 0.0) * n for name, n in quantity.items()) / value
        for quantity, value in rows
    )
    at: Callable[[float], float] = lambda share: ratios[int(share * (len(ratios) - 1))]  # noqa: E731
    print(
        f"{what}: predicted by measured {at(0):.2f} to {at(1):.2f}, "
        f"nine of ten from {at(0.05):.2f} to {at(0.95):.2f}, {len(rows)} links"
    )


if __name__ == "__main__":
    main()

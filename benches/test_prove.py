"""Proving and verifying as users do, against the figures that are asked for.

Each round is a process of its own, from its start to the sealed run, imports included.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import pytest

from benches.work import Prepared, Work, busy, zkpot
from zkpot.backends.native import BUILD

ROUNDS = 3

ONE_STEP = Work("128-64-10, B = 16, one step", "bench_128_64_10", 128, 10, False, 16, 1)
LINK = Work("128-64-10, B = 16, 64 steps", "bench_128_64_10", 128, 10, False, 16, 64)
MNIST = Work("MNIST 784-128-10, B = 64, 64 steps", "mnist", 784, 10, True, 64, 64)
WHOLE_MNIST = Work(
    "the same, committing to all 60,000 rows", "mnist", 784, 10, True, 64, 64, 60_000
)
DIGITS = Work("digits 64-32-10, B = 32, 64 steps", "digits", 64, 10, True, 32, 64, 1437)


@pytest.mark.parametrize("work", [ONE_STEP, LINK, MNIST, WHOLE_MNIST], ids=lambda work: work.name)
def test_prove(work: Work, benchmark: Any, tmp_path: Path) -> None:
    prepared = work.prepare(tmp_path)
    results = _rounds(benchmark, prepared, prepared.prove)
    for key in ("seconds", "seconds_proving", "peak_rss_bytes", "proof_bytes"):
        benchmark.extra_info[key] = median(result[key] for result in results)
    benchmark.extra_info["steps"] = work.steps


@pytest.mark.parametrize("work", [ONE_STEP, LINK, MNIST], ids=lambda work: work.name)
def test_verify(work: Work, benchmark: Any, tmp_path: Path) -> None:
    prepared = work.prepare(tmp_path)
    prepared.prove()
    results: list[dict[str, Any]] = []
    benchmark.extra_info.update(busy=busy(), build=BUILD)
    benchmark.pedantic(lambda: results.append(zkpot("verify", prepared.run)), rounds=9)
    links = [link.stat().st_size for link in (prepared.run / "public" / "links").iterdir()]
    # Without the start of the process.
    benchmark.extra_info["seconds"] = median(result["seconds"] for result in results)
    benchmark.extra_info["links"] = len(links)
    benchmark.extra_info["proof_bytes"] = sum(links)
    benchmark.extra_info["largest_link_bytes"] = max(links)


def test_first_use(benchmark: Any, tmp_path: Path) -> None:
    """Compiles, proves and verifies."""
    prepared = DIGITS.prepare(tmp_path)

    def use() -> dict[str, Any]:
        proven = prepared.prove("step.onnx")
        zkpot("verify", prepared.run)
        return proven

    results = _rounds(benchmark, prepared, use)
    benchmark.extra_info["peak_rss_bytes"] = median(r["peak_rss_bytes"] for r in results)


def _rounds(benchmark: Any, prepared: Prepared, use: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    benchmark.extra_info.update(busy=busy(), build=BUILD)
    benchmark.pedantic(lambda: results.append(use()), setup=prepared.forget, rounds=ROUNDS)
    return results

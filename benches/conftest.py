"""A table of what pytest-benchmark's own does not show: memory, sizes, how busy the machine was."""

from __future__ import annotations

from typing import Any

import pytest

_MB = 10**6


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Prints medians over the rounds."""
    session = getattr(config, "_benchmarksession", None)
    measured = session.benchmarks if session is not None else []
    terminalreporter.section("medians")
    for bench in measured:
        if bench.stats.data:
            terminalreporter.write_line(f"{bench.name}: {_text(bench)}")


def _text(bench: Any) -> str:
    info = dict(bench.extra_info)
    if "peak_rss_bytes" not in info and "links" not in info:
        return "FAILED, so there is no median"
    parts = [f"process {bench.stats.median:.3f} s"]
    if "seconds" in info:
        parts.append(f"own clock {info['seconds']:.3f} s")
    if info.get("steps", 1) > 1:
        parts.append(f"{1000 * info['seconds'] / info['steps']:.1f} ms a step")
    parts += [
        f"{key.removesuffix('_bytes').replace('_', ' ')} {info[key] / _MB:.2f} MB"
        for key in ("peak_rss_bytes", "proof_bytes", "largest_link_bytes")
        if key in info
    ]
    return ", ".join(
        [*parts, f"build {info['build']}", f"processors busy before {info['busy']:.0%}"]
    )

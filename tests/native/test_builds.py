"""Which build of the extension is loaded; tests/install has the builds of a wheel."""

from __future__ import annotations

import pytest

from zkpot import _native
from zkpot._native.builds import choose
from zkpot.errors import InputError

ALL = ["baseline", "v3", "v4"]


@pytest.mark.parametrize(
    ("present", "runnable", "chosen"),
    [
        (ALL, ALL, "v4"),
        (ALL, ["baseline", "v3"], "v3"),
        (ALL, ["baseline"], "baseline"),
        (["baseline"], ALL, "baseline"),
        (["baseline", "v4"], ["baseline", "v3"], "baseline"),
        # Compiled for this machine alone.
        (["v4"], ALL, "v4"),
    ],
)
@pytest.mark.parametrize("wanted", [None, ""])
def test_the_fastest_that_runs_is_loaded(
    wanted: str | None, present: list[str], runnable: list[str], chosen: str
) -> None:
    assert choose(wanted, present, runnable) == chosen


def test_a_slower_one_can_be_asked_for() -> None:
    assert choose("baseline", ALL, ALL) == "baseline"
    assert choose("v3", ALL, ALL) == "v3"


def test_a_build_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"^ZKPOT_SIMD=v3: .* no such build; it has baseline, v4"):
        choose("v3", ["v4", "baseline"], ALL)


def test_a_build_that_does_not_run_here_is_refused() -> None:
    with pytest.raises(InputError, match=r"^ZKPOT_SIMD=v4: .*cannot run.* take baseline or v3"):
        choose("v4", ALL, ["baseline", "v3"])


def test_the_extension_knows_itself() -> None:
    runnable = _native.runnable_builds()
    assert runnable == ALL[: len(runnable)]
    assert _native.BUILD in runnable
    assert {"baseline": 1, "v3": 4, "v4": 8}[_native.BUILD] <= _native.LANES

"""The regression check finds what got worse, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from benches import check
from benches.record import Record
from benches.sections import ratios

NAMES = list(ratios.RATIOS)
RECORDED = dict.fromkeys(NAMES, 2.0)


def worse(measured: dict[str, float]) -> list[str]:
    return [verdict.name for verdict in check.compare(RECORDED, measured) if verdict.worse]


def test_the_same_is_not_worse() -> None:
    assert worse(RECORDED) == []


def test_better_is_not_worse() -> None:
    assert worse(dict.fromkeys(NAMES, 0.1)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_ratio_may_grow_by_its_tolerance_alone(name: str) -> None:
    limit = 2.0 * ratios.RATIOS[name].tolerance
    assert worse(RECORDED | {name: limit * 0.999}) == []
    assert worse(RECORDED | {name: limit * 1.001}) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_longer_measured_is_worse(name: str) -> None:
    measured = {other: value for other, value in RECORDED.items() if other != name}
    assert worse(measured) == [name]


def test_what_was_not_recorded_is_not_held() -> None:
    assert check.compare({}, RECORDED) == []
    assert check.compare({"no ratio any more": 1.0}, RECORDED) == []


def test_the_table_says_which() -> None:
    slower = RECORDED | {NAMES[0]: 20.0}
    del slower[NAMES[1]]
    table = check.report(check.compare(RECORDED, slower)).splitlines()
    marked = [line for line in table if "WORSE" in line]
    assert [ratios.RATIOS[name].title in line for name, line in zip(NAMES, marked, strict=False)]
    assert len(marked) == 2
    assert "| 10.00 | 1.30 | WORSE |" in marked[0]
    assert "not measured" in marked[1]


def test_sizes_are_held_tighter_than_times() -> None:
    tolerance = {name: ratio.tolerance for name, ratio in ratios.RATIOS.items()}
    assert all(tolerance[name] <= 1.05 for name in NAMES if "proof" in name)
    assert all(value < 1.5 for value in tolerance.values())


@pytest.mark.parametrize(("factor", "code", "said"), [(1.0, 0, "none is worse"), (9.0, 1, "WORSE")])
def test_the_command_measures_compares_and_exits(
    factor: float,
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With a record in place of the measurement, which is another test's."""
    path = Path(__file__).with_name("golden") / "recorded" / "ratios.json"
    record = Record.read(path)
    assert record is not None
    for case in record.cases.values():
        for one in case.rounds:
            one.values = {name: factor * value for name, value in one.values.items()}
    monkeypatch.setattr(check.Bench, "measure", lambda *_: record)
    monkeypatch.setattr("sys.argv", ["check", "--recorded", str(path)])
    with pytest.raises(SystemExit) as ended:
        check.main()
    assert ended.value.code == code
    assert said in capsys.readouterr().out


def test_without_a_record_there_is_nothing_to_compare_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["check", "--recorded", str(tmp_path / "no.json")])
    with pytest.raises(SystemExit, match="nothing is recorded"):
        check.main()


def test_every_ratio_that_is_measured_is_held() -> None:
    record = Record.read(Path(__file__).with_name("golden") / "recorded" / "ratios.json")
    assert record is not None
    assert set(ratios.medians(record)) == set(ratios.RATIOS)
    first = next(iter(record.cases.values()))
    for one in first.rounds:
        one.values["new"] = 1.0
    with pytest.raises(ValueError, match="no tolerance is said for new"):
        ratios.medians(record)

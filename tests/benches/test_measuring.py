"""Measuring section by section: what a stop, a missing package and a failure leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benches import __main__ as command
from benches import conditions, page
from benches.measuring import Bench
from benches.progress import Progress
from benches.record import Record, Values
from benches.section import Case, Prepared, Section, Unavailable
from benches.sections import models, wrapped, zero_knowledge


class Stop(BaseException):
    """As if somebody pressed Ctrl-C."""


class Counter:
    """Gives 1, 2, 3, ...; raises an error in place of the number that is told."""

    def __init__(self, error: BaseException | None = None, at: int = 0) -> None:
        self.number, self.error, self.at = 0, error, at
        self.closed = 0

    def rounds(self) -> Iterator[Values]:
        try:
            while True:
                self.number += 1
                if self.error is not None and self.number == self.at:
                    raise self.error
                yield {"value": float(self.number)}
        finally:
            self.closed += 1

    def section(self, name: str = "asked") -> Section:
        def prepare(folder: Path) -> Prepared:
            assert not list(folder.iterdir())
            (folder / "large").write_text("x")
            return Prepared({"fact": 7}, self.rounds())

        cases = [Case("first", prepare, 3), Case("second", prepare, 2)]
        return Section(
            name, name.title(), lambda quick: cases[:1] if quick else cases, lambda _: ""
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "bench", tmp_path / "recorded")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a look at the processors."""
    monkeypatch.setattr(conditions, "share_in_use", lambda: 0.25)


def measure(bench: Bench, section: Section) -> Record:
    with Progress(1) as progress:
        return bench.measure(section, progress)


def values(record: Record) -> dict[str, list[float]]:
    return {name: case.values("value") for name, case in record.cases.items()}


def test_every_round_is_kept_with_what_others_did(bench: Bench) -> None:
    counter = Counter()
    section = counter.section()
    record = measure(bench, section)
    assert record == Record.read(bench.path(section))
    assert values(record) == {"first": [1, 2, 3], "second": [4, 5]}
    assert all(one.busy == 0.25 for case in record.cases.values() for one in case.rounds)
    assert record.cases["first"].facts == {"fact": 7}
    assert record.machine == conditions.machine()
    assert {"zkpot", "commit", "python", "torch"} <= set(record.versions)
    assert counter.closed == 2
    # Nothing is left of what cases made.
    assert not list(bench.folder.iterdir())


def test_a_stop_loses_no_round_that_is_complete(bench: Bench) -> None:
    section = Counter(Stop(), at=5).section()
    with pytest.raises(Stop):
        measure(bench, section)
    assert not bench.path(section).exists()
    record = measure(bench, Counter().section())
    # The second case goes on with its second round.
    assert values(record) == {"first": [1, 2, 3], "second": [4, 1]}


def test_rounds_of_another_version_are_not_mixed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stop):
        measure(bench, Counter(Stop(), at=3).section())
    monkeypatch.setattr(conditions, "commit", lambda: "0123456789")
    assert values(measure(bench, Counter().section())) == {"first": [1, 2, 3], "second": [4, 5]}


def test_a_quick_look_is_one_round_of_the_smallest(tmp_path: Path) -> None:
    quick = Bench(tmp_path / "bench", tmp_path / "recorded", quick=True)
    assert values(measure(quick, Counter().section())) == {"first": [1]}


@pytest.mark.parametrize(
    ("error", "fine", "said"),
    [
        (Unavailable("ezkl is not installed"), True, "since ezkl is not installed"),
        (RuntimeError("out of memory"), False, "RuntimeError: out of memory"),
    ],
)
def test_a_section_that_cannot_be_measured_stays_as_recorded(
    error: Exception,
    fine: bool,
    said: str,
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = measure(bench, Counter().section())
    monkeypatch.setattr(page, "SECTIONS", ())
    broken, other = Counter(error, at=1).section(), Counter().section("steps")
    assert command.run(bench, [broken, other], tmp_path / "docs") == fine
    assert said in capsys.readouterr().err
    assert Record.read(bench.path(broken)) == before
    # The others go on.
    assert Record.read(bench.path(other)) is not None
    assert (tmp_path / "docs" / "benchmarks.md").exists()


def test_figures_of_a_quick_look_do_not_go_into_the_checkout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--quick"])
    with pytest.raises(SystemExit):
        command.main()
    assert "--quick needs --out" in capsys.readouterr().err


@pytest.mark.parametrize("section", page.SECTIONS, ids=lambda section: section.name)
def test_cases_have_names_of_their_own(section: Section, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benches.ezkl.version", lambda: "23.0.5")
    if section.cases is None:
        return
    names = [case.name for case in section.cases(False)]
    assert len(set(names)) == len(names)
    # A quick look takes some of them, or smaller ones.
    assert 0 < len(section.cases(True)) <= len(names)


def found(record: Record) -> dict[str, float]:
    (case,) = record.cases.values()
    return case.rounds[0].values


def test_a_model_is_proven_next_to_torch(tmp_path: Path) -> None:
    quick = Bench(tmp_path / "bench", tmp_path / "recorded", quick=True)
    record = measure(quick, models.SECTION)
    values = found(record)
    assert values["steps"] == 8
    assert 0 < values["step"] < values["seconds"] < values["process"]
    assert 0 < values["float32/before"] < 1
    phases = [value for name, value in values.items() if name.startswith("phase/")]
    # Two clocks, of the process and of its prover.
    assert 0.5 * values["link"] < sum(phases) < 1.1 * values["link"]
    assert values["largest_link_bytes"] < values["proof_bytes"]
    assert "Perceptron 784-128-10 | 2,410 | 32 |" in models.SECTION.document(record)


def test_zero_knowledge_is_compared_in_pairs(tmp_path: Path) -> None:
    quick = Bench(tmp_path / "bench", tmp_path / "recorded", quick=True)
    record = measure(quick, zero_knowledge.SECTION)
    (case,) = record.cases.values()
    assert zero_knowledge.ratios(case, "bytes")[0] > 1.5
    assert found(record)["clear/run"] > found(record)["clear/links"] > 0


def test_wrapped_runs_are_compared_in_pairs(tmp_path: Path) -> None:
    quick = Bench(tmp_path / "bench", tmp_path / "recorded", quick=True)
    record = measure(quick, wrapped.SECTION)
    (case,) = record.cases.values()
    values = found(record)
    # Poseidon2 is slower than Blake3 on any processor, and links without masks are shorter.
    assert wrapped.ratios(case)[0] > 1
    assert 0 < values["wrapped/bytes"] < values["hiding/bytes"]
    assert "| wrapped |" in wrapped.SECTION.document(record)

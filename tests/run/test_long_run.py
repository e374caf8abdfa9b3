"""The command that proves for an hour and is killed twice (`make long-run`), at its smallest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from benches.commands import ROOT
from benches.long_run import page
from benches.long_run.checks import proven_once, standing
from benches.long_run.kills import kills
from benches.long_run.memory import growth
from benches.long_run.watch import Sample, Seen, Strike, Watch
from zkpot import _native
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.pipeline.run import Run
from zkpot.pipeline.verification import verify
from zkpot.progress import Progress

STEPS = 32


def test_the_command(tmp_path: Path) -> None:
    recorded, book = tmp_path / "recorded" / "runs.json", tmp_path / "docs" / "page.md"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benches.long_run", "--model", "mlp-small", "--steps", "64"),
            *("--window", "1", "--link-steps", "4", "--period", "0.05", "--title", "A short run"),
            # It is over before memory means much.
            *("--growth", "0.5", "--recorded", str(recorded), "--page", str(book)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = json.loads(recorded.read_text())["A short run"]
    assert len(run["checks"]) == 8
    assert all(run["checks"].values())
    assert (run["links"]["training"], run["links"]["seal"]) == (16, 1)
    first, second = run["kills"]
    assert 0 < first["steps"] < second["steps"] < 64
    assert second["moment"] == "writing of a link"
    assert second["left"]
    assert "## A short run" in book.read_text()
    picture = (book.parent / "images" / "long-run-a-short-run.svg").read_text()
    assert "kill 2" in picture


def test_a_killed_run_ends_as_its_twin_that_was_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program.read(folder / "small.zkprog")
    options: dict[str, Any] = {"link_steps": 2, "shard_rows": 8, "seed": 1}
    run = Run(program, folder / "d.npz", folder / "run", progress=Progress(), **options)
    with mock.patch.object(Run, "_continue", side_effect=SystemExit), pytest.raises(SystemExit):
        run.prove(STEPS)
    # Nothing is opened yet. Two runs from the same commitments hide nothing from who has both.
    shutil.copytree(folder / "run", folder / "twin")
    monkeypatch.chdir(folder)
    watch = Watch(_command("run"), folder / "run", period=0.05)
    for kill in kills(STEPS, seed=3):
        assert isinstance(watch.start(kill), Strike)
    assert isinstance(watch.start(None), dict)
    subprocess.run(_command("twin"), capture_output=True, check=True)
    found, expected = (_outcome(folder / name) for name in ("run", "twin"))
    assert found == expected
    # What was drawn at random differs.
    roots = [RunDirectory(folder / name).state.states for name in ("run", "twin")]
    assert roots[0] != roots[1]


def _command(out: str) -> list[str]:
    return [
        *(sys.executable, "-m", "zkpot", "prove", "small.zkprog", "--data", "d.npz"),
        *("--steps", str(STEPS), "--link-steps", "2", "--shard-rows", "8", "--seed", "1"),
        *("--out", out, "--json"),
    ]


def _outcome(path: Path) -> dict[str, Any]:
    """All of a sealed run that its first commitments and its order settle."""
    run = RunDirectory(path)
    receipt = verify(path, program=path.parent / "small.zkprog", steps=STEPS, lr=0.125)
    # What was asked for is no longer unchecked, also where `verify --json` says so.
    assert "lr" not in receipt.unchecked
    assert list(receipt.unchecked) == receipt.details["unchecked"]
    statements = [json.loads(_native.link_statement(link)) for link in run.bundle().links]
    for statement in statements:
        for drawn in ("before", "after", "previous"):
            del statement[drawn]
        for shard in statement["shards"]:
            del shard["before"], shard["after"]
    return {
        "statements": statements,
        "first": receipt.first_commitment,
        "data": receipt.data_root,
        "scalars": receipt.details["scalars"],
        "security": receipt.security_bits,
        "unchecked": receipt.unchecked,
        "losses": [loss for record in run.journal.records for loss in record.losses],
        "weights": [
            values.ravel().tolist()
            for values in native.read_held(run.opening(run.state.states)).states()
        ],
    }


def _seen(second: float, kind: str, steps: int, process: int = 0) -> Seen:
    return Seen(second, process, {"kind": kind, "steps": steps})


def test_links_that_were_proven_twice_or_cut_otherwise_are_noticed() -> None:
    whole = [_seen(0, "commit", 0), *(_seen(n, "training", 4 * n) for n in (1, 2, 3))]
    assert proven_once(whole, 12, 4, 1)
    assert not proven_once([*whole[:2], *whole[1:]], 12, 4, 1)
    assert not proven_once(whole[:-1], 12, 4, 1)
    assert not proven_once([*whole[:-1], _seen(3, "training", 10)], 12, 4, 1)


def test_a_file_that_is_written_again_is_noticed(tmp_path: Path) -> None:
    for name in ("public/links", "secret/journal"):
        (tmp_path / name).mkdir(parents=True)
    link = tmp_path / "public" / "links" / "000000.link"
    link.write_bytes(b"link")
    before = standing(tmp_path)
    assert list(before) == ["links/000000.link"]
    assert standing(tmp_path) == before
    link.rename(tmp_path / "kept")
    link.write_bytes(b"link")
    assert standing(tmp_path) != before


def test_memory_that_grows_is_noticed() -> None:
    records = [
        _seen(1, "training", 4),
        _seen(31, "training", 36, process=1),
        _seen(59, "training", 40, process=1),
    ]

    def share(memory: list[int]) -> float:
        samples = [Sample(n, min(n // 30, 1), value, 0, 0, 0) for n, value in enumerate(memory)]
        return growth(samples, records).share

    assert share([100] * 60) == 0
    assert share([100 + n for n in range(60)]) > 0.2
    # The start of a process, before its first link, does not count.
    assert share([900, *[100] * 29, 900, *[100] * 29]) == 0
    # Nor does what comes after the last link.
    assert share([100] * 60 + [10] * 40) == 0


def test_the_page_is_the_one_that_the_record_gives(tmp_path: Path) -> None:
    page.write(page.RECORDED, tmp_path / "long-runs.md")
    assert (tmp_path / "long-runs.md").read_text() == page.PAGE.read_text()

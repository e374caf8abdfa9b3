"""Links that are proven side by side make the run that one worker makes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stand_in
from small_run import check_sealed, command, wait_for
from stand_in import DATA, Native

from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import InputError, NotEnoughResources, ValueOutOfRange
from zkpot.interrupt import works_on
from zkpot.pipeline.prediction import link_memory
from zkpot.pipeline.run import Run
from zkpot.pipeline.status import status
from zkpot.pipeline.verification import verify
from zkpot.progress import Progress


def make(program: Program, path: Path, **options: Any) -> Run:
    options = {"link_steps": 2, "shard_rows": 8, "nonce": "ab" * 32} | options
    return Run(program, DATA, path, progress=Progress(), **options)


def records(path: Path) -> list[tuple[Any, ...]]:
    """The journal without roots, times and sizes, which differ from run to run."""
    return [
        (record.kind, record.steps, sorted(record.shards), len(record.spent), record.losses)
        for record in RunDirectory(path).journal.records
    ]


@pytest.mark.parametrize("workers", [2, 3, 50])
def test_the_run_is_that_of_one_worker(program: Program, tmp_path: Path, workers: int) -> None:
    make(program, tmp_path / "one").prove(30)
    run = make(program, tmp_path / "many", workers=workers)
    run.prove(30)
    assert records(tmp_path / "many") == records(tmp_path / "one")
    # The verifier of the stand-in wants each commitment opened with the claim of its maker.
    assert run.verify(program=program).steps == 30
    np.testing.assert_allclose(run.weights()["w"], (np.arange(30).reshape(3, 10) + 30) / 256)


def test_links_are_proven_at_the_same_time_and_written_in_order(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove, lock = stand_in.Link.prove, threading.Lock()
    at_once, most, order = 0, 0, []

    def slow(self: Any, *arguments: Any) -> Any:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
            turn = len(order)
            order.append(self.digest)
        # Each second link is done before the one ahead of it.
        time.sleep(0.02 if turn % 2 else 0.08)
        with lock:
            at_once -= 1
        return prove(self, *arguments)

    monkeypatch.setattr(stand_in.Link, "prove", slow)
    make(program, tmp_path / "run", workers=3).prove(16)
    assert most == 3
    assert verify(tmp_path / "run").steps == 16


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_what_was_trained_before_a_value_left_its_range_is_proven(
    program: Program, native: Native, tmp_path: Path, workers: int
) -> None:
    native.out_of_range_at = 9
    with pytest.raises(ValueOutOfRange, match="the 8 steps before this link stand"):
        make(program, tmp_path / "run", workers=workers).prove(20)
    assert status(tmp_path / "run").steps == 8
    native.out_of_range_at = None
    make(program, tmp_path / "run").prove(20)
    assert verify(tmp_path / "run").steps == 20


@pytest.mark.parametrize(("failing", "resuming"), [(3, 1), (1, 3)])
def test_a_proof_that_fails_costs_the_links_that_are_not_written(
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failing: int,
    resuming: int,
) -> None:
    prove, calls = stand_in.Link.prove, []

    def fails(self: Any, *arguments: Any) -> Any:
        calls.append(self)
        if len(calls) == 7:
            raise InputError("the machine gives no memory")
        return prove(self, *arguments)

    monkeypatch.setattr(stand_in.Link, "prove", fails)
    with pytest.raises(InputError, match="no memory"):
        make(program, tmp_path / "run", workers=failing).prove(20)
    assert not works_on()
    stood = records(tmp_path / "run")
    assert stood[-1][0] in {"import", "training"}
    make(program, tmp_path / "run", workers=resuming).prove(20)
    assert records(tmp_path / "run")[: len(stood)] == stood
    assert verify(tmp_path / "run").steps == 20


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_run_goes_on_after_ctrl_c(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    prove = stand_in.Link.prove

    def interrupted(self: Any, *arguments: Any) -> Any:
        monkeypatch.setattr(stand_in.Link, "prove", prove)
        os.kill(os.getpid(), signal.SIGINT)
        return prove(self, *arguments)

    monkeypatch.setattr(stand_in.Link, "prove", interrupted)
    run = make(program, tmp_path / "run", workers=workers)
    with pytest.raises(KeyboardInterrupt):
        run.prove(20)
    assert not works_on()
    run.prove(20)
    assert run.verify(program=program).steps == 20


def test_all_workers_share_the_memory(program: Program, tmp_path: Path) -> None:
    # What is predicted, and a margin.
    memory = 2 * link_memory(program, [40], 8)
    make(program, tmp_path / "one", link_steps=8, memory=memory).prove(8)
    # One more is trained or opened beside the two that are proven.
    make(program, tmp_path / "two", link_steps=8, memory=3 * memory, workers=2).prove(8)
    with pytest.raises(NotEnoughResources, match="0 steps would fit"):
        make(program, tmp_path / "less", link_steps=8, memory=memory, workers=2).prove(8)


def test_nobody_proves_without_workers(program: Program, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--workers 0: at least one"):
        make(program, tmp_path / "run", workers=0)


@pytest.mark.parametrize("workers", [["1", "2"], ["2", "1"]])
def test_killed_and_resumed_with_another_number(folder: Path, workers: list[str]) -> None:
    first, second = ([*command(folder), "--workers", count] for count in workers)
    process = subprocess.Popen(first, cwd=folder, stdout=subprocess.PIPE)
    newest = folder / "run" / "secret" / "journal" / "000003.json"
    while not newest.exists():
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.communicate()
    stood = status(folder / "run").links
    assert stood >= 3
    before = sorted((folder / "run" / "public" / "links").iterdir())[: stood - 1]
    content = {path: path.read_bytes() for path in before}
    subprocess.run(second, cwd=folder, capture_output=True, check=True)
    check_sealed(folder)
    assert {path: path.read_bytes() for path in before} == content


def test_ctrl_c_ends_all_workers(folder: Path) -> None:
    process = subprocess.Popen(
        [*command(folder), "--workers", "2"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(process, folder, 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert json.loads(out)["error"] == "Stopped"
    assert "Traceback" not in err
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    check_sealed(folder)

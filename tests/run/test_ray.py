"""`zkpot prove --ray`, with a real Ray."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from small_run import STEPS, check_sealed, command

from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import InputError
from zkpot.interrupt import Interruptible
from zkpot.pipeline.proving import on_ray
from zkpot.pipeline.status import status
from zkpot.pipeline.verification import verify

PROVING = "ray::prove_elsewhere"
RAY = ["--ray", "--workers", "2"]


def descendants(pid: int) -> Iterator[int]:
    """Processes below a process, as the kernel knows them."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(c) for t in threads for c in (t / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from descendants(child)


def title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command(folder), *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_record(process: subprocess.Popen[str], folder: Path, number: int) -> None:
    while not (folder / "run" / "secret" / "journal" / f"{number:06}.json").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def wait_until_gone(processes: list[int]) -> None:
    deadline = time.monotonic() + 90
    while any("ray" in title(pid) for pid in processes):
        assert time.monotonic() < deadline, [title(pid) for pid in processes]
        time.sleep(0.1)


def layout(run: Path) -> list[str]:
    """Files of a run; openings are named after random roots."""
    files = (path.relative_to(run) for path in run.rglob("*") if path.is_file())
    return sorted("opening" if "openings" in file.parts else str(file) for file in files)


def test_the_run_is_the_same_as_without_ray(folder: Path) -> None:
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    without = layout(folder / "run")
    kinds = [record.kind for record in RunDirectory(folder / "run").journal.records]
    shutil.rmtree(folder / "run")
    done = subprocess.run(
        [*command(folder), *RAY], cwd=folder, capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["steps"] == STEPS
    assert layout(folder / "run") == without
    assert [record.kind for record in RunDirectory(folder / "run").journal.records] == kinds
    check_sealed(folder)


def test_equal_randomness_gives_equal_bytes(folder: Path) -> None:
    script = Path(__file__).parent / "equal_seeds.py"
    # What several threads search for, they may find in different places.
    environment = os.environ | {"RAYON_NUM_THREADS": "1"}

    def prove(where: Path, how: str) -> None:
        subprocess.run([sys.executable, script, where, how], env=environment, check=True)

    prove(folder, "begin")
    with_ray = folder / "with-ray"
    shutil.copytree(folder, with_ray, ignore=shutil.ignore_patterns("with-ray"))
    prove(folder, "alone")
    prove(with_ray, "ray")
    for part in ("public", "secret/openings"):
        files = [path for path in (folder / "run" / part).rglob("*") if path.is_file()]
        assert files
        for path in files:
            other = with_ray / path.relative_to(folder)
            assert other.read_bytes() == path.read_bytes(), path
    assert verify(with_ray / "run").steps == 6


def test_workers_that_are_killed_are_replaced(folder: Path) -> None:
    process = start(folder, *RAY)
    killed: set[int] = set()
    while process.poll() is None:
        at_work = [pid for pid in descendants(process.pid) if title(pid).startswith(PROVING)]
        # One at the very beginning, one in the middle.
        if at_work and len(killed) < 1 + (folder / "run/secret/journal/000003.json").exists():
            os.kill(at_work[0], signal.SIGKILL)
            killed.add(at_work[0])
        time.sleep(0.01)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert len(killed) == 2
    assert json.loads(out)["steps"] == STEPS
    check_sealed(folder)


def test_workers_that_always_die_end_the_run(folder: Path) -> None:
    process = start(folder, *RAY)
    wait_for_record(process, folder, 1)
    while process.poll() is None:
        for pid in descendants(process.pid):
            if title(pid).startswith(PROVING):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    out, err = process.communicate()
    assert process.returncode == 2
    assert err == f"zkpot: {json.loads(out)['message']}\n"
    assert "its workers died 6 times (WorkerCrashedError)" in err
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    check_sealed(folder)


def test_killed_and_resumed_with_ray_and_without(folder: Path) -> None:
    for options, record in (([], 2), (RAY, 4)):
        process = start(folder, *options)
        wait_for_record(process, folder, record)
        below = list(descendants(process.pid))
        process.kill()
        process.communicate()
        assert status(folder / "run").links >= record
        # Ray does not outlive whoever started it.
        wait_until_gone(below)
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    check_sealed(folder)


def test_ctrl_c_stops_ray(folder: Path) -> None:
    process = start(folder, *RAY)
    wait_for_record(process, folder, 2)
    below = list(descendants(process.pid))
    assert below
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 130, err
    assert json.loads(out)["error"] == "Stopped"
    assert "Traceback" not in err
    wait_until_gone(below)
    sessions = Path(tempfile.gettempdir()).glob(f"zkpot-ray-{process.pid}-*")
    assert list(sessions) == []
    subprocess.run([*command(folder), *RAY], cwd=folder, capture_output=True, check=True)
    check_sealed(folder)


def test_a_cluster_that_others_started(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = Path(tempfile.mkdtemp(prefix="ray-test-"))
    # Whoever has no token is refused.
    environment = os.environ | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    head = subprocess.Popen(
        [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
            *("--port", str(port), "--num-cpus", "2", "--include-dashboard", "false"),
            *("--temp-dir", str(files), "--disable-usage-stats"),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while True:
            done = subprocess.run(
                [*command(folder), "--ray", address],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                break
            assert "no Ray answers" in done.stderr, done.stderr
            assert time.monotonic() < deadline
            time.sleep(1)
        check_sealed(folder)
        # It is theirs, and stays.
        assert head.poll() is None
    finally:
        head.terminate()
        head.wait(timeout=60)
        shutil.rmtree(files, ignore_errors=True)


class Unmanned:
    """A Ray without any machine left to work on."""

    def __init__(self) -> None:
        self.exceptions = SimpleNamespace(RayTaskError=OSError, RayError=OSError)

    def put(self, value: object) -> object:
        return value

    def remote(self, **_options: object) -> Callable[[object], object]:
        return lambda _function: SimpleNamespace(remote=lambda *_arguments: "task")

    def wait(self, tasks: list[object], timeout: float) -> tuple[list[object], list[object]]:
        time.sleep(timeout)
        return [], tasks

    def cluster_resources(self) -> dict[str, float]:
        return {"memory": 1.0}


def test_all_machines_are_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_ray, "_PATIENCE", 0.5)
    program = Program.read(folder / "small.zkprog")
    workers = on_ray.OnRay(Unmanned(), program, 1, Interruptible(lambda: None))
    link = SimpleNamespace(to_bytes=lambda: b"")
    ready: Any = SimpleNamespace(link=link, name="seal")
    task = workers.submit(ready)
    assert not task.done()
    with pytest.raises(InputError, match="all workers of Ray are lost"):
        task.result()


def refused(folder: Path, *options: str, **environment: str) -> str:
    done = subprocess.run(
        [*command(folder), *options],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_an_address_where_nothing_answers(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    assert f"--ray {address}: no Ray answers there" in refused(folder, "--ray", address)
    assert not RunDirectory(folder / "run").begun


def test_ray_is_not_installed(folder: Path) -> None:
    (folder / "hidden").mkdir()
    (folder / "hidden" / "ray.py").write_text("raise ImportError('no Ray here')")
    path = os.pathsep.join([str(folder / "hidden"), os.environ.get("PYTHONPATH", "")])
    message = refused(folder, "--ray", PYTHONPATH=path)
    assert message == "zkpot: --ray needs Ray: pip install zkpot[ray]\n"

"""`zkpot prove`, killed at random moments and started again, ends in a run that verifies."""

import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from small_run import check_sealed, command, wait_for

from zkpot.pipeline.status import status


def test_killed_at_random_moments(folder: Path) -> None:
    started = time.monotonic()
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    duration = time.monotonic() - started
    shutil.rmtree(folder / "run")
    generator = random.Random(2026)
    kills = sealed = 0
    while kills < 10 or not sealed:
        process = subprocess.Popen(
            command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            process.communicate(timeout=generator.uniform(0.3, 0.8) * duration)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
            continue
        assert process.returncode == 0
        sealed += 1
        check_sealed(folder)
        if kills < 10:
            shutil.rmtree(folder / "run")


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(folder: Path) -> None:
    process = subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(process, folder, 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert json.loads(out)["error"] == "Stopped"
    assert "run the same command to go on" in err
    assert "Traceback" not in err
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    assert status(folder / "run").sealed


def test_two_provers(folder: Path) -> None:
    first = subprocess.Popen(command(folder), cwd=folder, stdout=subprocess.PIPE)
    wait_for(first, folder, 0)
    second = subprocess.run(
        command(folder), cwd=folder, capture_output=True, text=True, check=False
    )
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert second.returncode == 2
    assert json.loads(second.stdout)["error"] == "RunLocked"

"""Ctrl-C ends work at its next report, and errors come through."""

import os
import signal
import threading
import time

import pytest

from zkpot.interrupt import Interruptible


def test_results_and_errors_come_through() -> None:
    work = Interruptible(lambda: None)
    assert work.run(lambda: 41 + 1) == 42

    def fail() -> None:
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        work.run(fail)


def test_ctrl_c_ends_the_work_at_its_next_report() -> None:
    notes: list[str] = []
    reports = 0
    ended = threading.Event()
    work = Interruptible(lambda: notes.append("stopping"))

    def long() -> None:
        nonlocal reports
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        try:
            while reports < 500:
                time.sleep(0.01)
                reports += 1
                work.check()
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        work.run(long)
    assert notes == ["stopping"]
    assert reports < 500
    assert ended.is_set()

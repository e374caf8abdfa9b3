"""Ctrl-C ends work at its next report, and errors come through."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from zkpot.backends import wrap
from zkpot.interrupt import Interruptible, works_on


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


def test_ctrl_c_while_the_main_thread_begins_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    # A KeyboardInterrupt from here would end as "RuntimeError: release unlocked lock".
    release = threading.Condition._release_save  # type: ignore[attr-defined]
    pressed = False

    def interrupted(self: threading.Condition) -> object:
        nonlocal pressed
        state = release(self)
        if not pressed and threading.current_thread() is threading.main_thread():
            pressed = True
            signal.raise_signal(signal.SIGINT)
        return state

    work = Interruptible(lambda: None)
    # threading.Event's lock has no _release_save of its own, so that the class's is called.
    monkeypatch.setattr(threading.Condition, "_release_save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        work.run(lambda: time.sleep(0.1))
    assert pressed


def test_pressed_again_the_work_is_left_behind() -> None:
    go_on = threading.Event()
    work = Interruptible(lambda: None)

    def long() -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        go_on.wait(10)

    try:
        with pytest.raises(KeyboardInterrupt):
            work.run(long)
        assert work.left_behind
        assert works_on()
    finally:
        go_on.set()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_handlers_of_others_are_kept() -> None:
    def theirs(*_: object) -> None:
        raise KeyboardInterrupt("theirs")

    work, ended = Interruptible(lambda: None), threading.Event()

    def long() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            for _ in range(500):
                time.sleep(0.01)
                work.check()
        finally:
            ended.set()

    signal.signal(signal.SIGINT, theirs)
    try:
        with pytest.raises(KeyboardInterrupt, match="theirs"):
            work.run(long)
        assert ended.is_set()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


ENDED = """
import atexit, threading, time
from zkpot import cli
atexit.register(print, "the interpreter ends")
thread = threading.Thread(target=lambda: time.sleep({seconds}), name="zkpot-work", daemon=True)
thread.start()
time.sleep(0.5)
print("the last word", end="")
cli._end(130)
"""


@pytest.mark.parametrize(("seconds", "said"), [(0, "the interpreter ends\n"), (60, "")])
def test_the_interpreter_does_not_end_under_native_work(seconds: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDED.format(seconds=seconds)],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "the last word" + said, "")


def test_circuits_are_native_work_too() -> None:
    heard: list[bool] = []
    wrap._ticking(lambda: time.sleep(0.5), lambda _: heard.append(works_on()))
    assert heard[0]

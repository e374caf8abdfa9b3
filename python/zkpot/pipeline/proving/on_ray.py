"""Proves links with Ray: on this machine, or on the machines of a cluster.

A task is a link that is ready, and its result the proof up to the openings of what comes in. Tasks
keep nothing, so a worker that dies costs one proof: Ray runs the task again, and the same bytes are
asked for. Every result is verified when it comes back. What opens commitments to the world stays
with whoever writes the run.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zkpot import machine
from zkpot.artifacts.program import Program
from zkpot.backends import native
from zkpot.errors import InputError, InvalidProof, MissingExtra
from zkpot.interrupt import Interruptible
from zkpot.pipeline.proving.chain import Ready
from zkpot.pipeline.proving.worker import prove_elsewhere
from zkpot.progress import Progress

# How often the proof of one link is begun again after its worker died.
_MORE_TRIES = 5
# Seconds that a cluster may be without processors before it counts as lost.
_PATIENCE = 60.0
_CONNECTING = 10.0
_LOOK_AGAIN = 0.2
# Where a Ray of our own keeps its files; the process's number and something random follow.
_FOLDER = "zkpot-ray-"


class OnRay:
    """Workers of one processor each."""

    share_memory = False

    def __init__(self, ray: Any, program: Program, count: int, work: Interruptible) -> None:
        self.count = count
        # Each has a link in hand and finds another one when it is done.
        self.ahead = 2 * count
        self._ray = ray
        self._program = program
        self._work = work
        self._shared = ray.put(program.native.to_bytes())
        options = {"num_cpus": 1, "max_retries": _MORE_TRIES}
        self._prove = ray.remote(**options)(prove_elsewhere)

    @classmethod
    @contextlib.contextmanager
    def started(
        cls,
        program: Program,
        address: str | None,
        count: int | None,
        work: Interruptible,
        progress: Progress,
    ) -> Iterator[OnRay]:
        """Connects to the Ray at `address`, or starts one here, while the body runs.

        Raises:
            MissingExtra: Ray is not installed.
            InputError: Nothing answers at the address.
        """
        # Nothing is reported to anybody.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError:
            raise MissingExtra("--ray needs Ray: pip install zkpot[ray]") from None
        started = _connected(ray, address) if address else _local(ray, count)
        with contextlib.redirect_stdout(_Notes(progress)), started as processors:
            yield cls(ray, program, count or processors, work)

    def submit(self, ready: Ready) -> _Sent:
        """Takes a link."""
        return _Sent(self, ready, self._prove.remote(self._shared, ready.link.to_bytes(), 1))

    def finished(self, sent: Any) -> bool:
        """Whether a result is there."""
        return bool(self._ray.wait([sent], timeout=0)[0])

    def receive(self, ready: Ready, sent: Any) -> tuple[native.Unopened, float, native.Phases]:
        """Waits for a result, and verifies it.

        Raises:
            InputError: Workers keep dying, or none is left; or one sent something else.
        """
        last_seen = time.monotonic()
        while not self._ray.wait([sent], timeout=_LOOK_AGAIN)[0]:
            self._work.check()
            if self._ray.cluster_resources().get("CPU", 0) >= 1:
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > _PATIENCE:
                raise InputError(
                    f"all workers of Ray are lost for {_PATIENCE:.0f} s; what is proven is kept: "
                    "run the same command again, with Ray or without"
                )
        try:
            proved, seconds, phases = self._ray.get(sent)
        except self._ray.exceptions.RayTaskError as error:
            cause = str(error.cause or error).splitlines()[0]
            raise InputError(f"{ready.name}: a worker of Ray failed: {cause}") from error
        except self._ray.exceptions.RayError as error:
            raise InputError(
                f"{ready.name}: its workers died {_MORE_TRIES + 1} times "
                f"({type(error).__name__}), as they do where memory is short; give a smaller "
                "--memory, fewer --workers or a smaller --link-steps, and run this again"
            ) from error
        try:
            return native.receive(self._program, ready.link, proved), seconds, phases
        except InvalidProof as error:
            raise InputError(
                f"{ready.name}: a worker of Ray sent a wrong proof ({error}); install the same "
                "zkpot on all machines, and run this again"
            ) from error


class _Notes(io.TextIOBase):
    """Where Ray prints that a worker died; standard output is the command's own."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def write(self, text: str) -> int:
        """Passes on the first sentence of each line."""
        for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines():
            if line.strip():
                self._progress.note("Ray: " + line.partition(". ")[0].strip())
        return len(text)


class _Sent:
    """A link that Ray has."""

    def __init__(self, workers: OnRay, ready: Ready, sent: Any) -> None:
        self._workers, self._ready, self._sent = workers, ready, sent
        self.seconds = 0.0
        self.phases: native.Phases = ()

    def done(self) -> bool:
        return self._workers.finished(self._sent)

    def result(self) -> native.Unopened:
        unopened, self.seconds, self.phases = self._workers.receive(self._ready, self._sent)
        return unopened


@contextlib.contextmanager
def _local(ray: Any, count: int | None) -> Iterator[int]:
    """A Ray of our own. Its files hold secrets, so nobody else may read them."""
    _remove_leftovers()
    folder = tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-")
    processors = count or machine.processors()
    try:
        ray.init(
            num_cpus=processors,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            _temp_dir=folder,
        )
        yield processors
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers() -> None:
    """Removes the files of Rays whose processes were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        process = folder.name.removeprefix(_FOLDER).partition("-")[0]
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):
            continue


@contextlib.contextmanager
def _connected(ray: Any, address: str) -> Iterator[int]:
    """A Ray that others started."""
    unreachable = InputError(
        f"--ray {address}: no Ray answers there, or not to this token (RAY_AUTH_TOKEN); start one "
        "with 'ray start --head', or leave the address out to prove on this machine"
    )
    _check_answers(address, unreachable)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise unreachable from error
    try:
        yield max(1, int(ray.cluster_resources().get("CPU", 0)))
    finally:
        ray.shutdown()


def _check_answers(address: str, unreachable: InputError) -> None:
    """Ray itself would wait for minutes."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if not colon:
        return
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECTING).close()
    except (OSError, ValueError) as error:
        raise unreachable from error

"""Starts a worker, waits for it, and takes what it returns."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zkpot import errors
from zkpot.backends.ezkl.settings import VERSION
from zkpot.errors import BackendFailed, MissingExtra, NotEnoughResources, ZkpotError

Tick = Callable[[float], None]

# Seconds between two looks at a worker.
_PATIENCE = 0.25


def call(
    name: str,
    *,
    tick: Tick = lambda _seconds: None,
    scratch: Path | None = None,
    limit: int | None = None,
    **arguments: Any,
) -> dict[str, Any]:
    """What a call of `calls.py` returns.

    Args:
        name: Which.
        tick: Told the seconds that it has taken, from time to time.
        scratch: Where its files stand meanwhile: secrets among them, where it proves.
        limit: Bytes of address space that it may have, where the circuit may be anybody's.
        arguments: Its own.

    Raises:
        MissingExtra: EZKL is not installed.
        NotEnoughResources: The worker was killed, as it is where memory ends.
        ZkpotError: What the call raised.
    """
    folder = Path(tempfile.mkdtemp(prefix="zkpot-ezkl-", dir=scratch))
    try:
        (folder / "request.json").write_text(
            json.dumps({"call": name, "limit": limit, "arguments": arguments})
        )
        code = _run([sys.executable, "-m", "zkpot.backends.ezkl.worker", str(folder)], tick)
        response = folder / "response.json"
        if not response.exists():
            raise _ended(name, code)
        found = json.loads(response.read_text())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "error" in found:
        raise _raised(name, found["error"], found["message"])
    value: dict[str, Any] = found["value"]
    return value


def _run(command: list[str], tick: Tick) -> int:
    started = time.monotonic()
    # A session of its own, so that Ctrl-C comes here alone.
    worker = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            try:
                return worker.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                tick(time.monotonic() - started)
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def _ended(name: str, code: int) -> ZkpotError:
    if -code in (signal.SIGKILL, signal.SIGABRT):
        return NotEnoughResources(
            f"EZKL's '{name}' was killed ({signal.Signals(-code).name}), as the system does where "
            "memory ends: use a smaller batch or model, or a machine with more"
        )
    return BackendFailed(f"EZKL's '{name}' ended with {code} and without a result")


def _raised(name: str, kind: str, message: str) -> ZkpotError:
    if kind == MissingExtra.__name__:
        return MissingExtra(f"this needs EZKL {VERSION}: pip install zkpot[ezkl]")
    error: type[ZkpotError] = getattr(errors, kind)
    if not message.strip() or (error is BackendFailed and " " not in message):
        return BackendFailed(f"EZKL's '{name}' failed ({message})")
    return error(message)

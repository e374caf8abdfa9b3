"""Keys of a circuit."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zkpot import machine, plan
from zkpot.artifacts.circuit_name import CircuitName
from zkpot.artifacts.program import Program
from zkpot.backends import wrap
from zkpot.errors import InputError
from zkpot.pipeline.wrapping.estimate import Estimate
from zkpot.progress import Progress

if TYPE_CHECKING:
    from zkpot.backends.wrap import Circuit, Keys, Tick

_MILLISECONDS = 1000
# Estimates are for this many processors.
_PROCESSORS = 2
# A bar waits here for a call that takes longer than it should.
_NEARLY = 0.98


@dataclass(frozen=True)
class SetUp:
    """A circuit with its keys.

    Attributes:
        circuit: The circuit.
        keys: Its keys.
        estimate: What it takes.
        folder: Where the keys stand.
        seconds: What making them took; zero where they were there.
    """

    circuit: Circuit
    keys: Keys
    estimate: Estimate
    folder: Path
    seconds: float


def set_up(
    program: Program,
    name: CircuitName,
    *,
    keys: Path | None = None,
    srs: Path | None = None,
    test_srs: bool = False,
    memory: int | None = None,
    progress: Progress | None = None,
) -> SetUp:
    """The keys of a circuit: those that are kept, or new ones.

    Args:
        program: What is trained.
        name: The circuit.
        keys: Where keys are kept; by default with the user's cached files.
        srs: The file of a ceremony, for new keys.
        test_srs: Whether keys from a secret that everybody knows serve.
        memory: Bytes that proving may use.
        progress: Where to report to.

    Raises:
        InputError: There are no keys, and no SRS to make them with.
        NotEnoughResources: The circuit does not fit into a contract, or into memory.
    """
    progress = progress or Progress()
    folder = key_folder(name, keys, test_srs)
    circuit = wrap.circuit(program, name)
    estimate = Estimate.of(circuit.k, circuit.columns)
    estimate.check(circuit.k, folder, memory)
    progress.note(
        f"circuit: 2^{circuit.k} rows of {circuit.columns} columns; about "
        f"{plan.size(estimate.memory_bytes)} of memory"
    )
    found = wrap.read_keys(folder, name)
    if found is not None:
        return SetUp(circuit, found, estimate, folder, 0.0)
    if srs is None and not test_srs:
        raise InputError(
            f"{folder}: no keys for this circuit: make them with 'zkpot wrap setup' and --srs "
            f"FILE, powers of tau of a ceremony (2^{circuit.k} or more), or --test-srs for local "
            "use only"
        )
    started = time.monotonic()
    tick = ticking(progress, "make keys", estimate.seconds_keys)
    made = wrap.make_keys(circuit, name, folder, srs, tick)
    return SetUp(circuit, made, estimate, folder, time.monotonic() - started)


def key_folder(name: CircuitName, keys: Path | None, test_srs: bool) -> Path:
    """Where the keys of a circuit stand. Those of the test SRS never stand among others."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(cache) / "zkpot" / "wrap" if keys is None else keys
    return root / (name.folder + ("-test" if test_srs else ""))


def ticking(progress: Progress, phase: str, seconds: float) -> Tick:
    """Moves the lower bar; `seconds` is the estimate on two processors."""
    total = seconds * _PROCESSORS / max(1, machine.processors())

    def tick(elapsed: float) -> None:
        done = min(elapsed, total * _NEARLY)
        progress.phase(phase, int(done * _MILLISECONDS), max(1, int(total * _MILLISECONDS)))

    tick(0.0)
    return tick

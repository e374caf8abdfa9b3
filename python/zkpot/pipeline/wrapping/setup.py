"""Keys of a circuit."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zkpot import plan
from zkpot.artifacts.circuit_name import CircuitName
from zkpot.artifacts.program import Program
from zkpot.backends import wrap
from zkpot.errors import InputError
from zkpot.pipeline.ticking import ticking
from zkpot.pipeline.wrapping.estimate import Estimate
from zkpot.progress import Progress

if TYPE_CHECKING:
    from zkpot.backends.wrap import Circuit, Keys


@dataclass(frozen=True)
class KeyOptions:
    """Where keys come from, and what they may take.

    Attributes:
        keys: Where keys are kept; by default with the user's cached files.
        srs: The file of a ceremony, for keys that are still to be made.
        test_srs: Whether keys from a secret that everybody knows serve.
        memory: Bytes that proving may use.
    """

    keys: Path | None = None
    srs: Path | None = None
    test_srs: bool = False
    memory: int | None = None

    def folder(self, name: CircuitName) -> Path:
        """Where the keys of a circuit stand. Those of the test SRS never stand among others."""
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        root = Path(cache) / "zkpot" / "wrap" if self.keys is None else self.keys
        return root / (name.folder + ("-test" if self.test_srs else ""))

    def kept(self, name: CircuitName) -> Keys | None:
        """The keys of a circuit that are there; None where none are.

        Raises:
            InputError: They were changed, or everybody knows their secret, which was not asked for.
        """
        folder = self.folder(name)
        found = wrap.read_keys(folder, name)
        if found is not None and found.known and not self.test_srs:
            raise InputError(
                f"{folder}: keys from a secret that everybody knows: make others with --srs FILE, "
                "or give --test-srs for local use only"
            )
        return found


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
    program: Program, name: CircuitName, options: KeyOptions, progress: Progress | None = None
) -> SetUp:
    """The keys of a circuit: those that are kept, or new ones.

    Args:
        program: What is trained.
        name: The circuit.
        options: Where keys come from.
        progress: Where to report to.

    Raises:
        InputError: There are no keys, and no SRS to make them with.
        NotEnoughResources: The circuit does not fit into a contract, or into memory.
    """
    progress = progress or Progress()
    folder = options.folder(name)
    circuit = wrap.circuit(program, name)
    estimate = Estimate.of(circuit.k, circuit.columns)
    estimate.check(circuit.k, folder, options.memory)
    progress.note(
        f"circuit: 2^{circuit.k} rows of {circuit.columns} columns; about "
        f"{plan.size(estimate.memory_bytes)} of memory"
    )
    found = options.kept(name)
    if found is not None:
        return SetUp(circuit, found, estimate, folder, 0.0)
    if options.srs is None and not options.test_srs:
        raise InputError(
            f"{folder}: no keys for this circuit: make them with 'zkpot wrap setup' and --srs "
            f"FILE, powers of tau of a ceremony (2^{circuit.k} or more), or --test-srs for local "
            "use only"
        )
    started = time.monotonic()
    tick = ticking(progress, "make keys", estimate.seconds_keys)
    made = wrap.make_keys(circuit, name, folder, options.srs, tick)
    return SetUp(circuit, made, estimate, folder, time.monotonic() - started)

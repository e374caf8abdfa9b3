"""Keys of a circuit."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.ezkl.circuit import Circuit, CircuitDirectory, Keys, sha256
from zkpot.backends.ezkl.estimate import address_space, estimate
from zkpot.backends.ezkl.process import call
from zkpot.backends.ezkl.srs import Srs
from zkpot.pipeline.ezkl import resources
from zkpot.pipeline.ezkl.reference_string import reference_string
from zkpot.pipeline.ticking import ticking
from zkpot.progress import Progress


@dataclass(frozen=True)
class SetUp:
    """Keys, the SRS that they were made with, and the seconds that both took now."""

    keys: Keys
    srs: Srs
    seconds_srs: float
    seconds: float


def set_up(
    directory: CircuitDirectory,
    srs: Path | None,
    *,
    test_srs: bool = False,
    memory: int | None = None,
    progress: Progress | None = None,
) -> SetUp:
    """Makes the keys of a circuit, unless they are there for this SRS.

    Args:
        directory: The circuit's folder.
        srs: The SRS of a ceremony.
        test_srs: Whether a test SRS serves.
        memory: Bytes that this may use.
        progress: Where to report to.

    Raises:
        InputError: There is no circuit, or no SRS for it.
        NotEnoughResources: It does not fit.
    """
    progress = progress or Progress()
    circuit = directory.circuit()
    started = time.monotonic()
    chosen = reference_string(srs, test_srs, circuit.terms.logrows, progress)
    ready = time.monotonic()
    known = directory.keys()
    if known is not None and (known.circuit, known.srs) == (circuit.digest, chosen.identity):
        return SetUp(known, chosen, ready - started, 0.0)
    resources.check(estimate(circuit.terms.logrows, circuit.terms.link), directory.path, memory)
    directory.forget_keys()
    vk = verifying_key(circuit, chosen, progress, vk=directory.vk, pk=directory.pk)
    keys = Keys(circuit.digest, sha256(vk), chosen.identity, chosen.test)
    directory.write_keys(keys)
    return SetUp(keys, chosen, ready - started, time.monotonic() - ready)


def verifying_key(
    circuit: Circuit,
    srs: Srs,
    progress: Progress,
    *,
    vk: Path | None = None,
    pk: Path | None = None,
) -> bytes:
    """The verifying key of a circuit: the same bytes wherever it is made.

    Args:
        circuit: Graph and terms.
        srs: What commitments are made with.
        progress: Where to report to.
        vk: Where it shall stand; otherwise it is returned alone.
        pk: Where the proving key shall stand; otherwise it is dropped.
    """
    expected = estimate(circuit.terms.logrows, circuit.terms.link)
    with tempfile.TemporaryDirectory(prefix="zkpot-ezkl-") as scratch:
        graph = Path(scratch) / "circuit.onnx"
        graph.write_bytes(circuit.graph)
        made = vk or Path(scratch) / "vk"
        call(
            "setup",
            tick=ticking(progress, "set up keys", expected.seconds_setup),
            scratch=Path(scratch),
            limit=address_space(expected),
            graph=str(graph),
            terms=circuit.terms.to_json().decode(),
            srs=str(srs.path.absolute()),
            vk=str(made.absolute()),
            pk=None if pk is None else str(pk.absolute()),
        )
        return made.read_bytes()

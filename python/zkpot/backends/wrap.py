"""The circuit that verifies wrapped runs: keys, proofs, contracts.

This is the only file that knows these calls of the extension. They take minutes and cannot be
interrupted, so they run in threads that do not keep a process from ending.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from zkpot import _native
from zkpot.artifacts.circuit_name import CircuitName
from zkpot.artifacts.envelope import Envelope
from zkpot.artifacts.program import Program

if TYPE_CHECKING:
    Circuit = _native.WrapCircuit
    Keys = _native.WrapKeys
    Verifier = _native.WrapVerifier

T = TypeVar("T")

#: Called every now and then with the seconds that a call has taken.
Tick = Callable[[float], None]
_SECONDS_BETWEEN_TICKS = 0.2


def circuit(program: Program, name: CircuitName) -> Circuit:
    """The circuit of a name, of as few rows as fit into a contract.

    Raises:
        InvalidProof: No circuit verifies such runs.
        NotEnoughResources: It is too large.
    """
    return _native.WrapCircuit(program.native, name.steps, name.rows, name.security, name.envelopes)


def read_keys(folder: Path, name: CircuitName) -> Keys | None:
    """Keys from a folder; None where it has none, or those of another circuit.

    Raises:
        InputError: They were changed.
    """
    return _native.WrapKeys.read(folder, str(name))


def make_keys(
    circuit: Circuit, name: CircuitName, folder: Path, parameters: Path | None, tick: Tick
) -> Keys:
    """Makes keys and writes them into a folder.

    Args:
        circuit: The circuit of the name.
        name: What the keys are for.
        folder: Where they shall stand.
        parameters: A ceremony's file; None for parameters whose secret everybody knows.
        tick: Hears how long it takes.

    Raises:
        InputError: The file is none, or too small, or the folder cannot be written.
    """
    return _ticking(lambda: circuit.set_up(folder, str(name), parameters), tick)


def prove(
    circuit: Circuit,
    keys: Keys,
    links: Sequence[bytes],
    envelopes: Sequence[Envelope],
    tick: Tick,
) -> tuple[str, bytes]:
    """The hash of the statements' elements, and a proof that the links verify.

    Args:
        circuit: Of the links.
        keys: Of the circuit.
        links: In the order of the run.
        envelopes: Of the states after each link, if the circuit has them.
        tick: Hears how long it takes.

    Raises:
        InvalidProof: A link does not verify, or an envelope holds something else.
    """
    given = [(envelope.ciphertext, envelope.key) for envelope in envelopes]
    return _ticking(lambda: circuit.prove(keys, links, given), tick)


def verify(keys: Keys, inputs: Sequence[int], proof: bytes) -> None:
    """What the contract does.

    Raises:
        InvalidProof: The proof does not verify.
    """
    keys.verify([value.to_bytes(32, "big") for value in inputs], proof)


def read_verifier(content: bytes) -> Verifier:
    """The verifier of a circuit file.

    Raises:
        InputError: It is none.
    """
    return _native.WrapVerifier.from_bytes(content)


def _ticking(call: Callable[[], T], tick: Tick) -> T:
    """Calls in another thread, and ticks until it is done."""
    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        # It is raised again where it can be caught.
        except BaseException as error:
            errors.append(error)

    # `interrupt.works_on` knows it by its name.
    thread = threading.Thread(target=work, name="zkpot-wrap", daemon=True)
    started = time.monotonic()
    thread.start()
    while thread.is_alive():
        thread.join(_SECONDS_BETWEEN_TICKS)
        tick(time.monotonic() - started)
    if errors:
        raise errors[0]
    return results[0]

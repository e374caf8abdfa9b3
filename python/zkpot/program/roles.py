"""Which tensor of a step is a parameter, a state, a data field or a learning rate.

The model's metadata says so under ``zkpot.roles``: a JSON object whose ``inputs`` and ``outputs``
map tensor names to objects with a ``role`` (``parameter``, ``buffer``, ``state``, ``x``, ``y``,
``lr``, ``bernoulli``; ``prediction``, ``loss``, ``new``) and, for what is carried from step to
step, the output that is its ``next`` value. Without metadata the names decide: ``param.<n>``,
``buffer.<n>`` and ``state.<key>.<n>`` are states, ``lr.<group>`` is public and may change from step
to step, ``bernoulli.<ordinal>.<numerator>.<bits>`` is a public random tensor (`artifacts/draw.py`),
any other input is data, and ``new.<state>`` is a state after the step. `names.py` gives such names
to graphs of other producers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zkpot.artifacts.draw import PREFIX, Draw
from zkpot.artifacts.json_text import parse
from zkpot.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

METADATA_KEY = "zkpot.roles"
STATE_PREFIXES = ("param.", "buffer.", "state.")
SCALAR_PREFIX = "lr."


@dataclass(frozen=True)
class Roles:
    """Roles of a step's inputs and outputs.

    `states` maps a state's input to the output that replaces it, itself where it is frozen.
    """

    data: tuple[str, ...]
    states: dict[str, str]
    scalars: tuple[str, ...]
    random: tuple[str, ...]
    prediction: str | None
    loss: str | None


def _entries(metadata: Mapping[str, str], side: str) -> dict[str, dict[str, Any]]:
    """The metadata's entries for ``inputs`` or ``outputs``; empty without metadata."""
    text = metadata.get(METADATA_KEY)
    if not text:
        return {}
    try:
        roles = parse(text, dict[str, Any])
    except ValueError as error:
        raise InputError(f"metadata '{METADATA_KEY}' is no JSON object: {error}") from error
    entries = roles.get(side, {})
    if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
        raise InputError(f"metadata '{METADATA_KEY}': '{side}' must map names to objects")
    return entries


def _role_by_name(name: str) -> str:
    if name.startswith(STATE_PREFIXES):
        return "state"
    if name.startswith(PREFIX):
        return "bernoulli"
    return "lr" if name.startswith(SCALAR_PREFIX) else "data"


def _check_random(names: list[str]) -> None:
    ordinals: dict[int, str] = {}
    for name in names:
        try:
            ordinal = Draw.parse(name).ordinal
        except ValueError as error:
            raise InputError(f"input {error}") from error
        if ordinal in ordinals:
            raise InputError(f"inputs '{ordinals[ordinal]}' and '{name}' have one ordinal")
        ordinals[ordinal] = name


def assign_roles(
    inputs: Iterable[str], outputs: Iterable[str], metadata: Mapping[str, str]
) -> Roles:
    """Assign a role to every input and output.

    Requires: the model's input and output names.
    Ensures: states, data, scalars and random tensors together are the inputs, each once.

    Raises:
        InputError: no state, no data field, no next state, a next state of nothing, or a random
            tensor whose name does not say how it is drawn.
    """
    inputs, outputs = tuple(inputs), tuple(outputs)
    said = _entries(metadata, "inputs")
    shown = {name: str(e.get("role")) for name, e in _entries(metadata, "outputs").items()}
    states: dict[str, str] = {}
    scalars: list[str] = []
    data: list[str] = []
    random: list[str] = []
    for name in inputs:
        entry = said.get(name, {})
        role = entry.get("role", _role_by_name(name))
        if role in ("parameter", "buffer", "state", "step"):
            new = entry.get("next") or f"new.{name}"
            states[name] = new if new in outputs else name
        elif role == "bernoulli":
            random.append(name)
        else:
            (scalars if role == "lr" else data).append(name)
    _check_random(random)
    known = {f"new.{name}" for name in inputs} | set(states.values())
    for name in outputs:
        if name.startswith("new.") and name not in known:
            raise InputError(
                f"output '{name}' has no input '{name.removeprefix('new.')}'; "
                "the step must read each state that it writes"
            )
    if not states:
        raise InputError("the step has no input named 'param.…', so there is nothing to train")
    if all(tensor == new for tensor, new in states.items()):
        raise InputError("the step has no output named 'new.…', so it changes nothing")
    if not data:
        raise InputError("the step has no data input ('x', 'y')")

    def output(role: str) -> str | None:
        return next((n for n in outputs if shown.get(n, n) == role), None)

    drawn = tuple(random)
    return Roles(tuple(data), states, tuple(scalars), drawn, output("prediction"), output("loss"))

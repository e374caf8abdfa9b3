"""The names of a step's tensors, and the role map that travels with them.

Inputs: ``param.<torch name>``, ``buffer.<torch name>``, ``state.<key>.<torch name>``,
``state.step``, ``x``, ``y``, ``lr.<group>``, and ``bernoulli.<ordinal>.<numerator>.<bits>`` for
what is drawn at random. Outputs: ``prediction``, ``loss`` and
``new.<input name>`` for each input that the step changes.

A parameter or buffer without a ``new.`` output (a frozen weight, a constant table) leaves
the step as it entered it.
"""

from __future__ import annotations

import json
from typing import Any

FORMAT = "zkpot.step"
FORMAT_VERSION = 1
METADATA_KEY = "zkpot.roles"

X = "x"
Y = "y"
LOSS = "loss"
PREDICTION = "prediction"
STEP_COUNT = "state.step"

Roles = dict[str, Any]


def parameter(torch_name: str) -> str:
    """Name the input of a parameter."""
    return f"param.{torch_name}"


def buffer(torch_name: str) -> str:
    """Name the input of a buffer."""
    return f"buffer.{torch_name}"


def state(key: str, torch_name: str) -> str:
    """Name the input that holds optimizer state ``key`` of one parameter.

    All parameters share one step counter, so the key ``step`` has one name.
    """
    return STEP_COUNT if key == "step" else f"state.{key}.{torch_name}"


def learning_rate(group: int) -> str:
    """Name the input of one optimizer group's learning rate."""
    return f"lr.{group}"


def new(input_name: str) -> str:
    """Name the output that an input becomes in the next step."""
    return f"new.{input_name}"


def encode(roles: Roles) -> str:
    """Encode the role map as canonical JSON: sorted keys, no spaces."""
    return json.dumps(roles, sort_keys=True, separators=(",", ":"), allow_nan=False)

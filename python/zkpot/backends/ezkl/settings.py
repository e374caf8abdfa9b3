"""EZKL's settings: which are allowed to vary, which are not, and how they are checked.

EZKL takes its settings from a file, and some of them leave a circuit without constraints. So the
file is never taken from anybody: it is derived from graph and terms, with every other argument
fixed here, and what EZKL made of it is checked again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from zkpot.artifacts.ezkl.terms import SALT, Terms
from zkpot.errors import UnsafeCircuit

VERSION = "23.0.5"

#: Three digits of this base hold every value that is looked at digit by digit: below 2^30.
BASE, LEGS = 1024, 3
LARGEST = BASE**LEGS - 1
#: Pairs of columns that hold the computation.
COLUMNS = 2

#: EZKL's names for the visibility of inputs and outputs, as arguments and in the settings.
VISIBILITY = {"committed": "polycommit", "hashed": "hashed"}
_SAID = {"committed": "KZGCommit", "hashed": {"Hashed": {"hash_is_public": True, "outlets": []}}}

_FIXED: dict[str, Any] = {
    "param_visibility": "Fixed",
    # Results are divided back to the scale after every product; only then do a step's weights
    # come out in the scale in which they go in.
    "scale_rebase_multiplier": 1,
    "rebase_scale": None,
    "num_inner_cols": COLUMNS,
    "variables": [["batch_size", 1]],
    "rebase_frac_zero_constants": False,
    "decomp_base": BASE,
    "decomp_legs": LEGS,
    "bounded_log_lookup": False,
    # Otherwise committed values could be any field elements.
    "ignore_range_check_inputs_outputs": False,
    # By default EZKL leaves matrix products unconstrained (since 22.3): its verifier of them
    # returns cells that nothing assigns.
    "disable_freivalds": True,
}


def normalise(settings: dict[str, Any]) -> dict[str, Any]:
    """The same settings in the same order, without the time.

    EZKL lists tables in the order of a hash map, and lays out columns in that order: without
    this, the same circuit has two verifying keys.
    """
    einsum = dict(settings["einsum_params"])
    einsum["equations"] = sorted(einsum["equations"], key=_text)
    ordered = {
        name: sorted(settings[name], key=_text)
        for name in ("required_lookups", "required_range_checks")
    }
    return {**settings, **ordered, "einsum_params": einsum, "timestamp": 0}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def check(settings: dict[str, Any], terms: Terms) -> None:
    """Checks that a circuit with these settings constrains what docs/ezkl.md says.

    Raises:
        UnsafeCircuit: It does not; the message names the setting.
    """
    for name, found, wanted in _expected(settings, terms):
        if found != wanted:
            raise UnsafeCircuit(
                f"EZKL's setting '{name}' is {found!r} and must be {wanted!r}: "
                "a proof with this circuit would not say what zkpot says of it"
            )


def _expected(settings: dict[str, Any], terms: Terms) -> Iterator[tuple[str, Any, Any]]:
    arguments = settings.get("run_args", {})
    chosen = {
        "input_scale": terms.scale,
        "param_scale": terms.scale,
        "logrows": terms.logrows,
        "lookup_range": list(terms.lookup_range),
        "input_visibility": _SAID[terms.link],
        "output_visibility": _SAID[terms.link],
    }
    for name, wanted in {**_FIXED, **chosen}.items():
        yield name, arguments.get(name, "absent"), wanted
    yield "version", settings.get("version"), VERSION
    einsum = settings.get("einsum_params", {})
    yield "total_einsum_col_size", einsum.get("total_einsum_col_size"), 0
    # What goes out of one step goes into the next one bit by bit.
    yield "model_input_scales", settings.get("model_input_scales"), [terms.scale] * 3
    yield "model_output_scales", settings.get("model_output_scales"), [terms.scale]
    yield "model_instance_shapes", settings.get("model_instance_shapes"), []
    modules = settings.get("module_sizes", {})
    lengths = [terms.state_length, terms.batch_length, SALT, terms.state_length]
    committed = terms.link == "committed"
    yield "module_sizes.polycommit", modules.get("polycommit"), lengths if committed else []
    hashes = [0 if committed else len(lengths)]
    yield "module_sizes.poseidon", modules.get("poseidon", [0, None])[1], hashes
